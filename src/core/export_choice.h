// What an export says of the options that it was made with: which tables and rows it was to have.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dbkeeper/base/value.h"
#include "dbkeeper/core/table_list.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper {

class ExportChoice {
 public:
  ExportChoice() = default;
  // `options`: of the document's metadata. Error(input) if a list of tables in them is none.
  explicit ExportChoice(const Value& options);

  // Why a table is not in the export, as in "made with --exclude"; empty if it was not left out.
  std::string why_absent(const Schema& schema, const Table& table) const;
  // By which choice only some of a table's rows are in the export; empty: all are. Two exports of
  // the same choice have what the other has.
  std::string of_rows(const Schema& schema, const Table& table) const;

 private:
  std::vector<TablePattern> include_;
  std::vector<TablePattern> exclude_;
  std::vector<std::pair<std::string, std::string>> where_;  // table and condition
  bool with_parents_ = false;
  std::string schema_;
  std::string all_;  // the options, as one text
};

}  // namespace dbkeeper
