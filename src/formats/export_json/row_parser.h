// One row of an export, from its JSON text to cells.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dbkeeper/model/batch.h"
#include "formats/export_json/cell_parser.h"

namespace dbkeeper::export_json {

// The keys of a row, in their order. A Fault if one stands twice, or if there are more than
// kMostColumns.
std::vector<std::string> keys_of(std::string_view row);

class RowParser {
 public:
  struct Column {
    std::string name;
    Kind kind;
  };

  // `edited`: a key that is missing is NULL, and a whole number may stand for a float.
  RowParser(std::vector<Column> columns, bool edited);

  // Adds the row to the batch, its columns in the constructor's order whatever theirs is. What is
  // wrong with it is a Fault; the batch is of no use then.
  void parse(std::string_view row, Batch& batch);

 private:
  void parse_cell(JsonCursor& in, const Column& column, Batch& batch);
  void parse_rest(JsonCursor& in, std::size_t first, bool key_follows, std::string_view row,
                  Batch& batch);
  void add_value(std::string_view value, const Column& column, std::string_view row, Batch& batch);
  std::size_t find(const std::string& name, std::size_t at) const;

  std::vector<Column> columns_;
  std::vector<std::string> keys_;  // as the writer has them: `"id":`
  std::unordered_map<std::string, std::size_t> numbers_;
  bool edited_;
  CellParser cells_;
  std::vector<std::string_view> values_;  // of a row in another order, by column
};

}  // namespace dbkeeper::export_json
