#include "formats/export_json/row_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "dbkeeper/base/json_text.h"
#include "dbkeeper/base/text.h"
#include "formats/export_json/text_decoding.h"
#include "formats/json/schema_json.h"

namespace dbkeeper::export_json {
namespace {

std::string decoded_key(JsonCursor& in) {
  const std::size_t at = in.at();
  const JsonString key = in.key();
  auto name = decoded_escapes(key.text);
  if (!name) throw Fault{at, "half a surrogate pair in a key"};
  return *std::move(name);
}

}  // namespace

std::vector<std::string> keys_of(std::string_view row) {
  std::vector<std::string> keys;
  std::set<std::string> seen;
  JsonCursor in(row);
  in.expect('{');
  if (in.take('}')) return keys;
  do {
    const std::size_t at = in.at();
    keys.push_back(decoded_key(in));
    if (!seen.insert(keys.back()).second)
      throw Fault{at, "the key stands twice in one row", excerpt(keys.back())};
    if (keys.size() > kMostColumns)
      throw Fault{at,
                  fmt::format("the row has more than {} keys, which no database has columns for",
                              human_count(kMostColumns))};
    in.value();
  } while (in.take(','));
  return keys;
}

RowParser::RowParser(std::vector<Column> columns, bool edited)
    : columns_(std::move(columns)), edited_(edited), cells_(edited), values_(columns_.size()) {
  for (const Column& column : columns_) {
    numbers_.emplace(column.name, keys_.size());
    keys_.push_back(json_of(column.name));
    keys_.back() += ':';
  }
}

std::size_t RowParser::find(const std::string& name, std::size_t at) const {
  if (const auto found = numbers_.find(name); found != numbers_.end()) return found->second;
  throw Fault{at, "this row has a key that the table's first one hasn't", excerpt(name)};
}

// Takes the rest of a row whose keys stand in another order than the first row's, from column
// `first` on: where each value stands, then the values in the columns' order.
void RowParser::parse_rest(JsonCursor& in, std::size_t first, bool key_follows,
                           std::string_view row, Batch& batch) {
  std::fill(values_.begin(), values_.end(), std::string_view());
  if (key_follows) {
    do {
      const std::size_t at = in.at();
      const std::string name = decoded_key(in);
      const std::size_t column = find(name, at);
      if (column < first || !values_[column].empty())
        throw Fault{at, "the key stands twice in one row", name};
      values_[column] = in.value();
    } while (in.take(','));
  }
  in.expect('}');
  in.end();
  for (std::size_t column = first; column < columns_.size(); ++column)
    add_value(values_[column], columns_[column], row, batch);
}

void RowParser::add_value(std::string_view value, const Column& column, std::string_view row,
                          Batch& batch) {
  if (!value.empty()) {
    JsonCursor in(value, static_cast<std::size_t>(value.data() - row.data()));
    parse_cell(in, column, batch);
  } else if (edited_) {
    batch.add_null();
  } else {
    throw Fault{0, "this row lacks a key that the table's first one has", column.name};
  }
}

void RowParser::parse_cell(JsonCursor& in, const Column& column, Batch& batch) {
  try {
    cells_.parse(in, column.kind, batch);
  } catch (Fault& fault) {
    fault.column = column.name;
    throw;
  }
}

void RowParser::parse(std::string_view row, Batch& batch) {
  JsonCursor in(row);
  in.expect('{');
  bool key_follows = in.peek() != '}';
  std::size_t column = 0;
  while (column < columns_.size() && key_follows && in.take(std::string_view(keys_[column]))) {
    parse_cell(in, columns_[column++], batch);
    key_follows = in.take(',');
  }
  parse_rest(in, column, key_follows, row, batch);
  if (columns_.empty()) batch.add_empty_row();
}

}  // namespace dbkeeper::export_json
