// The files of a backup as scripts to run.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/model/backup.h"
#include "engines/postgres/script_runner.h"

namespace dbkeeper::postgres {

class RestoreFiles {
 public:
  // As the session's server can run them: what speaks of roles that aren't there is left out and
  // told, settings that it doesn't know are left out. Error(input) for a file that is missing, or
  // is no script of a dump.
  RestoreFiles(const std::vector<BackupFile>& files, Session& session,
               std::vector<std::string>& left_out);

  const std::vector<ScriptEntry>& pre_data() const { return pre_data_; }
  const std::vector<ScriptEntry>& sequences() const { return sequences_; }
  const std::vector<ScriptEntry>& post_data() const { return post_data_; }

 private:
  std::vector<ScriptEntry> pre_data_, sequences_, post_data_;
};

}  // namespace dbkeeper::postgres
