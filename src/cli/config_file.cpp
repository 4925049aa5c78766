#include "cli/config_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include "cli/text_file.h"
#include "dbkeeper/base/error.h"

namespace dbkeeper::cli {
namespace {

std::int64_t line_of(const toml::node& node) {
  return static_cast<std::int64_t>(node.source().begin.line);
}

ConfigValue value_of(const toml::node& node) {
  using Kind = ConfigValue::Kind;
  if (const auto* text = node.as_string()) return {Kind::text, text->get()};
  if (const auto* number = node.as_integer())
    return {Kind::integer, fmt::format("{}", number->get())};
  if (const auto* number = node.as_floating_point())
    return {Kind::real, fmt::format("{}", number->get())};
  if (const auto* flag = node.as_boolean()) return {Kind::boolean, flag->get() ? "true" : "false"};
  return {};
}

ConfigEntry entry_of(std::string table, std::string_view key, const toml::node& node) {
  ConfigEntry entry{std::move(table), std::string(key), {}, node.is_array(), line_of(node)};
  if (const auto* list = node.as_array())
    for (const toml::node& item : *list) entry.values.push_back(value_of(item));
  else
    entry.values.push_back(value_of(node));
  return entry;
}

}  // namespace

std::optional<std::filesystem::path> find_config_file(const std::string& option,
                                                      const Environment& environment) {
  constexpr std::string_view kName = "dbkeeper.toml";
  if (!option.empty()) return option;
  std::error_code ignored;
  if (std::filesystem::exists(kName, ignored)) return kName;
  std::filesystem::path folder;
  if (const auto* config_home = find_variable(environment, "XDG_CONFIG_HOME"))
    folder = *config_home;
  else if (const auto* home = find_variable(environment, "HOME"))
    folder = *home + "/.config";
  if (folder.is_relative()) return std::nullopt;  // the XDG specification: to be ignored
  std::filesystem::path path = folder / "dbkeeper" / kName;
  if (std::filesystem::exists(path, ignored)) return path;
  return std::nullopt;
}

ConfigFile parse_config(std::string_view text, std::string name) {
  ConfigFile out{std::move(name), {}, {}};
  toml::table root;
  try {
    root = toml::parse(text, out.name);
  } catch (const toml::parse_error& error) {
    const auto at = error.source().begin;
    throw Error(ErrorKind::usage,
                fmt::format("{}:{}:{}: {}", out.name, at.line, at.column, error.description()))
        .line(static_cast<std::int64_t>(at.line))
        .hint("a line is key = value, and text stands in double quotes");
  }
  for (const auto& [key, node] : root) {
    const auto* table = node.as_table();
    if (table == nullptr) {
      out.entries.push_back(entry_of("", key.str(), node));
      continue;
    }
    out.tables.push_back({std::string(key.str()), line_of(node)});
    for (const auto& [inner, value] : *table)
      out.entries.push_back(entry_of(std::string(key.str()), inner.str(), value));
  }
  return out;
}

ConfigFile read_config_file(const std::filesystem::path& path) {
  return parse_config(read_text_file(path), path.string());
}

}  // namespace dbkeeper::cli
