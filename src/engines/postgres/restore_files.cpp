#include "engines/postgres/restore_files.h"

#include <fmt/format.h>

#include <algorithm>

namespace dbkeeper::postgres {
namespace {

std::vector<ScriptEntry> script(const std::vector<BackupFile>& files, const std::string& name) {
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const BackupFile& file) { return file.name == name; });
  if (found == files.end())
    throw Error(ErrorKind::input, fmt::format("the backup has no file {}", name));
  try {
    return parse_script(found->bytes);
  } catch (Error& error) {
    throw error.during("reading " + name);
  }
}

}  // namespace

RestoreFiles::RestoreFiles(const std::vector<BackupFile>& files, const Roles& roles,
                           std::vector<std::string>& left_out)
    : pre_data_(for_roles(script(files, "schema/pre-data.sql"), roles, left_out)),
      sequences_(script(files, "schema/sequences.sql")),
      post_data_(for_roles(script(files, "schema/post-data.sql"), roles, left_out)) {}

}  // namespace dbkeeper::postgres
