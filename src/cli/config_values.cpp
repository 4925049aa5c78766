#include "cli/config_values.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper::cli {
namespace {

Error at_line(const ConfigFile& file, std::int64_t line, std::string_view message) {
  return Error(ErrorKind::usage, fmt::format("{}:{}: {}", file.name, line, message)).line(line);
}

void refuse_forbidden(const ConfigFile& file, const ConfigEntry& entry) {
  if (entry.key == "yes" || entry.key == "confirm")
    throw at_line(file, entry.line,
                  fmt::format("'{}' can't stand in a config file: what destroys data is confirmed "
                              "each time, on the command line or on the terminal",
                              entry.key));
  for (const std::string_view key : {"config", "help", "version"})
    if (entry.table.empty() && entry.key == key)
      throw at_line(file, entry.line,
                    fmt::format("'{}' makes sense only on the command line", entry.key));
}

const OptionInfo& option_for(const ConfigFile& file, const ConfigEntry& entry,
                             const std::vector<OptionInfo>& options) {
  if (const OptionInfo* info = find_long(options, entry.key)) return *info;
  std::vector<std::string> names;
  for (const OptionInfo& info : options)
    if (!info.name.empty()) names.push_back(info.name);
  const std::string place = entry.table.empty() ? "" : fmt::format(" in [{}]", entry.table);
  throw at_line(
      file, entry.line,
      fmt::format("unknown key '{}'{}{}", entry.key, place, did_you_mean(entry.key, names)))
      .hint(entry.table.empty() ? "global options stand at the top, a command's under [command]"
                                : fmt::format("dbkeeper {} --help; global options stand at the top "
                                              "of the file",
                                              entry.table));
}

std::string_view expectation(const OptionInfo& info) {
  switch (info.takes) {
    case OptionInfo::Takes::nothing:
      return "true or false";
    case OptionInfo::Takes::integer:
      return "a whole number";
    case OptionInfo::Takes::real:
      return "a number";
    case OptionInfo::Takes::text:
      break;
  }
  return info.repeatable ? "text in quotes, or a list of such" : "text in quotes";
}

bool fits(const OptionInfo& info, const ConfigValue& value) {
  using Kind = ConfigValue::Kind;
  switch (info.takes) {
    case OptionInfo::Takes::nothing:
      return value.kind == Kind::boolean;
    case OptionInfo::Takes::integer:
      return value.kind == Kind::integer;
    case OptionInfo::Takes::real:
      return value.kind == Kind::real || value.kind == Kind::integer;
    case OptionInfo::Takes::text:
      break;
  }
  return value.kind == Kind::text;
}

std::vector<std::string> texts(const ConfigFile& file, const ConfigEntry& entry,
                               const OptionInfo& info) {
  std::vector<std::string> out;
  for (const ConfigValue& value : entry.values) {
    if (!info.implied.empty() && value.kind == ConfigValue::Kind::boolean) {
      if (value.text == "true") out.push_back(info.implied);
      continue;
    }
    if (!fits(info, value) || (entry.list && !info.repeatable))
      throw at_line(file, entry.line, fmt::format("'{}' must be {}", entry.key, expectation(info)));
    if (value.text.empty())
      throw at_line(file, entry.line, fmt::format("'{}' is empty", entry.key));
    out.push_back(value.text);
  }
  return out;
}

}  // namespace

std::vector<Assignment> config_values(const ConfigFile& file, std::string_view table,
                                      const std::vector<OptionInfo>& options) {
  std::vector<Assignment> out;
  for (const ConfigEntry& entry : file.entries) {
    if (entry.table != table) continue;
    const OptionInfo& info = option_for(file, entry, options);
    std::vector<std::string> values = texts(file, entry, info);
    if (values.empty()) continue;  // an empty list
    out.push_back(
        {info.key(), std::move(values), {fmt::format("{}:{}", file.name, entry.line), entry.line}});
  }
  return out;
}

void check_shape(const ConfigFile& file, const std::vector<std::string>& commands) {
  for (const ConfigEntry& entry : file.entries) refuse_forbidden(file, entry);
  for (const ConfigTable& table : file.tables) {
    if (std::ranges::find(commands, table.name) != commands.end()) continue;
    throw at_line(
        file, table.line,
        fmt::format("unknown table [{}]{}", table.name, did_you_mean(table.name, commands)))
        .hint("a table is named after a command");
  }
}

}  // namespace dbkeeper::cli
