// <database>_<label>_<time>, and -2, -3, … where a second has several.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dbkeeper/base/utc.h"
#include "dbkeeper/core/backup_folder.h"
#include "dbkeeper/core/export_target.h"

namespace dbkeeper {
namespace {

constexpr std::size_t kStamp = std::string_view("20260102T030405Z").size();

// "", "-2", "-13".
bool is_number_of_name(std::string_view text) {
  if (text.empty()) return true;
  return text.size() > 1 && text.front() == '-' &&
         text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

std::string_view without_ending(std::string_view name) {
  constexpr std::array<std::string_view, 3> kEndings = {".dbk", ".json", ".json.zst"};
  for (const std::string_view ending : kEndings)
    if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  return name;
}

}  // namespace

std::string backup_name(const std::string& database, std::string_view label, Moment time) {
  return fmt::format("{}_{}_{}", file_name_of(database), label, file_stamp(time));
}

std::optional<NameParts> parts_of_backup_name(std::string_view name) {
  name = without_ending(name);
  const std::size_t time = name.rfind('_');
  if (time == std::string_view::npos || time == 0) return std::nullopt;
  const std::string_view behind = name.substr(time + 1);
  const auto moment = parse_file_stamp(behind.substr(0, kStamp));
  if (!moment || !is_number_of_name(behind.substr(kStamp))) return std::nullopt;
  const std::size_t label = name.rfind('_', time - 1);
  if (label == std::string_view::npos || label == 0 || label + 1 == time) return std::nullopt;
  return NameParts{std::string(name.substr(0, label)),
                   std::string(name.substr(label + 1, time - label - 1)), *moment};
}

bool has_given_name(const FolderBackup& backup) {
  const std::string file = backup.path.filename().string();
  const std::string_view name = without_ending(file);
  const std::string prefix = fmt::format("{}_{}_", file_name_of(backup.database), backup.label);
  return name.starts_with(prefix) && parts_of_backup_name(name) &&
         name.find('_', prefix.size()) == std::string_view::npos;
}

}  // namespace dbkeeper
