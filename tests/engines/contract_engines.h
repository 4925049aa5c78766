// Each engine with the same small library of books in it, for the contract suite.
//
//   authors  1 ann@example.com, 2 bob@example.com
//   books    1 (of author 1); pages (1, 1); lines of that page
//   values   empty, a column of each kind
//   strays   seven rows that refer to authors 101 to 107, which are not there
//   people   1; 2, whose boss is 1; 3, whose boss is 2; 4. 1 and 2 are in team 10, 3 is in 20
//   teams    10, led by 1; 20, led by 4; 30, led by nobody
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dbkeeper/engines/connect.h"
#include "support/memory_engine.h"
#include "support/scratch.h"

namespace dbkeeper::testing {

// A stop that never comes.
const Stop& never();

class ContractEngine {
 public:
  virtual ~ContractEngine() = default;
  // A database object of its own each time, of the same database.
  virtual std::unique_ptr<Database> open(Access access, const Stop& stop = never()) = 0;
};

class Memory final : public ContractEngine {
 public:
  Memory();
  std::unique_ptr<Database> open(Access access, const Stop& stop = never()) override;

 private:
  MemoryStore store_;
};

class Sqlite final : public ContractEngine {
 public:
  Sqlite();
  std::unique_ptr<Database> open(Access access, const Stop& stop = never()) override;

 private:
  ScratchSqlite scratch_;
};

class Postgresql final : public ContractEngine {
 public:
  Postgresql();
  std::unique_ptr<Database> open(Access access, const Stop& stop = never()) override;

 private:
  ScratchPostgres scratch_;
};

// The table of that name in the engine's default schema. Requires: there is one.
const Table& table_in(const Schema& schema, const std::string& name);

// All rows, sorted, since engines promise no order.
std::vector<MemoryRow> read_all(Snapshot& snapshot, const Table& table,
                                const std::vector<std::string>& columns);

// All rows of a set, its parts put together, sorted. `bytes`: how large parts are asked for.
std::vector<MemoryRow> read_set(Snapshot& snapshot, const Selection& selection, std::size_t set,
                                const std::vector<std::string>& columns,
                                std::int64_t bytes = 1 << 20);

// Inserts and finishes, in batches of at most `rows_a_batch` rows.
void write_all(Transaction& transaction, const Table& table,
               const std::vector<std::string>& columns, const std::vector<MemoryRow>& rows,
               std::size_t rows_a_batch = Batch::kRows);

}  // namespace dbkeeper::testing
