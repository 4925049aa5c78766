// The third engine: tables of rows in memory, set up by a test. It keeps the interface of the
// engines honest (what is awkward here is too much of SQL) and lets the core be tested without a
// database, damage included.
//
//   MemoryStore store;
//   store.add(table("users", …), {{1, "ann"}, {2, nullptr}});
//   MemoryDatabase database(store);
//   database.snapshot()->count(…)
//
// A condition is `column = number` there, and nothing else. It enforces what is declared: NOT NULL,
// numbers in integer columns, and at commit() primary keys, unique keys of plain columns, and
// foreign keys.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "dbkeeper/base/stop.h"
#include "dbkeeper/engines/database.h"

namespace dbkeeper::testing {

// A value that owns its bytes.
struct MemoryCell {
  MemoryCell(std::nullptr_t) {}
  MemoryCell(bool value) : kind(CellKind::boolean), integer(value) {}
  MemoryCell(int value) : kind(CellKind::integer), integer(value) {}
  MemoryCell(std::int64_t value) : kind(CellKind::integer), integer(value) {}
  MemoryCell(double value) : kind(CellKind::real), real(value) {}
  MemoryCell(const char* value) : kind(CellKind::text), text(value) {}
  MemoryCell(std::string value, CellKind kind_of_text = CellKind::text)
      : kind(kind_of_text), text(std::move(value)) {}
  explicit MemoryCell(const CellView& cell)
      : kind(cell.kind), integer(cell.integer), real(cell.real), text(cell.text) {}

  auto operator<=>(const MemoryCell&) const = default;
  void add_to(Batch& batch) const;

  CellKind kind = CellKind::null;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
};

using MemoryRow = std::vector<MemoryCell>;

// All of a database at one moment.
struct MemoryState {
  Schema schema;
  std::map<TableName, std::vector<MemoryRow>> rows;
  std::vector<Finding> findings;   // what integrity() finds
  std::set<TableName> unreadable;  // reading one of these fails
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

 private:
  MemoryStore& store_;
  const Stop& stop_;
};

}  // namespace dbkeeper::testing
