#include "engines/postgres/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/families.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

using Oid = std::uint32_t;

constexpr std::size_t kSequencesAtOnce = 200;

std::string text(const pqxx::field& field) { return {field.c_str(), field.size()}; }
bool yes(const pqxx::field& field) { return field.c_str()[0] == 't'; }
Oid number(const pqxx::field& field) {
  return static_cast<Oid>(std::strtoul(field.c_str(), nullptr, 10));
}
std::int64_t integer(const pqxx::field& field) { return std::strtoll(field.c_str(), nullptr, 10); }

// The schema in the making, and where each object of the catalog went.
class Reading {
 public:
  explicit Reading(Session& session) : session_(session) {
    schema_.default_schema = kDefaultSchema;
  }

  Schema all() {
    read_tables();
    read_triggers();
    read_sequences();
    read_sequence_uses();
    read_others();
    return std::move(schema_);
  }

  Schema tables_alone() {
    read_tables();
    return std::move(schema_);
  }

 private:
  void read_tables() {
    read_names();
    read_inheritance();
    read_enums();
    read_columns();
    read_keys();
    read_foreign_keys();
  }
  void read_names();
  void read_inheritance();
  void read_enums();
  void read_columns();
  void read_keys();
  void read_foreign_keys();
  void read_triggers();
  void read_sequences();
  void read_first_numbers(const std::vector<std::size_t>& unused);
  void read_sequence_uses();
  void read_others();

  struct TypeFields {
    pqxx::field name, domain, oid, typtype;
  };
  Type type_of(const TypeFields& fields) const;

  Table* table_of(Oid oid) {
    const auto at = tables_.find(oid);
    return at == tables_.end() ? nullptr : &schema_.tables[at->second];
  }

  Session& session_;
  Schema schema_;
  std::unordered_map<Oid, std::size_t> tables_;
  std::unordered_map<Oid, std::size_t> sequences_;
  std::unordered_map<Oid, std::vector<std::string>> enums_;
};

TableKind kind_of(char relkind, bool is_partition) {
  if (relkind == 'p') return TableKind::partitioned;
  if (relkind == 'f') return TableKind::foreign;
  return is_partition ? TableKind::partition : TableKind::plain;
}

std::string reason_not_exportable(const Table& table) {
  if (table.kind == TableKind::foreign) return "a foreign table: its rows live elsewhere";
  if (!table.readable) return "this role may not read it";
  if (table.row_security_applies) return "row-level security would hide rows from this role";
  return {};
}

void Reading::read_names() {
  for (const auto& row : session_.query(sql::kTables)) {
    Table table;
    table.name = {text(row["nspname"]), text(row["relname"])};
    table.kind = kind_of(row["relkind"].c_str()[0], yes(row["relispartition"]));
    table.unlogged = yes(row["unlogged"]);
    table.extension = text(row["extname"]);
    if (yes(row["relrowsecurity"]))
      table.row_security = yes(row["relforcerowsecurity"]) ? RowSecurity::forced : RowSecurity::on;
    table.row_security_applies = yes(row["row_security_applies"]);
    table.readable = yes(row["readable"]);
    table.not_exportable = reason_not_exportable(table);
    tables_[number(row["oid"])] = schema_.tables.size();
    schema_.tables.push_back(std::move(table));
  }
}

void Reading::read_inheritance() {
  for (const auto& row : session_.query(sql::kInheritance)) {
    Table* const table = table_of(number(row["inhrelid"]));
    if (!table) continue;
    const TableName parent{text(row["nspname"]), text(row["relname"])};
    if (yes(row["is_partition"]))
      table->partition_of = parent;
    else
      table->inherits.push_back(parent);
  }
}

void Reading::read_enums() {
  for (const auto& row : session_.query(sql::kEnums))
    enums_[number(row["enumtypid"])].push_back(text(row["enumlabel"]));
}

// The search_path qualifies every name outside pg_catalog; users write those of `public` without.
std::string without_default_schema(const std::string& type) {
  static const std::string prefix = std::string(kDefaultSchema) + ".";
  return type.starts_with(prefix) ? type.substr(prefix.size()) : type;
}

// Where the parenthesis that is open at `begin` is closed; quotes are passed over.
std::size_t closing(const std::string& expression, std::size_t begin) {
  int depth = 1;
  bool quoted = false;
  for (std::size_t i = begin; i < expression.size(); ++i) {
    const char c = expression[i];
    if (c == '\'') quoted = !quoted;
    if (quoted) continue;
    if (c == '(') ++depth;
    if (c == ')' && --depth == 0) return i;
  }
  return std::string::npos;
}

// nextval(…) and nothing else but a cast: nextval('s'::regclass), (nextval('s'::regclass))::text
bool is_next_number(const std::string& expression) {
  static constexpr std::string_view kNextval = "nextval(";
  const std::size_t begin = expression.starts_with('(') ? 1 : 0;
  if (expression.compare(begin, kNextval.size(), kNextval) != 0) return false;
  std::size_t end = closing(expression, begin + kNextval.size());
  if (end == std::string::npos) return false;
  if (begin == 1 && expression.compare(++end, 1, ")") != 0) return false;
  ++end;
  return end == expression.size() || expression.compare(end, 2, "::") == 0;
}

Origin origin_of(const Column& column, char identity, char generated) {
  if (identity == 'a') return Origin::identity_always;
  if (identity == 'd') return Origin::identity_by_default;
  if (generated == 's') return Origin::stored;
  if (generated == 'v') return Origin::computed;
  return is_next_number(column.default_expression) ? Origin::serial : Origin::given;
}

Type Reading::type_of(const TypeFields& fields) const {
  Type out;
  out.name = without_default_schema(text(fields.name));
  out.domain = without_default_schema(text(fields.domain));
  out.engine_id = number(fields.oid);
  out.composite = fields.typtype.c_str()[0] == 'c';
  out.family = family_of(out.engine_id);
  const auto labels = enums_.find(out.engine_id);
  if (labels != enums_.end()) out.labels = labels->second;
  return out;
}

void Reading::read_columns() {
  Table* table = nullptr;
  Oid current = 0;
  for (const auto& row : session_.query(sql::kColumns)) {
    if (const Oid oid = number(row["attrelid"]); oid != current) table = table_of(current = oid);
    if (!table) continue;
    Column column;
    column.name = text(row["attname"]);
    column.type = type_of({row["type"], row["domain"], row["base"], row["typtype"]});
    if (yes(row["is_array"])) {
      column.type.family = Family::array;
      column.type.delimiter = row["delimiter"].c_str()[0];
      column.type.element = {
          type_of({row["item_type"], row["item_domain"], row["item_base"], row["item_typtype"]})};
    }
    column.nullable = yes(row["nullable"]);
    column.default_expression = text(row["default_expression"]);
    column.origin =
        origin_of(column, row["attidentity"].c_str()[0], row["attgenerated"].c_str()[0]);
    column.collation = text(row["collname"]);
    table->columns.push_back(std::move(column));
  }
}

void Reading::read_keys() {
  const Table* table = nullptr;
  Key* key = nullptr;
  for (const auto& row : session_.query(sql::kKeys)) {
    Table* const owner = table_of(number(row["indrelid"]));
    if (!owner) continue;
    if (owner != table || key->name != row["key"].c_str()) {
      table = owner;
      key =
          yes(row["indisprimary"]) ? &owner->primary_key.emplace() : &owner->unique.emplace_back();
      key->name = text(row["key"]);
      key->kind = yes(row["indisprimary"])    ? Key::Kind::primary
                  : yes(row["is_constraint"]) ? Key::Kind::constraint
                                              : Key::Kind::index;
      key->predicate = text(row["predicate"]);
      key->nulls_not_distinct = yes(row["nulls_not_distinct"]);
      key->deferrable = yes(row["deferrable"]);
      key->initially_deferred = yes(row["initially_deferred"]);
      key->valid = yes(row["valid"]);
    }
    if (yes(row["carried_along"]))
      key->include.push_back(text(row["attname"]));
    else
      key->parts.push_back({text(row["attname"]), text(row["expression"]), text(row["collname"])});
  }
}

ForeignKey::Action action_of(char code) {
  switch (code) {
    case 'r':
      return ForeignKey::Action::restrict;
    case 'c':
      return ForeignKey::Action::cascade;
    case 'n':
      return ForeignKey::Action::set_null;
    case 'd':
      return ForeignKey::Action::set_default;
    default:
      return ForeignKey::Action::no_action;
  }
}

void Reading::read_foreign_keys() {
  const Table* table = nullptr;
  for (const auto& row : session_.query(sql::kForeignKeys)) {
    Table* const owner = table_of(number(row["conrelid"]));
    if (!owner) continue;
    auto& keys = owner->foreign_keys;
    if (owner != table || keys.back().name != row["conname"].c_str()) {
      table = owner;
      ForeignKey& key = keys.emplace_back();
      key.name = text(row["conname"]);
      key.references = {text(row["nspname"]), text(row["relname"])};
      key.on_update = action_of(row["confupdtype"].c_str()[0]);
      key.on_delete = action_of(row["confdeltype"].c_str()[0]);
      key.match = row["confmatchtype"].c_str()[0] == 'f' ? ForeignKey::Match::full
                                                         : ForeignKey::Match::simple;
      key.deferrable = yes(row["condeferrable"]);
      key.initially_deferred = yes(row["condeferred"]);
      key.validated = yes(row["convalidated"]);
    }
    keys.back().columns.push_back(text(row["from_column"]));
    keys.back().to.push_back(text(row["to_column"]));
  }
}

Trigger::State state_of(char code) {
  switch (code) {
    case 'D':
      return Trigger::State::off;
    case 'R':
      return Trigger::State::replica;
    case 'A':
      return Trigger::State::always;
    default:
      return Trigger::State::on;
  }
}

void Reading::read_triggers() {
  for (const auto& row : session_.query(sql::kTriggers))
    if (Table* const table = table_of(number(row["tgrelid"])))
      table->triggers.push_back({text(row["tgname"]), state_of(row["tgenabled"].c_str()[0])});
}

// Clamped to the range: of a sequence at its end there is no next number, and none lies beyond what
// is in the column.
std::int64_t number_after(const Sequence& sequence, std::int64_t last) {
  const bool up = sequence.increment > 0;
  const std::int64_t end = up ? sequence.maximum : sequence.minimum;
  std::int64_t next = 0;
  const bool over = __builtin_add_overflow(last, sequence.increment, &next);
  if (!over && (up ? next <= end : next >= end)) return next;
  if (sequence.cycles) return up ? sequence.minimum : sequence.maximum;
  return end;
}

void Reading::read_sequences() {
  std::vector<std::size_t> unused;
  for (const auto& row : session_.query(sql::kSequences)) {
    Sequence sequence;
    sequence.name = {text(row["nspname"]), text(row["relname"])};
    sequence.increment = integer(row["seqincrement"]);
    sequence.minimum = integer(row["seqmin"]);
    sequence.maximum = integer(row["seqmax"]);
    sequence.cycles = yes(row["seqcycle"]);
    if (!row["last"].is_null())
      sequence.next = number_after(sequence, integer(row["last"]));
    else if (yes(row["readable"]))
      unused.push_back(schema_.sequences.size());
    sequences_[number(row["oid"])] = schema_.sequences.size();
    schema_.sequences.push_back(std::move(sequence));
  }
  read_first_numbers(unused);
}

// Where an unused sequence will begin stands in the sequence alone: setval() and RESTART may have
// moved it from its START.
void Reading::read_first_numbers(const std::vector<std::size_t>& unused) {
  for (std::size_t begin = 0; begin < unused.size(); begin += kSequencesAtOnce) {
    std::string sql;
    for (std::size_t i = begin; i < std::min(begin + kSequencesAtOnce, unused.size()); ++i)
      sql +=
          fmt::format("{}SELECT {}, last_value, is_called FROM {}", i > begin ? " UNION ALL " : "",
                      unused[i], QuotedName(schema_.sequences[unused[i]].name).sql());
    for (const auto& row : session_.query(sql)) {
      Sequence& sequence = schema_.sequences[number(row[0])];
      const std::int64_t value = integer(row[1]);
      sequence.next = yes(row[2]) ? number_after(sequence, value) : value;
    }
  }
}

// A column that owns a sequence and draws from it comes twice, as owner first.
void Reading::read_sequence_uses() {
  for (const auto& row : session_.query(sql::kSequenceUses)) {
    const auto at = sequences_.find(number(row["sequence"]));
    Table* const table = table_of(number(row["table"]));
    if (at == sequences_.end() || !table) continue;
    Sequence& sequence = schema_.sequences[at->second];
    const std::string name = text(row["attname"]);
    const bool known = !sequence.uses.empty() && sequence.uses.back().table == table->name &&
                       sequence.uses.back().column == name;
    if (!known) sequence.uses.push_back({table->name, name, yes(row["owned"])});
    for (Column& column : table->columns)
      if (column.name == name && column.numbered() && !(column.sequence && yes(row["owned"])))
        column.sequence = sequence.name;
  }
}

void Reading::read_others() {
  for (const auto& row : session_.query(sql::kOthers))
    schema_.others.push_back({{text(row["nspname"]), text(row["relname"])}, text(row["kind"])});
}

}  // namespace

Schema read_catalog(Session& session) { return Reading(session).all(); }

Schema read_tables(Session& session) { return Reading(session).tables_alone(); }

}  // namespace dbkeeper::postgres
