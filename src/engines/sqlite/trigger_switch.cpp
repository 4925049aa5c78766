#include "engines/sqlite/trigger_switch.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/text.h"
#include "engines/sqlite/quoted_name.h"
#include "engines/sqlite/statement.h"
#include "engines/sqlite/virtual_table.h"

namespace dbkeeper::sqlite {
namespace {

std::vector<const Table*> tables_written(const ImportPlan& plan) {
  std::vector<const Table*> out;
  for (const ImportTable& table : plan.tables)
    if (table.written) out.push_back(table.table);
  for (const auto& group : plan.emptied)
    for (const Table* table : group)
      if (std::find(out.begin(), out.end(), table) == out.end()) out.push_back(table);
  return out;
}

bool feeds(const Table* table) {
  return std::any_of(table->triggers.begin(), table->triggers.end(),
                     [](const Trigger& trigger) { return trigger.feeds_virtual_table; });
}

}  // namespace

// SQLite switches all triggers of a connection or none. Where some have to fire, the others are
// dropped for the time of the transaction.
std::vector<std::string> TriggerSwitch::off(const ImportPlan& plan) {
  written_ = tables_written(plan);
  const bool some_fire = std::any_of(written_.begin(), written_.end(), feeds);
  if (plan.fire_triggers) return {};
  std::vector<std::string> names;
  for (const Table* table : written_)
    for (const Trigger& trigger : table->triggers) {
      if (trigger.feeds_virtual_table) continue;
      names.push_back(table->name.name + "." + trigger.name);
      if (some_fire) drop(trigger.name);
    }
  if (!some_fire) {
    sqlite3_db_config(connection_.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    disabled_ = true;
  }
  return names;
}

void TriggerSwitch::on() {
  for (const std::string& sql : dropped_) connection_.run(sql);
  dropped_.clear();
  if (disabled_)
    sqlite3_db_config(connection_.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, nullptr);
  disabled_ = false;
  rebuild_indexes();
}

void TriggerSwitch::drop(const std::string& trigger) {
  {
    Statement text(connection_,
                   "SELECT sql FROM main.sqlite_master WHERE type='trigger' AND name=?1");
    text.bind(1, trigger);
    if (text.step()) dropped_.emplace_back(text.text(0));
  }
  connection_.run(fmt::format("DROP TRIGGER main.{}", QuotedName(trigger).sql()));
}

void TriggerSwitch::rebuild_indexes() const {
  std::vector<std::string> names;
  {
    Statement rows(connection_,
                   "SELECT name, sql FROM main.sqlite_master WHERE type='table' AND sql LIKE "
                   "'CREATE VIRTUAL TABLE%'");
    while (rows.step()) {
      const VirtualTable table = parse_virtual_table(rows.text(1));
      const bool full_text = table.module == "fts5" || table.module == "fts4";
      if (full_text && std::any_of(written_.begin(), written_.end(), [&](const Table* written) {
            return lower_ascii(written->name.name) == lower_ascii(table.content) && !feeds(written);
          }))
        names.emplace_back(rows.text(0));
    }
  }
  for (const std::string& name : names)
    connection_.run(
        fmt::format("INSERT INTO main.{0}({0}) VALUES ('rebuild')", QuotedName(name).sql()));
}

}  // namespace dbkeeper::sqlite
