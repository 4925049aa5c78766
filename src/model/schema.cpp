#include "dbkeeper/model/schema.h"

#include <algorithm>

namespace dbkeeper {

bool Key::has_expression() const {
  return std::any_of(parts.begin(), parts.end(),
                     [](const Part& part) { return part.column.empty(); });
}

std::vector<std::string> Key::columns() const {
  std::vector<std::string> out;
  for (const Part& part : parts) out.push_back(part.column);
  return out;
}

const Column* Table::find_column(std::string_view wanted) const {
  const auto at = std::find_if(columns.begin(), columns.end(),
                               [&](const Column& column) { return column.name == wanted; });
  return at == columns.end() ? nullptr : &*at;
}

std::vector<std::string> Table::given_columns() const {
  std::vector<std::string> names;
  for (const Column& column : columns)
    if (!column.generated()) names.push_back(column.name);
  return names;
}

// Nearly always in the order of their names, as catalogs and files have them: there may be many.
const Table* Schema::find(const TableName& wanted) const {
  std::size_t begin = 0, end = tables.size();
  while (begin < end) {
    const std::size_t middle = begin + (end - begin) / 2;
    const auto order = tables[middle].name <=> wanted;
    if (order == 0) return &tables[middle];
    (order < 0 ? begin : end) = order < 0 ? middle + 1 : middle;
  }
  const auto at = std::find_if(tables.begin(), tables.end(),
                               [&](const Table& table) { return table.name == wanted; });
  return at == tables.end() ? nullptr : &*at;
}

}  // namespace dbkeeper
