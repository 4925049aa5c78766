#include "engines/sqlite/keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/text.h"
#include "dbkeeper_sqlite_sql.h"
#include "engines/sqlite/index_definition.h"
#include "engines/sqlite/statement.h"
#include "engines/sqlite/table_definition.h"

namespace dbkeeper::sqlite {
namespace {

bool same_name(std::string_view a, std::string_view b) { return lower_ascii(a) == lower_ascii(b); }

bool same_names(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_name);
}

const Column* find_column(const Table& table, std::string_view name) {
  const auto at = std::find_if(table.columns.begin(), table.columns.end(),
                               [&](const Column& column) { return same_name(column.name, name); });
  return at == table.columns.end() ? nullptr : &*at;
}

// A key's part; its collation only where it isn't the column's own.
Key::Part part_in(Statement& row, const Table& table, const IndexDefinition& definition,
                  std::size_t position) {
  Key::Part part;
  std::string usual = "binary";
  if (!row.is_null(5)) {
    part.column = row.text(5);
    const Column* column = find_column(table, part.column);
    if (column && !column->collation.empty()) usual = column->collation;
  } else if (position < definition.parts.size()) {
    part.expression = definition.parts[position];
  }
  if (!same_name(row.text(6), usual)) part.collation = row.text(6);
  return part;
}

// The index behind a primary key says how it compares; the key itself is known already.
void refine_primary_key(Table& table, std::vector<Key::Part> parts) {
  if (table.primary_key && table.primary_key->parts.size() == parts.size())
    table.primary_key->parts = std::move(parts);
}

// Names that the table's text gives to its constraints. The catalog has none.
void name_constraints(Table& table, const TableDefinition& definition) {
  const auto name = [&](Key& key) {
    for (const TableDefinition::Key& known : definition.keys)
      if (!key.has_expression() && same_names(known.columns, key.columns())) {
        key.name = known.name;
        return;
      }
  };
  if (table.primary_key) name(*table.primary_key);
  for (Key& key : table.unique)
    if (key.kind == Key::Kind::constraint) name(key);
}

// A primary key without an index of its own is the rowid by another name. (So SQLite's rule, which
// excludes INT and INTEGER PRIMARY KEY DESC, need not be repeated here.)
void mark_rowid(Table& table, bool has_index) {
  if (has_index || table.without_rowid || !table.primary_key ||
      table.primary_key->parts.size() != 1)
    return;
  for (Column& column : table.columns) {
    if (column.name != table.primary_key->parts.front().column) continue;
    column.nullable = false;
    if (column.origin == Origin::given) column.origin = Origin::rowid;
  }
}

// Gathers the rows of one index into a key.
class KeyReader {
 public:
  explicit KeyReader(Catalog& catalog) : catalog_(catalog) {}

  void add(Statement& row) {
    if (row.text(1) != index_) begin(row);
    if (table_) parts_.push_back(part_in(row, *table_, definition_, parts_.size()));
  }

  // The index read so far is complete.
  void end() {
    if (table_ && origin_ == "pk") {
      refine_primary_key(*table_, std::move(parts_));
      indexed_.push_back(table_);
    } else if (table_) {
      key_.parts = std::move(parts_);
      table_->unique.push_back(std::move(key_));
    }
    table_ = nullptr;
    parts_ = {};
  }

  bool has_primary_index(const Table& table) const {
    return std::find(indexed_.begin(), indexed_.end(), &table) != indexed_.end();
  }

 private:
  void begin(Statement& row) {
    end();
    index_ = row.text(1);
    origin_ = row.text(2);
    table_ = catalog_.find_table(row.text(0));
    key_ = {};
    definition_ = {};
    if (origin_ != "c") return;
    key_.kind = Key::Kind::index;
    key_.name = index_;
    definition_ = parse_index(catalog_.sql_of(index_));
    if (row.integer(3) != 0) key_.predicate = definition_.predicate;
  }

  Catalog& catalog_;
  Table* table_ = nullptr;
  std::string index_;
  std::string origin_;
  IndexDefinition definition_;
  Key key_;
  std::vector<Key::Part> parts_;
  std::vector<const Table*> indexed_;
};

ForeignKey::Action action(std::string_view text) {
  if (text == "RESTRICT") return ForeignKey::Action::restrict;
  if (text == "CASCADE") return ForeignKey::Action::cascade;
  if (text == "SET NULL") return ForeignKey::Action::set_null;
  if (text == "SET DEFAULT") return ForeignKey::Action::set_default;
  return ForeignKey::Action::no_action;
}

// Whether SQLite can look a parent up by this key: it ignores partial indexes, expressions and
// collations other than the columns' own (sqlite3FkLocateIndex).
bool serves(const Key& key, std::vector<std::string> to) {
  if (!key.predicate.empty() || key.has_expression() || key.parts.size() != to.size()) return false;
  for (const Key::Part& part : key.parts) {
    const auto at = std::find_if(to.begin(), to.end(), [&](const std::string& column) {
      return same_name(column, part.column);
    });
    if (at == to.end() || !part.collation.empty()) return false;
    to.erase(at);
  }
  return true;
}

// Fills in the parent's table and columns as declared there, and says why SQLite can't enforce the
// key if it can't. `implied`: the key names no columns of the parent.
void resolve(ForeignKey& key, bool implied, Catalog& catalog) {
  const std::string shown = catalog.schema.display(key.references);
  const Table* parent = catalog.find_table(key.references.name);
  if (implied) key.to = key.columns;
  if (!parent) {
    const Object* object = catalog.find_object(key.references.name);
    key.broken = fmt::format("{} {}", shown,
                             object && object->type == "view" ? "is a view" : "does not exist");
    return;
  }
  key.references = parent->name;
  if (implied) {
    const std::size_t columns = parent->primary_key ? parent->primary_key->parts.size() : 0;
    if (columns == key.columns.size())
      key.to = parent->primary_key->columns();
    else
      key.broken = columns == 0 ? fmt::format("{} has no primary key", shown)
                                : fmt::format("the primary key of {} has {}", shown,
                                              plural(static_cast<std::int64_t>(columns), "column"));
    return;
  }
  for (std::string& column : key.to) {
    const Column* known = find_column(*parent, column);
    if (!known) key.broken = fmt::format("{} has no column '{}'", shown, column);
    if (!known) return;
    column = known->name;
  }
  bool served = parent->primary_key && serves(*parent->primary_key, key.to);
  for (const Key& unique : parent->unique) served = served || serves(unique, key.to);
  if (!served) key.broken = fmt::format("{}({}) has no unique key", shown, join(key.to, ", "));
}

// Names and deferrability, where the text's foreign keys are the catalog's, one by one.
void name_foreign_keys(Table& table, const TableDefinition& definition) {
  if (definition.references.size() != table.foreign_keys.size()) return;
  for (std::size_t i = 0; i < table.foreign_keys.size(); ++i) {
    ForeignKey& key = table.foreign_keys[i];
    const TableDefinition::Reference& reference = definition.references[i];
    if (!same_names(reference.columns, key.columns)) continue;
    key.name = reference.name;
    key.deferrable = reference.deferrable;
    key.initially_deferred = reference.initially_deferred;
  }
}

std::string declared_name(const Table& table, std::string_view column) {
  const Column* known = find_column(table, column);
  return known ? known->name : std::string(column);
}

}  // namespace

void read_keys(Connection& connection, Catalog& catalog) {
  Statement rows(connection, sql::kKeys);
  KeyReader reader(catalog);
  while (rows.step()) reader.add(rows);
  reader.end();
  for (Table& table : catalog.schema.tables) {
    if (table.kind != TableKind::plain) continue;
    mark_rowid(table, reader.has_primary_index(table));
    if (table.primary_key || !table.unique.empty())
      name_constraints(table, parse_table(catalog.sql_of(table.name.name)));
  }
}

void read_foreign_keys(Connection& connection, Catalog& catalog) {
  Statement rows(connection, sql::kForeignKeys);
  Table* table = nullptr;
  std::int64_t number = -1;
  while (rows.step()) {
    const bool other_table = !table || table->name.name != rows.text(0);
    if (other_table) table = catalog.find_table(rows.text(0));
    if (!table) continue;
    if (other_table || rows.integer(1) != number) {
      number = rows.integer(1);
      ForeignKey& key = table->foreign_keys.emplace_back();
      key.references = {table->name.schema, std::string(rows.text(2))};
      key.on_update = action(rows.text(5));
      key.on_delete = action(rows.text(6));
    }
    ForeignKey& key = table->foreign_keys.back();
    key.columns.push_back(declared_name(*table, rows.text(3)));
    if (!rows.is_null(4)) key.to.emplace_back(rows.text(4));
  }
  for (Table& child : catalog.schema.tables) {
    if (child.foreign_keys.empty()) continue;
    name_foreign_keys(child, parse_table(catalog.sql_of(child.name.name)));
    for (ForeignKey& key : child.foreign_keys) resolve(key, key.to.empty(), catalog);
  }
}

}  // namespace dbkeeper::sqlite
