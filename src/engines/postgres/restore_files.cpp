#include "engines/postgres/restore_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "engines/postgres/known_settings.h"

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

RestoreFiles::RestoreFiles(const std::vector<BackupFile>& files, Session& session,
                           std::vector<std::string>& left_out) {
  const Roles roles(session);
  const KnownSettings known(session);
  const auto fitting = [&](const std::string& name) {
    return for_roles(known.fit(script(files, name)), roles, left_out);
  };
  pre_data_ = fitting("schema/pre-data.sql");
  sequences_ = known.fit(script(files, "schema/sequences.sql"));
  post_data_ = fitting("schema/post-data.sql");
}

}  // namespace dbkeeper::postgres
