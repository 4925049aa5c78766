#include "commands/file_database.h"

#include "commands/proven_backup.h"
#include "dbkeeper/core/backup_database.h"

namespace dbkeeper {

bool holds_database(const std::string& file) {
  return file != "-" && (is_meant_as_backup(file) || is_database_file(file));
}

FileDatabase open_file_database(const std::string& file, Context& context) {
  FileDatabase out;
  if (!is_meant_as_backup(file)) {
    out.database = context.open_address(file, Access::read);
    return out;
  }
  out.use = std::make_unique<FileUse>(file);
  out.archive = std::make_unique<const BackupArchive>(proven_backup(file, context));
  out.database = open_backup(*out.archive, context.open_options(Access::read));
  return out;
}

}  // namespace dbkeeper
