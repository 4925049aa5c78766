#include "core/export_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/json_text.h"

namespace dbkeeper {
namespace {

const Value* find(const Value& options, std::string_view name) {
  const auto* members = std::get_if<Value::Object>(&options.data());
  if (!members) return nullptr;
  for (const auto& [key, value] : *members)
    if (key == name) return &value;
  return nullptr;
}

std::string text_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value.data());
  return text ? *text : std::string();
}

std::vector<std::string> texts_of(const Value& options, std::string_view name) {
  std::vector<std::string> out;
  const Value* value = find(options, name);
  const auto* list = value ? std::get_if<Value::List>(&value->data()) : nullptr;
  if (list) std::transform(list->begin(), list->end(), std::back_inserter(out), text_of);
  return out;
}

std::vector<TablePattern> patterns_of(const Value& options, const char* name) {
  try {
    return parse_table_list(texts_of(options, name), fmt::format("the file's option '{}'", name));
  } catch (const Error& error) {
    throw Error(ErrorKind::input, error.message());
  }
}

bool matches(const std::vector<TablePattern>& patterns, const Schema& schema, const Table& table) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const TablePattern& pattern) { return pattern.matches(schema, table); });
}

}  // namespace

ExportChoice::ExportChoice(const Value& options)
    : include_(patterns_of(options, "include")), exclude_(patterns_of(options, "exclude")) {
  for (const std::string& text : texts_of(options, "where"))
    where_.push_back(split_outside_quotes(text, ':'));
  if (const Value* schema = find(options, "schema")) schema_ = text_of(*schema);
  with_parents_ = find(options, "with_parents") != nullptr;
  all_ = json_of(options, MemberOrder::by_name);
}

std::string ExportChoice::why_absent(const Schema& schema, const Table& table) const {
  if (matches(exclude_, schema, table)) return "with --exclude";
  if (!include_.empty() && !matches(include_, schema, table)) return "with --include of others";
  if (!schema_.empty() && table.name.schema != schema_)
    return fmt::format("of the schema '{}' alone", schema_);
  return {};
}

std::string ExportChoice::of_rows(const Schema& schema, const Table& table) const {
  const bool is_parent = with_parents_ && !include_.empty() && !matches(include_, schema, table);
  for (const auto& [name, condition] : where_)
    if (parse_display(name, schema.default_schema) == table.name)
      return with_parents_ ? all_ : condition;
  return is_parent ? all_ : std::string();
}

}  // namespace dbkeeper
