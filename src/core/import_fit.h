// The tables of a file and their places in a database: what fits, what doesn't.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/import_planner.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/core/import_plan.h"
#include "dbkeeper/formats/row_document.h"

namespace dbkeeper {

// A table of the file and where its rows go.
struct FittedTable {
  const Table* table = nullptr;  // of the database; null: they are only read
  bool written = false;          // its data are to be imported, not only looked up
  // Those of the file's columns that the table has, and their places among all of the file's.
  std::vector<std::string> columns;
  std::vector<std::size_t> positions;
  // Columns of the table that need a value and don't get one, if the file has a row.
  std::vector<std::string> unfilled;
};

class ImportFit {
 public:
  // `home`: the database's schema in which the file's tables without one have their place.
  // Error(usage) for tables named that the file doesn't have. Both schemas outlive this.
  ImportFit(const Schema& file, const Schema& database, const std::string& home,
            ImportOptions options);

  // The tables that have rows in the file, should it have data of all that its schema tells;
  // nothing if one of them lacks a column that the database needs.
  std::optional<std::vector<PlacedTable>> likely() const;

  FittedTable fit(const FileTable& table);
  // Once its rows have been read.
  void note_rows(const FileTable& table, const FittedTable& fitted, std::uint64_t rows);

  // Tables of the file that --include leaves out and why they are missed (why_missed()).
  const std::vector<std::pair<std::string, std::string>>& missed() const { return missed_; }

  // A line for everything that doesn't fit.
  const std::vector<std::string>& findings() const { return findings_; }
  void add_finding(std::string line) { findings_.push_back(std::move(line)); }

 private:
  void choose(const Schema& file, const std::string& home);
  void find_needed(const Schema& file);
  const Table* place_of(const FileTable& table, bool chosen);
  void fit_columns(const FileTable& table, FittedTable& fitted);

  const Schema& file_;
  const Schema& database_;
  const ImportOptions options_;
  std::map<std::string, const Table*> by_name_;
  std::set<const Table*> chosen_;  // of the file
  // Of the database: those of the chosen tables, and whatever a foreign key leads to from there.
  std::set<const Table*> needed_;
  std::vector<std::pair<std::string, std::string>> missed_;
  std::vector<std::string> findings_;
};

// Error(conflict) that tells all of them.
Error misfit(const std::vector<std::string>& findings);

}  // namespace dbkeeper
