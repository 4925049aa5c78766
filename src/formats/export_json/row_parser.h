// One row of an export, from its JSON text to cells.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/model/batch.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper::export_json {

class RowParser {
 public:
  // One family for each column: what a JSON value is taken for.
  RowParser(std::vector<std::string> columns, std::vector<Family> families);
  ~RowParser();

  // Adds the row to the batch, its columns in the constructor's order whatever theirs is. What is
  // wrong with it is Error(input) that names the column.
  void parse(std::string_view text, Batch& batch);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace dbkeeper::export_json
