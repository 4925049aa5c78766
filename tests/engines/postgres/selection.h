// Selections in tests, and their rows as lines of text.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "dbkeeper/engines/database.h"
#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"

namespace dbkeeper::testing {

inline const Table& table_of(const Schema& schema, const std::string& name) {
  const Table* table = schema.find({"public", name});
  INFO(name);
  REQUIRE(table);
  return *table;
}

inline const ForeignKey& key_of(const Table& table, const std::string& column) {
  for (const ForeignKey& key : table.foreign_keys)
    if (key.columns.front() == column) return key;
  FAIL("no foreign key begins with " << column);
  return table.foreign_keys.front();
}

// One column of a part's rows, as numbers.
inline std::vector<std::int64_t> numbers(Snapshot& snapshot, const Selection& selection,
                                         std::size_t set, const Part& part,
                                         const std::string& column) {
  std::vector<std::int64_t> out;
  const auto rows = snapshot.rows(selection, set, part, {column});
  Batch batch(1);
  while (rows->next(batch))
    for (std::size_t i = 0; i < batch.rows(); ++i) out.push_back(batch.at(i, 0).integer);
  return out;
}

// Of all of a set's parts, sorted.
inline std::vector<std::int64_t> numbers(Snapshot& snapshot, const Selection& selection,
                                         std::size_t set, const std::string& column = "id",
                                         std::int64_t bytes = 1 << 20) {
  std::vector<std::int64_t> out;
  for (const Part& part : snapshot.parts(selection, set, bytes)) {
    const auto some = numbers(snapshot, selection, set, part, column);
    out.insert(out.end(), some.begin(), some.end());
  }
  std::sort(out.begin(), out.end());
  return out;
}

// A database to read, and its schema.
struct ScratchMoment {
  explicit ScratchMoment(std::string_view sql) : scratch(sql) {
    database = open(scratch.url());
    snapshot = database->snapshot();
    schema = snapshot->schema();
  }
  const Table& table(const std::string& name) const { return table_of(schema, name); }

  ScratchPostgres scratch;
  std::unique_ptr<Database> database;
  std::unique_ptr<Snapshot> snapshot;
  Schema schema;
};

template <class Work>
Error error_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  FAIL("it didn't fail");
  return Error(ErrorKind::failed, "");
}

}  // namespace dbkeeper::testing
