// The copy of a database from before its migration.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "dbkeeper/base/file_use.h"
#include "dbkeeper/commands/command.h"
#include "dbkeeper/core/new_backup.h"
#include "dbkeeper/formats/backup.h"

namespace dbkeeper {

// Removed again with what is known of it, unless it is kept: a run that changes nothing leaves
// nothing. No cleanup takes it meanwhile.
class MigrateCopy {
 public:
  MigrateCopy(Database& database, Context& context);
  ~MigrateCopy();
  MigrateCopy(const MigrateCopy&) = delete;
  MigrateCopy& operator=(const MigrateCopy&) = delete;

  // From now on it stays, whatever happens, until it is given up.
  void keep() { kept_ = true; }
  void give_up() { kept_ = false; }

  // Once the command has run, which may have removed the file, or put another in its place: what
  // was opened before stands as a file again, under another name if need be, or the copy is lost.
  // Warns of both.
  void secure(Context& context);
  bool is_lost() const { return lost_; }

  std::string file() const { return backup_.file.string(); }  // absolute
  const NewBackup& backup() const { return backup_; }
  const BackupArchive& archive() const { return *archive_; }

 private:
  void open();

  NewBackup backup_;
  std::optional<BackupArchive> archive_;
  std::optional<FileUse> use_;
  bool kept_ = false;
  bool lost_ = false;
};

// The copy from before the first of the database's failed migrations that go on to this one, if it
// is another one than this and still there; else empty.
std::string copy_from_before_first_failure(const MigrateCopy& copy, const DatabaseInfo& database,
                                           const Context& context);

// Older copies of that kind, of this database, that retention's own rules don't keep: only after a
// copy that stays. What can't be removed is warned of.
void clean_up_copies(const MigrateCopy& copy, Context& context);

}  // namespace dbkeeper
