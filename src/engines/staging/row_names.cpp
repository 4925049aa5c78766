#include "engines/staging/row_names.h"

#include <fmt/format.h>

#include "dbkeeper/base/text.h"

namespace dbkeeper::staging {
namespace {

constexpr std::size_t kColumnsWithoutKey = 3;

// The columns that tell a row apart for a reader: the primary key, else the first natural key of
// plain columns, else a few.
std::vector<std::string> telling_columns(const StagedTable& table) {
  if (!table.primary_key.empty()) return table.primary_key;
  for (const Key& key : table.plan->keys)
    if (!key.has_expression()) return key.columns();
  std::vector<std::string> columns = table.table().given_columns();
  if (columns.size() > kColumnsWithoutKey) columns.resize(kColumnsWithoutKey);
  return columns;
}

// "id 5", "list_id 3, title groceries"
std::string read_name(const Workspace& work, const StagedTable& table, const std::string& from) {
  std::vector<std::string> parts, values;
  const auto columns = telling_columns(table);
  for (const std::string& column : columns)
    values.push_back(work.dialect().shown(work.of("x", column)));
  if (values.empty()) return "a row";
  work.dialect().query(fmt::format("SELECT {} FROM {}", join(values, ", "), from),
                       [&](const Texts& row) {
                         parts.clear();
                         for (std::size_t i = 0; i < columns.size(); ++i)
                           parts.push_back(columns[i] + " " + row[i].value_or("NULL"));
                       });
  return parts.empty() ? "a row" : join(parts, ", ");
}

}  // namespace

std::string name_of_row(const Workspace& work, std::size_t table, const std::string& number) {
  const StagedTable& staged = work.at(table);
  return staged.plan->name + " " +
         read_name(work, staged,
                   fmt::format("{} AS x WHERE {} = {}", work.stage(table),
                               work.of("x", staged.stage.number()), number));
}

std::string name_of_target(const Workspace& work, std::size_t table, const std::string& where) {
  const StagedTable& staged = work.at(table);
  return read_name(work, staged,
                   fmt::format("{} AS x WHERE {}", work.dialect().rows_of(staged.table()), where));
}

std::string name_of_way(const StagedTable& table, std::int64_t how) {
  switch (static_cast<How>(how)) {
    case How::kept_map:
    case How::nameless_map:
      return "the map that an earlier import kept";
    case How::number:
      return fmt::format("its number ({})", join(table.primary_key, ", "));
    case How::equal:
      return "all that the file has of it";
    case How::multiset:
      return "all its values";
  }
  const Key& key = table.probes[static_cast<std::size_t>(how)];
  return key.kind == Key::Kind::primary ? "primary key" : name_of_key(key);
}

std::string name_of_key(const Key& key) {
  std::vector<std::string> parts;
  for (const Key::Part& part : key.parts)
    parts.push_back(part.column.empty() ? part.expression : part.column);
  return join(parts, ", ");
}

}  // namespace dbkeeper::staging
