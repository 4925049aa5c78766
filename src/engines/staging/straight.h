// Rows that need no stage: those of tables that hold none, since there is nothing to find, where
// nothing that they refer to is anywhere but among them, so that every number stays what it is.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engines/staging/dialect.h"

namespace dbkeeper::staging {

class Straight {
 public:
  // Those of the plan's tables that may take their rows so: with any table all those that it refers
  // to, or that refer to it, or none of them.
  Straight(Dialect& dialect, const ImportPlan& plan);

  bool any() const { return !tables_.empty(); }
  bool takes(const Table& table) const { return tables_.contains(&table); }
  std::vector<const Table*> tables() const;

  // The plan without these tables.
  ImportPlan rest_of(const ImportPlan& plan) const;

  // A sink that counts what goes through. Requires: takes(table).
  std::unique_ptr<RowSink> fill(const Table& table, const std::vector<std::string>& columns,
                                Dialect::Refuse refuse);
  std::int64_t rows(const Table& table) const;

  // Sees that the database gives out none of the rows' numbers. Requires: all rows are there.
  void keep_numbers(const Table& table) const;

 private:
  Dialect& dialect_;
  std::set<const Table*> tables_;
  std::map<const Table*, std::int64_t> rows_;
  std::map<const Table*, std::vector<std::string>> columns_;
};

}  // namespace dbkeeper::staging
