#include "cli/settlement.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/command_table.h"
#include "cli/config_values.h"
#include "cli/option_binding.h"
#include "dbkeeper/base/url.h"

namespace dbkeeper::cli {
namespace {

// Whether the options take the values, told by a set of them that nobody will run.
void try_values(const ConfigFile& file, const std::string& table, auto add_options) {
  CLI::App app;
  app.set_help_flag();
  add_options(app);
  const std::vector<OptionInfo> options = describe(app);
  assign_values(app, options, config_values(file, table, options));
}

// A key in the wrong part of the file: after `[inspect]` every line belongs to that table, which is
// easily forgotten.
void check_places(const ConfigFile& file) {
  const std::vector<OptionInfo> globals = global_options();
  const auto complain = [&](const ConfigEntry& entry, std::string_view owner, std::string place) {
    throw Error(ErrorKind::usage, fmt::format("{}:{}: '{}' is an option {}: it stands {}",
                                              file.name, entry.line, entry.key, owner, place))
        .line(entry.line);
  };
  for (const ConfigEntry& entry : file.entries) {
    const bool global = find_long(globals, entry.key) != nullptr;
    if (!entry.table.empty() && global)
      complain(entry, "of every command", "at the top of the file, before the first [table]");
    if (!entry.table.empty() || global) continue;
    for (const CommandEntry& command : all_commands())
      if (find_long(options_of(command), entry.key) != nullptr)
        complain(entry, fmt::format("of {}", command.name),
                 fmt::format("under [{}]", command.name));
  }
}

Value typed(const OptionInfo& info, const std::string& text) {
  if (info.flag()) return text == "true";
  if (info.takes == OptionInfo::Takes::integer && !text.empty()) return std::stoll(text);
  if (text.empty()) return {};
  return redacted(text);
}

Value value_of(const OptionInfo& info, const Assignment* given) {
  if (given == nullptr) return typed(info, info.default_text);
  if (!info.repeatable) return typed(info, given->values.front());
  return Value::list(given->values, [&](const std::string& text) { return typed(info, text); });
}

}  // namespace

std::vector<Assignment> environment_values(const Environment& environment) {
  std::vector<Assignment> out;
  if (const auto* folder = find_variable(environment, "DBKEEPER_BACKUP_DIR"))
    out.push_back({"--dir", {*folder}, {"DBKEEPER_BACKUP_DIR"}});
  if (find_variable(environment, "NO_COLOR") != nullptr)  // https://no-color.org
    out.push_back({"--color", {"never"}, {"NO_COLOR"}});
  return out;
}

std::vector<Assignment> merged(const std::vector<std::vector<Assignment>>& strongest_first) {
  std::vector<Assignment> out;
  for (const auto& list : strongest_first)
    for (const Assignment& assignment : list)
      if (std::ranges::find(out, assignment.key, &Assignment::key) == out.end())
        out.push_back(assignment);
  return out;
}

void check_config(const ConfigFile& file) {
  check_shape(file, command_names());
  check_places(file);
  Globals globals;
  try_values(file, "", [&](CLI::App& app) { add_global_options(app, globals); });
  for (const ConfigTable& table : file.tables) {
    const Command command = find_command_entry(table.name)->make();
    try_values(file, table.name, command.add_options);
  }
}

std::optional<Address> config_address(const ConfigFile& file) {
  for (const Assignment& given : config_values(file, "", global_options()))
    if (given.key == "--db") return Address{given.values.front(), given.origin.text};
  return std::nullopt;
}

std::vector<Setting> settings_of(const std::string& command, const std::vector<OptionInfo>& options,
                                 const std::vector<Assignment>& given,
                                 const std::optional<Address>& address) {
  std::vector<Setting> out;
  for (const OptionInfo& info : options) {
    if (info.name.empty() || info.name == "help" || info.name == "version") continue;
    const auto found = std::ranges::find(given, info.key(), &Assignment::key);
    const Assignment* assignment = found == given.end() ? nullptr : &*found;
    Setting setting{command, info.name, value_of(info, assignment),
                    assignment != nullptr ? assignment->origin.text : "default"};
    if (info.global && info.name == "db") {
      setting.value = address ? Value(redacted(address->text)) : Value();
      setting.origin = address ? address->origin : "not set";
    }
    out.push_back(std::move(setting));
  }
  return out;
}

}  // namespace dbkeeper::cli
