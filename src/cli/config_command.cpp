#include "cli/config_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/json_text.h"
#include "dbkeeper/base/printable.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper::cli::config_command {
namespace {

using Row = std::array<std::string, 3>;

std::string shown(const Value& value) {
  if (value.is_null()) return "-";
  if (const auto* text = std::get_if<std::string>(&value.data())) return *text;
  if (const auto* list = std::get_if<Value::List>(&value.data())) {
    std::vector<std::string> parts;
    for (const Value& item : *list) parts.push_back(shown(item));
    return parts.empty() ? "-" : join(parts, ", ");
  }
  return json_text(value);
}

std::string table_text(std::vector<Row> rows) {
  Row::size_type widths[2] = {0, 0};
  for (Row& row : rows)
    for (std::string& cell : row) cell = one_line(cell);
  for (const Row& row : rows)
    for (std::size_t i = 0; i < 2; ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string out;
  for (const auto& [name, value, origin] : rows)
    out += fmt::format("{:<{}}  {:<{}}  {}\n", name, widths[0], value, widths[1], origin);
  return out;
}

}  // namespace

void add_options(CLI::App&, Options&) {}

Outcome run(const Options&, Context& context) {
  Outcome outcome;
  Value::List settings;
  std::vector<Row> rows = {{"SETTING", "VALUE", "FROM"}};
  for (const Setting& setting : context.explain_settings()) {
    Value item = Value::object();
    if (!setting.command.empty()) item.set("command", setting.command);
    item.set("name", setting.name);
    if (!setting.value.is_null()) item.set("value", setting.value);
    settings.push_back(std::move(item.set("origin", setting.origin)));
    const std::string prefix = setting.command.empty() ? "" : setting.command + ".";
    rows.push_back({prefix + setting.name, shown(setting.value), setting.origin});
  }
  outcome.result.set("settings", std::move(settings));
  outcome.text = table_text(std::move(rows));
  return outcome;
}

}  // namespace dbkeeper::cli::config_command
