#include "dbkeeper/core/natural_keys.h"

#include <algorithm>
#include <tuple>

#include "dbkeeper/base/text.h"

namespace dbkeeper {
namespace {

bool in_foreign_key(const Table& table, const std::string& column) {
  return std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(), [&](const auto& key) {
    return std::find(key.columns.begin(), key.columns.end(), column) != key.columns.end();
  });
}

bool is_number_or_boolean(const Column& column) {
  switch (column.type.family) {
    case Family::integer:
    case Family::decimal:
    case Family::single:
    case Family::real:
    case Family::boolean:
      return true;
    default:
      return false;
  }
}

// A list and a position, a user and is_default: true of one row today and of another tomorrow.
bool only_numbers_beside_foreign_keys(const Table& table, const Key& key) {
  std::size_t foreign = 0, numbers = 0;
  for (const Key::Part& part : key.parts) {
    const Column* column = table.find_column(part.column);
    if (!column) return false;
    if (in_foreign_key(table, part.column))
      ++foreign;
    else if (is_number_or_boolean(*column))
      ++numbers;
    else
      return false;
  }
  return foreign > 0 && numbers > 0;
}

// `deleted_at IS NULL`, with any parentheses and quotes around it, is how soft deletes are written.
bool is_soft_delete(const std::string& predicate) {
  std::string text = lower_ascii(predicate);
  std::erase_if(text, [](char c) { return c == '(' || c == ')'; });
  while (!text.empty() && text.back() == ' ') text.pop_back();
  constexpr std::string_view kEnding = " is null";
  return text.ends_with(kEnding) && text.find(" and ") == std::string::npos &&
         text.find(" or ") == std::string::npos && text.find(" not ") == std::string::npos &&
         !text.starts_with("not ");
}

bool is_nullable(const Table& table, const Key& key) {
  return std::any_of(key.parts.begin(), key.parts.end(), [&](const Key::Part& part) {
    const Column* column = table.find_column(part.column);
    return !column || column->nullable;
  });
}

auto rank(const Table& table, const Key& key) {
  const int plainness = key.has_expression() ? 2 : key.predicate.empty() ? 0 : 1;
  return std::tuple(is_nullable(table, key), key.parts.size(), plainness, key.name);
}

}  // namespace

std::string why_not_natural(const Table& table, const Key& key) {
  if (!key.valid) return "the index is not valid";
  if (key.kind == Key::Kind::primary) {
    for (const Key::Part& part : key.parts) {
      const Column* column = table.find_column(part.column);
      // The number of a row that is a part of another one, a user's profile, is the other's.
      if (column && column->numbered() && !in_foreign_key(table, part.column))
        return "its numbers are given out by the database";
    }
    return {};
  }
  if (!key.predicate.empty() && !is_soft_delete(key.predicate))
    return "it holds for a part of the rows only";
  if (only_numbers_beside_foreign_keys(table, key))
    return "beside foreign keys it has only numbers or booleans";
  return {};
}

std::vector<const Key*> natural_keys(const Table& table) {
  std::vector<const Key*> keys;
  if (table.primary_key) keys.push_back(&*table.primary_key);
  for (const Key& key : table.unique) keys.push_back(&key);
  std::erase_if(keys, [&](const Key* key) { return !why_not_natural(table, *key).empty(); });
  std::sort(keys.begin(), keys.end(),
            [&](const Key* a, const Key* b) { return rank(table, *a) < rank(table, *b); });
  return keys;
}

std::string describe(const Key& key) {
  std::vector<std::string> parts;
  for (const Key::Part& part : key.parts)
    parts.push_back(part.column.empty() ? part.expression : part.column);
  const std::string text = join(parts, ", ");
  return key.predicate.empty() ? text : text + " where " + key.predicate;
}

}  // namespace dbkeeper
