#include "support/memory_table.h"

#include <fmt/format.h>

#include "dbkeeper/base/text.h"

namespace dbkeeper::testing {
namespace {

constexpr std::string_view kLower = "lower(";
constexpr std::string_view kIsNull = " is null";

std::string without(std::string text, std::string_view marks) {
  std::erase_if(text, [&](char c) { return marks.find(c) != std::string_view::npos; });
  return text;
}

bool is_lower(const std::string& expression) {
  return lower_ascii(expression).starts_with(kLower) && expression.ends_with(')');
}

bool meets(const Table& table, const std::string& predicate, const MemoryRow& row) {
  const std::string text = without(predicate, "()\"");
  if (!lower_ascii(text).ends_with(kIsNull))
    throw Error(ErrorKind::failed, fmt::format("no predicate known as '{}'", predicate));
  return row[position(table, text.substr(0, text.size() - kIsNull.size()))].is_null();
}

}  // namespace

void MemoryCell::add_to(Batch& batch) const { batch.add(CellView{kind, integer, real, text}); }

std::size_t position(const Table& table, const std::string& column) {
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    if (table.columns[i].name == column) return i;
  throw Error(ErrorKind::failed, fmt::format("'{}' has no column '{}'", table.name.name, column));
}

std::vector<std::size_t> positions(const Table& table, const std::vector<std::string>& columns) {
  std::vector<std::size_t> out;
  for (const std::string& column : columns) out.push_back(position(table, column));
  return out;
}

std::optional<MemoryRow> part_of(const MemoryRow& row, const std::vector<std::size_t>& columns) {
  MemoryRow part;
  for (const std::size_t column : columns) {
    if (row[column].is_null()) return std::nullopt;
    part.push_back(row[column]);
  }
  return part;
}

std::string shown(const MemoryRow& row) {
  std::vector<std::string> values;
  for (const MemoryCell& cell : row)
    values.push_back(cell.is_null() ? "NULL"
                     : cell.kind == CellKind::integer || cell.kind == CellKind::boolean
                         ? std::to_string(cell.integer)
                     : cell.kind == CellKind::real ? fmt::format("{}", cell.real)
                                                   : cell.text);
  return values.size() == 1 ? values.front() : fmt::format("({})", join(values, ", "));
}

MemoryCell collated(const MemoryCell& cell, const std::string& collation) {
  if (cell.kind != CellKind::text || lower_ascii(collation) != "nocase") return cell;
  return lower_ascii(cell.text);
}

std::string column_of(const Key::Part& part) {
  if (!part.column.empty()) return part.column;
  if (!is_lower(part.expression))
    throw Error(ErrorKind::failed, fmt::format("no expression known as '{}'", part.expression));
  return without(part.expression.substr(kLower.size()), "()\"");
}

std::optional<MemoryRow> key_of(const Table& table, const Key& key, const MemoryRow& row) {
  if (!key.predicate.empty() && !meets(table, key.predicate, row)) return std::nullopt;
  MemoryRow values;
  for (const Key::Part& part : key.parts) {
    const std::size_t at = position(table, column_of(part));
    if (row[at].is_null() && !key.nulls_not_distinct) return std::nullopt;
    MemoryCell value =
        collated(row[at], part.collation.empty() ? table.columns[at].collation : part.collation);
    if (part.column.empty() && value.kind == CellKind::text) value = lower_ascii(value.text);
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace dbkeeper::testing
