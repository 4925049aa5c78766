#include "commands/schema_value.h"

#include <algorithm>

#include "dbkeeper/core/natural_keys.h"

namespace dbkeeper {
namespace {

const char* name_of(TableKind kind) {
  switch (kind) {
    case TableKind::plain:
      return "table";
    case TableKind::partitioned:
      return "partitioned table";
    case TableKind::partition:
      return "partition";
    case TableKind::foreign:
      return "foreign table";
    case TableKind::virtual_table:
      return "virtual table";
    case TableKind::shadow:
      return "shadow table";
  }
  return "table";
}

const char* name_of(ForeignKey::Action action) {
  switch (action) {
    case ForeignKey::Action::no_action:
      return "no action";
    case ForeignKey::Action::restrict:
      return "restrict";
    case ForeignKey::Action::cascade:
      return "cascade";
    case ForeignKey::Action::set_null:
      return "set null";
    case ForeignKey::Action::set_default:
      return "set default";
  }
  return "no action";
}

const char* name_of(Origin origin) {
  switch (origin) {
    case Origin::given:
      return nullptr;
    case Origin::identity_always:
      return "identity always";
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

const char* name_of(Trigger::State state) {
  switch (state) {
    case Trigger::State::on:
      return "on";
    case Trigger::State::off:
      return "off";
    case Trigger::State::replica:
      return "replica";
    case Trigger::State::always:
      return "always";
  }
  return "on";
}

Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }
Value count_or_null(std::int64_t number) { return number < 0 ? Value() : Value(number); }

Value value_of(const Column& column) {
  Value value;
  value.set("name", column.name).set("type", column.type.name).set("nullable", column.nullable);
  if (const char* origin = name_of(column.origin)) value.set("generated", origin);
  if (!column.default_expression.empty())
    value.set(column.generated() ? "expression" : "default", column.default_expression);
  if (!column.type.domain.empty()) value.set("domain", column.type.domain);
  if (!column.type.labels.empty()) value.set("labels", Value::list(column.type.labels));
  if (!column.collation.empty()) value.set("collation", column.collation);
  return value;
}

Value tables_of(const Schema& schema, const std::vector<TableName>& names) {
  return Value::list(names, [&](const TableName& name) { return schema.display(name); });
}

Value cycle_of(const Inspection& inspection, const std::vector<std::size_t>& cycle) {
  return Value::list(cycle, [&](std::size_t at) {
    return inspection.schema.display(inspection.schema.tables[at]);
  });
}

void set_surroundings(Value& value, const Schema& schema, const Table& table) {
  if (table.partition_of) value.set("partition_of", schema.display(*table.partition_of));
  if (!table.inherits.empty()) value.set("inherits", tables_of(schema, table.inherits));
  if (!table.extension.empty()) value.set("extension", table.extension);
  if (table.without_rowid) value.set("without_rowid", true);
  if (table.strict) value.set("strict", true);
  if (table.unlogged) value.set("unlogged", true);
  if (table.row_security != RowSecurity::off)
    value.set("row_security", table.row_security == RowSecurity::forced ? "forced" : "on");
  if (!table.triggers.empty())
    value.set("triggers", Value::list(table.triggers, [](const Trigger& trigger) {
                return Value().set("name", trigger.name).set("state", name_of(trigger.state));
              }));
}

// An export doesn't say what a key does on delete and update.
Value value_in_export(const Schema& schema, const ForeignKey& key) {
  return Value()
      .set("columns", Value::list(key.columns))
      .set("references", schema.display(key.references))
      .set("to", Value::list(key.to));
}

Value value_of(const Inspection& inspection, const Table& table) {
  const Schema& schema = inspection.schema;
  const std::string left_out = inspection.left_out(table);
  Value value;
  value.set("name", schema.display(table))
      .set("schema", table.name.schema)
      .set("kind", name_of(table.kind))
      .set("rows", count_or_null(table.estimated_rows))
      .set("rows_exact", table.rows_exact)
      .set("size", count_or_null(table.bytes))
      .set("exported", left_out.empty())
      .set("left_out_because", text_or_null(left_out))
      .set("columns",
           Value::list(table.columns, [](const Column& column) { return value_of(column); }))
      .set("primary_key", table.primary_key ? Value::list(table.primary_key->columns()) : Value())
      .set("unique", Value::list(table.unique,
                                 [&](const Key& key) {
                                   const std::string reason = why_not_natural(table, key);
                                   Value entry = value_of(key);
                                   entry.set("natural", reason.empty());
                                   if (!reason.empty()) entry.set("not_natural_because", reason);
                                   return entry;
                                 }))
      .set("natural_keys",
           Value::list(natural_keys(table), [](const Key* key) { return Value(describe(*key)); }))
      .set("foreign_keys", Value::list(table.foreign_keys, [&](const ForeignKey& key) {
             return inspection.whole_schema ? value_of(schema, key) : value_in_export(schema, key);
           }));
  set_surroundings(value, schema, table);
  return value;
}

Value value_of(const Schema& schema, const Sequence& sequence) {
  return Value()
      .set("name", schema.display(sequence.name))
      .set("next", Value(sequence.next))
      .set("increment", sequence.increment)
      .set("used_by", Value::list(sequence.uses, [&](const Sequence::Use& use) {
             return Value().set("table", schema.display(use.table)).set("column", use.column);
           }));
}

}  // namespace

Value value_of(const DatabaseInfo& database) {
  Value value;
  value.set("name", database.name)
      .set("engine", database.engine)
      .set("server_version", database.server_version)
      .set("location", database.location)
      .set("size", database.bytes)
      .set("source_id", Value(database.source_id));
  return value;
}

Value value_of(const Key& key) {
  Value value;
  value.set("name", text_or_null(key.name))
      .set("parts", Value::list(key.parts, [](const Key::Part& part) {
             return Value(part.column.empty() ? part.expression : part.column);
           }));
  if (key.has_expression()) value.set("expression", true);
  if (!key.predicate.empty()) value.set("where", key.predicate);
  if (!key.include.empty()) value.set("include", Value::list(key.include));
  if (key.nulls_not_distinct) value.set("nulls_not_distinct", true);
  if (key.deferrable) value.set("deferrable", true);
  if (!key.valid) value.set("valid", false);
  return value;
}

Value value_of(const Schema& schema, const ForeignKey& key) {
  Value value;
  value.set("name", text_or_null(key.name))
      .set("columns", Value::list(key.columns))
      .set("references", schema.display(key.references))
      .set("to", Value::list(key.to))
      .set("on_delete", name_of(key.on_delete))
      .set("on_update", name_of(key.on_update));
  if (key.match == ForeignKey::Match::full) value.set("match", "full");
  if (key.deferrable) value.set("deferrable", true);
  if (key.initially_deferred) value.set("initially_deferred", true);
  if (!key.validated) value.set("validated", false);
  if (!key.broken.empty()) value.set("broken", key.broken);
  return value;
}

Value value_of(const Schema& schema, const MigrationState& state) {
  Value value;
  value.set("tool", state.tool)
      .set("version", text_or_null(state.version))
      .set("table", state.table.name.empty() ? Value() : Value(schema.display(state.table)));
  if (!state.failed.empty()) value.set("failed", state.failed);
  return value;
}

Value value_of(const Schema& schema, const Finding& finding) {
  Value value;
  value.set("check", finding.check);
  if (finding.table) value.set("table", schema.display(*finding.table));
  if (!finding.object.empty()) value.set("object", finding.object);
  value.set("message", finding.message);
  if (finding.count > 0) value.set("rows", finding.count);
  if (!finding.hint.empty()) value.set("hint", finding.hint);
  return value;
}

Value value_of(const Inspection& inspection) {
  const Schema& schema = inspection.schema;
  Value value;
  value.set("database", value_of(inspection.database))
      .set("exported_at", text_or_null(inspection.exported_at))
      .set("backed_up_at", text_or_null(inspection.database.as_of))
      .set("migrations",
           Value::list(inspection.migrations,
                       [&](const MigrationState& state) { return value_of(schema, state); }))
      .set("rows", count_or_null(inspection.total_rows()))
      .set("rows_exact", inspection.rows_exact())
      .set("tables",
           Value::list(inspection.order.sequence,
                       [&](std::size_t at) { return value_of(inspection, schema.tables[at]); }))
      .set("cycles", Value::list(inspection.order.cycles,
                                 [&](const auto& cycle) { return cycle_of(inspection, cycle); }))
      .set("sequences",
           Value::list(schema.sequences,
                       [&](const Sequence& sequence) { return value_of(schema, sequence); }))
      .set("views", Value::list(schema.others, [&](const OtherObject& object) {
             return Value().set("name", schema.display(object.name)).set("kind", object.kind);
           }));
  return value;
}

}  // namespace dbkeeper
