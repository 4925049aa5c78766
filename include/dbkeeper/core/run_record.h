// What is known of runs that destroyed data: kept beside the backups, a file each, so that the last
// one can be taken back after its message has scrolled away, and so that the copy from before the
// first of a series of failed migrations stays.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/base/error.h"
#include "dbkeeper/core/backup_folder.h"
#include "dbkeeper/core/retention.h"

namespace dbkeeper {

enum class RunState {
  begun,  // it is under way, or was killed
  done,
  failed  // and the database isn't as it was
};

struct DestructiveRun {
  std::string command;                             // "import --mode clean", "restore", "migrate"
  std::string engine, database, location, server;  // as DatabaseInfo has them
  Moment begun;                                    // by the clock of then, which may be wrong
  RunState state = RunState::begun;
  std::string copy;   // the backup, or export, of what was there before; empty: there is none
  std::string aside;  // where the old database itself stands since; empty: nowhere
  std::filesystem::path file;  // the record
  std::string way = {};        // what led there, and may lead elsewhere (engines/target.h)
  // What a restore puts there: a backup, or a database that was put aside; empty: unknown.
  std::string source = {};
  std::string mark = {};  // engines/run_mark.h tells by it whether what was stopped has happened
  // In the order in which the folder's runs began; 0: an earlier version of dbkeeper wrote it.
  std::int64_t number = 0;
};

// Whether they may be one: an unknown server, whose name is empty, may be any.
inline bool may_be_same_server(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() || a == b;
}

// Whether it isn't known what a run that failed with it has done: its server was lost meanwhile.
inline bool leaves_outcome_open(const Error& error) {
  return error.kind() == ErrorKind::connection ||
         (error.kind() == ErrorKind::interrupted && error.is_of_surroundings());
}

inline constexpr std::string_view kMigrateCommand = "migrate";

// The record of a run under way. Destroyed before an outcome is told, it stays as begun.
class RunRecord {
 public:
  // Written before anything is destroyed: Error(failed) where it can't be. Records of the same
  // database that are of no more use are removed. What can't be written later stays unsaid.
  RunRecord(const std::filesystem::path& folder, DestructiveRun run);

  void done() { finish(RunState::done); }
  // The same, and where the old database stands.
  void done(const std::string& aside) {
    run_.aside = aside;
    finish(RunState::done);
  }
  void failed() { finish(RunState::failed); }
  // The database is as it was: there is nothing to take back.
  void forget();
  // For who let somebody at the folder: the record is written again if it isn't there any more, or
  // if its copy is another file now. Whether it stands.
  bool renew(const std::string& copy);

 private:
  void finish(RunState state);
  bool write() const;

  DestructiveRun run_;
};

// The last that began first, whatever the clock said; those that can't be read are left out.
std::vector<DestructiveRun> list_runs(const std::filesystem::path& folder);

// What is known of the run goes: it has changed nothing, or can't be taken back any more.
void forget_run(const DestructiveRun& run);

// The copies from before the first of each database's series of failed migrations that goes on: it
// ends with one that succeeds, or with a restore of what was there before it.
std::vector<Hold> held_copies(const std::vector<DestructiveRun>& runs);

}  // namespace dbkeeper
