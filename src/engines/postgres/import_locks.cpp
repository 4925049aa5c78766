#include "engines/postgres/import_locks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "dbkeeper/base/text.h"
#include "engines/postgres/catalog.h"
#include "engines/postgres/definition.h"
#include "engines/postgres/fetch.h"
#include "engines/postgres/lock_holder.h"
#include "engines/postgres/partitions.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::string_view kNoSuchTable = "42P01";
constexpr std::string_view kNoSuchSchema = "3F000";

// The weaker ones first. `none`: any right to read gives that.
enum class Mode { none, look_up, write, empty };

const char* sql_of(Mode mode) {
  switch (mode) {
    case Mode::none:
      return "ACCESS SHARE";
    case Mode::look_up:
      return "SHARE";
    case Mode::write:
      return "SHARE ROW EXCLUSIVE";
    case Mode::empty:
      break;
  }
  // Whoever adds a row that refers to one of these locks that one first, and has to wait.
  return "EXCLUSIVE";
}

std::string shown(const TableName& table) { return display(table, kDefaultSchema); }

Error changed(const TableName& table) {
  return Error(ErrorKind::failed,
               fmt::format("the definition of table {} was changed meanwhile: try again",
                           shown(table)))
      .table(shown(table));
}

class Locks {
 public:
  Locks(WriteTransaction& session, const ImportPlan& plan) : session_(session) {
    for (const ImportTable& table : plan.tables)
      want(*table.table, table.written ? Mode::write : Mode::look_up);
    for (const auto& group : plan.emptied)
      for (const Table* table : group) want(*table, Mode::empty);
    for (const Referrer& referrer : plan.referrers)
      referrers_.insert({referrer.table->name, referrer.key->name});
  }

  void take() {
    leave_out_what_is_denied();
    Partitions partitions(*session_);
    std::vector<std::string> statements;
    std::vector<std::vector<TableName>> locked;  // by each of them
    for (const auto& [name, lock] : wanted_) {
      statements.push_back(
          fmt::format("LOCK TABLE {} IN {} MODE", from_clause(*lock.table), sql_of(lock.mode)));
      auto& names = locked.emplace_back(1, name);
      if (lock.table->kind == TableKind::partitioned)
        for (const Partition& partition : partitions.below(name)) names.push_back(partition.name);
    }
    if (statements.empty()) return;
    if (const auto failure = session_->run_all(statements))
      refuse(*failure, locked[failure->statement]);
  }

  void check() {
    const Schema now = read_tables(*session_);
    for (const auto& [name, lock] : wanted_) {
      const Table* table = now.find(name);
      if (!table || !same_definition(*lock.table, *table)) throw changed(name);
      if (table->row_security_applies) refuse_row_security(name);
    }
    for (const Table& table : now.tables)
      if (!wanted_.count(table.name) && table.kind != TableKind::partition)
        for (const ForeignKey& key : table.foreign_keys)
          if (is_emptied(key.references) && !referrers_.count({table.name, key.name}))
            throw changed(table.name);
  }

 private:
  struct Lock {
    const Table* table;
    Mode mode;
  };

  void want(const Table& table, Mode mode) {
    const auto at = wanted_.try_emplace(table.name, Lock{&table, mode}).first;
    at->second.mode = std::max(at->second.mode, mode);
  }

  // Whoever may only read can't keep others from writing. What an import merely looks up its
  // foreign keys hold fast again when they are checked.
  void leave_out_what_is_denied() {
    std::vector<std::string> names;
    for (const auto& [name, lock] : wanted_)
      if (lock.mode == Mode::look_up)
        names.push_back(fmt::format("({}, {})", literal(name.schema), literal(name.name)));
    if (names.empty()) return;
    for (const auto& row : session_->query(
             fmt::format("SELECT n.nspname, c.relname FROM pg_catalog.pg_class c "
                         "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                         "WHERE (n.nspname, c.relname) IN ({}) AND NOT "
                         "pg_catalog.has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')",
                         join(names, ", "))))
      wanted_.at({row["nspname"].c_str(), row["relname"].c_str()}).mode = Mode::none;
  }

  bool is_emptied(const TableName& table) const {
    const auto at = wanted_.find(table);
    return at != wanted_.end() && at->second.mode == Mode::empty;
  }

  [[noreturn]] void refuse(const Session::Failure& failure, const std::vector<TableName>& tables) {
    if (failure.sqlstate == kNoSuchTable || failure.sqlstate == kNoSuchSchema)
      throw changed(tables.front());
    Error error = failure.error;
    if (error.table().empty()) error.table(shown(tables.front()));
    throw with_lock_holder(error, tables, *session_.sessions());
  }

  [[noreturn]] static void refuse_row_security(const TableName& table) {
    throw Error(
        ErrorKind::failed,
        fmt::format("row-level security would hide rows of table {} from this role", shown(table)))
        .table(shown(table))
        .hint("connect as the owner of the table, or as a role with BYPASSRLS");
  }

  WriteTransaction& session_;
  std::map<TableName, Lock> wanted_;
  std::set<std::pair<TableName, std::string>> referrers_;  // tables and their keys
};

}  // namespace

void lock_for_import(WriteTransaction& session, const ImportPlan& plan) {
  Locks locks(session, plan);
  locks.take();
  locks.check();
}

}  // namespace dbkeeper::postgres
