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

const Table* Schema::find(const TableName& wanted) const {
  const auto at = std::find_if(tables.begin(), tables.end(),
                               [&](const Table& table) { return table.name == wanted; });
  return at == tables.end() ? nullptr : &*at;
}

}  // namespace dbkeeper
