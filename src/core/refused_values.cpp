#include "core/refused_values.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/cell_value.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper {
namespace {

constexpr std::size_t kShown = 100;

// "id 5" of a row; empty where its table has no key.
std::string key_of(const Table& table, const std::vector<std::string>& columns, const Batch& batch,
                   std::size_t row) {
  std::vector<std::string> parts;
  if (!table.primary_key) return {};
  for (const std::string& name : table.primary_key->columns()) {
    const auto at = std::find(columns.begin(), columns.end(), name);
    if (at == columns.end()) continue;
    const CellView cell = batch.at(row, static_cast<std::size_t>(at - columns.begin()));
    parts.push_back(name + " " +
                    (cell.kind == CellKind::text ? std::string(cell.text) : shown(cell)));
  }
  return join(parts, ", ");
}

std::string line_of(const RefusedValue& refused, const std::string& shown_table) {
  return fmt::format("column {}.{}{}: {} {}", shown_table, refused.column,
                     refused.key.empty() ? "" : ", row " + refused.key, refused.value, refused.why);
}

}  // namespace

void RefusedValues::add(const Table& table, const std::string& shown_table,
                        const std::vector<std::string>& columns, std::size_t column,
                        const std::string& why, const Batch& batch, std::size_t row) {
  ++count_;
  keep({{}, columns[column], key_of(table, columns, batch, row), shown(batch.at(row, column)), why},
       shown_table);
}

void RefusedValues::take_from(const Import& import, const std::string& shown_table) {
  for (; taken_ < import.refused().size(); ++taken_) keep(import.refused()[taken_], shown_table);
  count_ += import.refused_count() - taken_count_;
  taken_count_ = import.refused_count();
}

std::vector<std::string> RefusedValues::lines() const {
  std::vector<std::string> out = lines_;
  const auto more = count_ - static_cast<std::int64_t>(lines_.size());
  if (more > 0) out.push_back(fmt::format("and {} more", plural(more, "value")));
  return out;
}

void RefusedValues::keep(const RefusedValue& value, const std::string& shown_table) {
  if (lines_.size() < kShown) lines_.push_back(line_of(value, shown_table));
}

}  // namespace dbkeeper
