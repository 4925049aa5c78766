#include "dbkeeper/model/family.h"
#include "formats/json/schema_json.h"

namespace dbkeeper {
namespace {

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
      return "stored";
    case Origin::computed:
      return "virtual";
  }
  return nullptr;
}

Value value_of(const Column& column) {
  Value value;
  value.set("name", column.name)
      .set("type", column.type.name)
      .set("kind", name_of(column.type.family));
  if (!column.type.element.empty())
    value.set("element", name_of(column.type.element.front().family));
  value.set("nullable", column.nullable);
  if (const char* generated = generated_by(column.origin)) value.set("generated", generated);
  if (!column.type.domain.empty()) value.set("domain", column.type.domain);
  if (!column.type.labels.empty()) value.set("labels", Value::list(column.type.labels));
  return value;
}

// An index that isn't valid keeps nothing unique, and doesn't come back with a backup.
Value unique_keys_of(const Table& table) {
  Value::List keys;
  for (const Key& key : table.unique)
    if (key.valid && !key.has_expression() && key.predicate.empty())
      keys.push_back(Value::list(key.columns()));
  return keys;
}

}  // namespace

Value table_value(const Schema& schema, const Table& table) {
  return Value()
      .set("columns", Value::list(table.columns, [](const Column& c) { return value_of(c); }))
      .set("primary_key",
           table.primary_key ? Value::list(table.primary_key->columns()) : Value(Value::List()))
      .set("unique", unique_keys_of(table))
      .set("foreign_keys", Value::list(table.foreign_keys, [&](const ForeignKey& key) {
             return Value()
                 .set("columns", Value::list(key.columns))
                 .set("references", schema.display(key.references))
                 .set("to", Value::list(key.to));
           }));
}

}  // namespace dbkeeper
