#include <fmt/format.h>

#include <charconv>

#include "dbkeeper/formats/export_json.h"
#include "formats/export_json/json_text.h"

namespace dbkeeper::export_json {
namespace {

constexpr std::size_t kFlush = 256 << 10;

std::string quoted(std::string_view text) {
  std::string out;
  append_string(out, text);
  return out;
}

std::string quoted_list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    if (out.size() > 1) out += ", ";
    append_string(out, text);
  }
  return out += ']';
}

std::string head(const Metadata& metadata) {
  return fmt::format(
      "{{\n\"export_metadata\": {{\"format\": {}, \"version\": {}, \"timestamp\": {}, "
      "\"database\": {}, \"engine\": {}, \"server_version\": {}, \"dbkeeper_version\": {}}},\n",
      quoted(kFormat), quoted(kVersion), quoted(metadata.timestamp), quoted(metadata.database),
      quoted(metadata.engine), quoted(metadata.server_version), quoted(metadata.dbkeeper_version));
}

const char* generated_by(Origin origin) {
  switch (origin) {
    case Origin::given:
      return nullptr;
    case Origin::identity_always:
    case Origin::identity_by_default:
      return "identity";
    case Origin::serial:
      return "serial";
    case Origin::autoincrement:
      return "autoincrement";
    case Origin::rowid:
      return "rowid";
    case Origin::stored:
    case Origin::computed:
      return "stored";
  }
  return nullptr;
}

std::string description(const Column& column) {
  std::string out = fmt::format("{{\"name\": {}, \"type\": {}, \"nullable\": {}",
                                quoted(column.name), quoted(column.type.name), column.nullable);
  if (const char* generated = generated_by(column.origin))
    out += fmt::format(", \"generated\": {}", quoted(generated));
  return out += '}';
}

std::string description(const Schema& schema, const Table& table) {
  std::string columns, unique, foreign;
  for (const Column& column : table.columns)
    columns += (columns.empty() ? "" : ", ") + description(column);
  for (const Key& key : table.unique)
    if (!key.has_expression() && key.predicate.empty())
      unique += (unique.empty() ? "" : ", ") + quoted_list(key.columns());
  for (const ForeignKey& key : table.foreign_keys)
    foreign += fmt::format("{}{{\"columns\": {}, \"references\": {}, \"to\": {}}}",
                           foreign.empty() ? "" : ", ", quoted_list(key.columns),
                           quoted(schema.display(key.references)), quoted_list(key.to));
  return fmt::format(
      "{{\"columns\": [{}],\n  \"primary_key\": {}, \"unique\": [{}], \"foreign_keys\": [{}]}}",
      columns, table.primary_key ? quoted_list(table.primary_key->columns()) : "[]", unique,
      foreign);
}

void append_cell(std::string& out, const CellView& cell) {
  switch (cell.kind) {
    case CellKind::null:
      out += "null";
      return;
    case CellKind::boolean:
      out += cell.integer ? "true" : "false";
      return;
    case CellKind::integer: {
      char digits[24];
      out.append(digits, std::to_chars(digits, digits + sizeof digits, cell.integer).ptr);
      return;
    }
    case CellKind::real:
      append_real(out, cell.real);
      return;
    case CellKind::single:
      append_single(out, static_cast<float>(cell.real));
      return;
    case CellKind::plain:
      out.append(1, '"').append(cell.text).append(1, '"');
      return;
    case CellKind::text:
      append_string(out, cell.text);
      return;
    case CellKind::json:
      out += cell.text;
      return;
    case CellKind::bytes:
      out += '"';
      append_base64(out, cell.text);
      out += '"';
      return;
  }
}

}  // namespace

Writer::Writer(Output output, const Metadata& metadata, const Schema& schema,
               const std::vector<const Table*>& tables)
    : output_(std::move(output)), schema_(schema) {
  buffer_ = head(metadata) + "\"schema\": {";
  const char* separator = "\n";
  for (const Table* table : tables) {
    buffer_ += separator + quoted(schema.display(*table)) + ": " + description(schema, *table);
    separator = ",\n";
  }
  buffer_ += "},\n\"data\": {\n";
}

void Writer::begin_table(const Table& table, const std::vector<std::string>& columns) {
  table_ = schema_.display(table);
  table_rows_ = 0;
  keys_.clear();
  for (const std::string& column : columns)
    keys_.push_back((keys_.empty() ? "{" : ",") + quoted(column) + ":");
  buffer_ += (counts_.empty() ? "" : ",\n") + quoted(table_) + ": [";
}

void Writer::add_row(const Batch& batch, std::size_t row) {
  buffer_ += table_rows_++ == 0 ? "\n" : ",\n";
  for (std::size_t column = 0; column < keys_.size(); ++column) {
    buffer_ += keys_[column];
    append_cell(buffer_, batch.at(row, column));
  }
  buffer_ += keys_.empty() ? "{}" : "}";
}

void Writer::rows(const Batch& batch) {
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    add_row(batch, row);
    if (buffer_.size() >= kFlush) flush();
  }
}

void Writer::end_table() {
  buffer_ += "\n]";
  counts_.emplace_back(table_, table_rows_);
}

void Writer::finish() {
  buffer_ += "},\n\"summary\": {\"tables\": {";
  std::uint64_t total = 0;
  for (const auto& [name, rows] : counts_) {
    buffer_ += fmt::format("{}{}: {{\"rows\": {}}}", buffer_.back() == '{' ? "" : ", ",
                           quoted(name), rows);
    total += rows;
  }
  buffer_ += fmt::format("}}, \"rows\": {}}}\n}}\n", total);
  flush();
}

void Writer::flush() {
  output_(buffer_);
  buffer_.clear();
}

}  // namespace dbkeeper::export_json
