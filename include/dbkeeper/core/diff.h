// Compares two databases or exports: schema and rows, value by value as the row digests see them.
//
//   const auto a = database_side(before, "before", stop);
//   const auto b = database_side(after, "after", stop);
//   const DiffReport report = diff(*a, *b, {}, reporter, stop);
//   if (!report.equal()) …
//
// Memory doesn't grow with the number of rows: what doesn't fit is sorted in a temporary file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/base/value.h"
#include "dbkeeper/core/diff_side.h"

namespace dbkeeper {

struct DiffOptions {
  std::vector<std::string> include;  // as the user wrote them
  std::vector<std::string> exclude;
  bool schema = true;
  bool rows = true;
  std::size_t sort_memory = 32 << 20;  // bytes, for each side
};

// Something of the schema that isn't the same.
struct SchemaDifference {
  std::string what;  // "column", "type", "nullable", "primary key", "unique key", "foreign key" …
  std::string column;  // empty for what concerns the table
  std::string a;       // how it is there; empty: it isn't
  std::string b;
};

// A row that differs, or several that are equal.
struct RowDifference {
  Value key;                         // the key's values by column; the row's where it has no key
  std::uint64_t times = 1;           // equal rows without a key
  std::vector<std::string> columns;  // of a changed row: those that differ
};

struct RowsDifference {
  static constexpr std::size_t kFirst = 10;

  std::uint64_t rows_a = 0;
  std::uint64_t rows_b = 0;
  std::uint64_t only_a = 0;
  std::uint64_t only_b = 0;
  std::uint64_t changed = 0;  // the same key, other values
  // The first of each, in the order of keys; at most kFirst.
  std::vector<RowDifference> first_only_a;
  std::vector<RowDifference> first_only_b;
  std::vector<RowDifference> first_changed;

  bool equal() const { return only_a + only_b + changed == 0; }
};

// A table that both sides have.
struct TableDiff {
  std::string table;
  std::vector<SchemaDifference> schema;
  bool rows_compared = false;
  bool keyed = false;  // rows are matched by primary key, else as a multiset
  RowsDifference rows;

  bool equal() const { return schema.empty() && rows.equal(); }
};

// Where a migration tool stands; an empty version: nowhere, or the side knows nothing of it.
struct VersionDiff {
  std::string tool;
  std::string a;
  std::string b;

  bool equal() const { return a == b; }
};

struct NotCompared {
  std::string table;
  std::string column;  // empty: all of it
  std::string why;
};

struct DiffReport {
  std::vector<TableDiff> tables;    // that both sides have, by name
  std::vector<std::string> only_a;  // tables
  std::vector<std::string> only_b;
  std::vector<VersionDiff> versions;
  std::vector<NotCompared> not_compared;

  bool equal() const;
  std::size_t differing_tables() const;  // those of one side alone included
};

// Error(usage) for a name in the options that neither side has; Error(failed) if rows can't be
// read.
DiffReport diff(DiffSide& a, DiffSide& b, const DiffOptions& options, Reporter& reporter,
                const Stop& stop);

}  // namespace dbkeeper
