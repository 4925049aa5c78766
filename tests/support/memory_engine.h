// The third engine: tables of rows in memory, set up by a test. It keeps the interface of the
// engines honest (what is awkward here is too much of SQL) and lets the core be tested without a
// database, damage included.
//
//   MemoryStore store;
//   store.add(table("users", …), {{1, "ann"}, {2, nullptr}});
//   MemoryDatabase database(store);
//   database.snapshot()->count(…)
//
// A condition is `column = number` there, and nothing else; an expression in a key is
// `lower(column)`, its predicate `column IS NULL`. It enforces what is declared: NOT NULL, numbers
// in integer columns, and at commit() primary keys, unique keys and foreign keys.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "dbkeeper/base/stop.h"
#include "dbkeeper/engines/database.h"
#include "support/memory_cell.h"

namespace dbkeeper::testing {

// All of a database at one moment.
struct MemoryState {
  Schema schema;
  std::map<TableName, std::vector<MemoryRow>> rows;
  std::vector<Finding> findings;   // what integrity() finds
  std::set<TableName> unreadable;  // reading one of these fails
  // The kept map of imports: source, table and old key lead to the new one.
  std::map<std::array<std::string, 3>, std::string> kept;
};

// What stands behind the databases that a test opens: changed as a whole, by one at a time.
// Threads: any.
class MemoryStore {
 public:
  // Adds a table with its rows, the cells in the order of its columns.
  void add(Table table, std::vector<MemoryRow> rows = {});
  // Changes anything else: findings, unreadable tables, sequences.
  template <class Change>
  void change(Change change) {
    auto next = std::make_shared<MemoryState>(*state());
    change(*next);
    replace(std::move(next));
  }

  std::shared_ptr<const MemoryState> state() const;
  void replace(std::shared_ptr<const MemoryState> state);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const MemoryState> state_ = std::make_shared<MemoryState>();
};

class MemoryDatabase final : public Database {
 public:
  explicit MemoryDatabase(MemoryStore& store);
  // Stops when `stop` says so. Both outlive the database.
  MemoryDatabase(MemoryStore& store, const Stop& stop) : store_(store), stop_(stop) {}

  const Capabilities& capabilities() const override;
  DatabaseInfo info() override;
  std::unique_ptr<Snapshot> snapshot() override;
  std::unique_ptr<Transaction> begin() override;
  std::unique_ptr<Import> begin_import() override;

 private:
  MemoryStore& store_;
  const Stop& stop_;
};

}  // namespace dbkeeper::testing
