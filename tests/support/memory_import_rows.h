// The rows that the model of an import works on: those of the file beside those of the database.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dbkeeper/engines/import.h"
#include "support/memory_engine.h"
#include "support/memory_table.h"

namespace dbkeeper::testing::model {

// Rows as they were staged.
struct Staged {
  std::vector<std::string> columns;
  std::vector<MemoryRow> rows;  // by the table's columns; NULL where the file has none
};
using Staging = std::map<std::pair<TableName, Rows>, Staged>;

// By what a row was found, where that is no natural key.
inline constexpr const char* kByPrimaryKey = "primary key";
inline constexpr const char* kByMap = "the map that an earlier import kept";
inline constexpr const char* kByEqualReference = "all that the file has of it";
inline constexpr const char* kByEqualRows = "all its values";

struct FileRow {
  std::size_t table = 0;  // in the plan
  Rows kind = Rows::data;
  MemoryRow values;                        // as the file has them, by the table's columns
  std::optional<std::size_t> found;        // which row of the target it is
  std::string by;                          // by what
  const Key* key = nullptr;                // if that was a key
  bool presumed = false;                   // found before any key was tried
  bool dropped = false;                    // a reference of it is missing
  std::optional<std::int64_t> new_number;  // in place of the file's
};

struct TableRows {
  const ImportTable* plan = nullptr;
  const Table* table = nullptr;
  std::vector<std::string> columns;            // that its data rows carry
  std::vector<std::string> reference_columns;  // that its references rows carry
  std::vector<FileRow> rows;                   // data, then references, in the order of the file
  std::vector<MemoryRow> target;               // as it was before the import
  bool emptied = false;

  bool carries(Rows kind, const std::string& column) const;
  // Whether rows of this kind have a primary key that is all in the file.
  bool has_key(Rows kind) const;
  bool in_primary_key(const std::string& column) const;
  // The column of the primary key that the database numbers; null if there is none.
  const Column* numbered() const;
};

// All that is known of an import. Rows stay where they are, so pointers to them hold.
struct Work {
  Work(const ImportPlan& plan, const MemoryState& before, const Staging& staging);
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  TableRows& of(const FileRow& row) { return tables[row.table]; }
  const TableRows& of(const FileRow& row) const { return tables[row.table]; }
  // Whether this import would insert it, dropped or not.
  bool is_new(const FileRow& row) const;
  // Whether it is inserted, or is there and updated where it differs.
  bool is_written(const FileRow& row) const;

  const ImportPlan& plan;
  const MemoryState& before;
  std::vector<TableRows> tables;  // as in the plan
};

bool contains(const std::vector<std::string>& names, const std::string& name);

// The primary key's values out of a row, as a JSON array. Requires: the table has one.
std::string json_key(const Table& table, const MemoryRow& row);

// "users (5)": for messages.
std::string shown(const TableRows& table, const MemoryRow& row);

}  // namespace dbkeeper::testing::model
