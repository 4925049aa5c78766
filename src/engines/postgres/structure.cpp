#include "engines/postgres/structure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/json_text.h"
#include "dbkeeper/base/text.h"
#include "engines/named_changes.h"
#include "engines/postgres/dump_script.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::array<std::string_view, 2> kScripts = {"schema/pre-data.sql",
                                                      "schema/post-data.sql"};

// What of the script's settings belongs to an object, which they stand before.
std::string placement(const ScriptEntry& entry) {
  std::string out;
  if (entry.type != "TABLE" && entry.type != "INDEX" && entry.type != "CONSTRAINT" &&
      entry.type != "MATERIALIZED VIEW")
    return out;
  for (const std::string& setting : entry.settings)
    if (setting.starts_with("SET default_tablespace") ||
        setting.starts_with("SET default_table_access_method"))
      out += setting + ";";
  return out;
}

// "the index orders_by_day". Of several that are called the same, in different schemas, one holds
// what all of them do.
void add_entries(std::string_view script, NamedThings& things) {
  for (const ScriptEntry& entry : parse_script(script)) {
    if (entry.type.empty()) continue;
    std::string& content = things[fmt::format("the {} {}", lower_ascii(entry.type), entry.name)];
    content += placement(entry) + join(entry.statements, ";") + ";";
  }
}

// A script that can't be taken apart is compared as a whole, its comments left out: they hold
// versions.
void add_whole(std::string_view name, std::string_view script, NamedThings& things) {
  std::string& content = things[std::string(name)];
  while (!script.empty()) {
    const std::string_view line = script.substr(0, script.find('\n'));
    script.remove_prefix(std::min(line.size() + 1, script.size()));
    if (!line.starts_with("--")) content.append(line) += '\n';
  }
}

void add_scripts(const std::vector<BackupFile>& files, NamedThings& things) {
  for (const BackupFile& file : files) {
    if (std::ranges::find(kScripts, file.name) == kScripts.end()) continue;
    try {
      add_entries(file.bytes, things);
    } catch (const Error&) {
      add_whole(file.name, file.bytes, things);
    }
  }
}

void add_properties(const Value& properties, NamedThings& things) {
  const auto* members = std::get_if<Value::Object>(&properties.data());
  if (!members) return;
  for (const auto& [name, value] : *members)
    things[fmt::format("the database itself ({})", name)] = json_of(value, MemberOrder::by_name);
}

NamedThings things_of(const Structure& structure) {
  NamedThings things;
  add_scripts(structure.files, things);
  add_properties(structure.description.properties, things);
  return things;
}

}  // namespace

std::vector<std::string> structure_changes(const Structure& before, const Structure& now,
                                           std::size_t most) {
  return named_changes(things_of(before), things_of(now), most);
}

}  // namespace dbkeeper::postgres
