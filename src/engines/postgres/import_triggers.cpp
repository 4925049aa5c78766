#include "engines/postgres/import_triggers.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "dbkeeper/base/text.h"
#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/catalog.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

constexpr char kOn = 'O', kAlways = 'A';

bool fires(char enabled) { return enabled == kOn || enabled == kAlways; }

std::string shown(const TableName& table) { return display(table, kDefaultSchema); }

Error not_owned(const std::set<std::string>& tables) {
  const std::vector<std::string> names(tables.begin(), tables.end());
  return Error(ErrorKind::failed,
               fmt::format("{} {} triggers that would fire for the rows that are written, and only "
                           "the owner may switch them off: {}",
                           plural(static_cast<std::int64_t>(names.size()), "table"),
                           names.size() == 1 ? "has" : "have", join(names, ", ")))
      .table(names.front())
      .hint("connect as the owner of the tables, or let the triggers fire with --fire-triggers");
}

}  // namespace

std::vector<std::string> ImportTriggers::off(const ImportPlan& plan) {
  if (plan.fire_triggers) return {};
  tables_ = tables_of(plan);
  before_ = look();
  std::set<std::string> others;
  for (const State& trigger : before_)
    if (fires(trigger.enabled) && !trigger.owned) others.insert(shown(trigger.table));
  if (!others.empty()) throw not_owned(others);
  std::vector<std::string> names;
  for (const State& trigger : before_) {
    if (!fires(trigger.enabled)) continue;
    alter(trigger, "DISABLE TRIGGER");
    if (!trigger.copied) names.push_back(shown(trigger.table) + "." + trigger.name);
  }
  return names;
}

// A table with deferred checks to come can't be altered.
void ImportTriggers::on() {
  if (before_.empty()) return;
  session_.command("SET CONSTRAINTS ALL IMMEDIATE");
  for (const State& trigger : before_)
    if (fires(trigger.enabled))
      alter(trigger, trigger.enabled == kAlways ? "ENABLE ALWAYS TRIGGER" : "ENABLE TRIGGER");
  if (look() != before_)
    throw Error(ErrorKind::failed, "the triggers could not be put back into the state they had");
  before_.clear();
}

// Those to be written or emptied, and what lies below them.
std::vector<TableName> ImportTriggers::tables_of(const ImportPlan& plan) {
  std::set<TableName> out;
  const auto add = [&](const Table& table) {
    out.insert(table.name);
    for (const Partition& partition : partitions_.below(table.name)) out.insert(partition.name);
  };
  for (const ImportTable& table : plan.tables)
    if (table.written) add(*table.table);
  for (const auto& group : plan.emptied)
    for (const Table* table : group) add(*table);
  return {out.begin(), out.end()};
}

std::vector<ImportTriggers::State> ImportTriggers::look() {
  std::vector<State> out;
  for (const auto& row : session_.query(sql::kTriggerStates)) {
    TableName table{row["nspname"].c_str(), row["relname"].c_str()};
    if (!std::binary_search(tables_.begin(), tables_.end(), table)) continue;
    out.push_back({std::move(table), row["tgname"].c_str(), row["tgenabled"].c_str()[0],
                   row["copied"].c_str()[0] == 't', row["owned"].c_str()[0] == 't'});
  }
  return out;
}

// ONLY: what lies below is switched by its own name, to its own state.
void ImportTriggers::alter(const State& trigger, const char* verb) {
  try {
    session_.command(fmt::format("ALTER TABLE ONLY {} {} {}", QuotedName(trigger.table).sql(), verb,
                                 QuotedName(std::string_view(trigger.name)).sql()));
  } catch (Error& error) {
    if (error.table().empty()) error.table(shown(trigger.table));
    throw;
  }
}

}  // namespace dbkeeper::postgres
