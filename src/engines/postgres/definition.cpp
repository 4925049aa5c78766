#include "engines/postgres/definition.h"

#include <algorithm>
#include <tuple>

namespace dbkeeper::postgres {
namespace {

template <class Item, class Same>
bool all_same(const std::vector<Item>& a, const std::vector<Item>& b, Same same) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

bool same_type(const Type& a, const Type& b) {
  const auto what = [](const Type& type) {
    return std::tie(type.name, type.domain, type.labels, type.engine_id);
  };
  return what(a) == what(b) && all_same(a.element, b.element, same_type);
}

bool same_column(const Column& a, const Column& b) {
  const auto what = [](const Column& column) {
    return std::tie(column.name, column.nullable, column.origin, column.default_expression,
                    column.collation);
  };
  return what(a) == what(b) && same_type(a.type, b.type);
}

bool same_part(const Key::Part& a, const Key::Part& b) {
  const auto what = [](const Key::Part& part) {
    return std::tie(part.column, part.expression, part.collation);
  };
  return what(a) == what(b);
}

bool same_key(const Key& a, const Key& b) {
  const auto what = [](const Key& key) {
    return std::tie(key.name, key.kind, key.predicate, key.nulls_not_distinct, key.valid);
  };
  return what(a) == what(b) && all_same(a.parts, b.parts, same_part);
}

bool same_foreign_key(const ForeignKey& a, const ForeignKey& b) {
  const auto what = [](const ForeignKey& key) {
    return std::tie(key.name, key.columns, key.references, key.to, key.on_delete, key.match);
  };
  return what(a) == what(b);
}

}  // namespace

bool same_definition(const Table& a, const Table& b) {
  if (a.kind != b.kind || a.primary_key.has_value() != b.primary_key.has_value()) return false;
  if (a.primary_key && !same_key(*a.primary_key, *b.primary_key)) return false;
  return all_same(a.columns, b.columns, same_column) && all_same(a.unique, b.unique, same_key) &&
         all_same(a.foreign_keys, b.foreign_keys, same_foreign_key);
}

}  // namespace dbkeeper::postgres
