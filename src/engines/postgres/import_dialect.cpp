#include "engines/postgres/import_dialect.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/text.h"
#include "engines/postgres/catalog.h"
#include "engines/postgres/fetch.h"
#include "engines/postgres/import_locks.h"
#include "engines/postgres/import_stage.h"
#include "engines/postgres/kept_map.h"
#include "engines/postgres/lock_holder.h"
#include "engines/postgres/quoted_name.h"
#include "engines/postgres/row_stream.h"
#include "engines/postgres/run_mark.h"
#include "engines/postgres/savepoint.h"
#include "engines/postgres/users_path.h"
#include "engines/postgres/value_sql.h"

namespace dbkeeper::postgres {
namespace {

Session& in_own_path(Session& session) {
  session.command(kOwnPath);
  return session;
}

// Another search_path for the length of a scope, however it is left.
class InPath {
 public:
  InPath(Session& session, const std::string& path, const std::string& back)
      : session_(session), back_(set_path_sql(back)) {
    session_.command(set_path_sql(path));
  }
  ~InPath() { session_.command_quietly(back_); }
  InPath(const InPath&) = delete;
  InPath& operator=(const InPath&) = delete;

 private:
  Session& session_;
  const std::string back_;
};

constexpr const char* kCatalogsPath = "pg_catalog";

constexpr int kSavepoints = 32;

// Statements that see the database as it was before any of them.
std::string as_one(const std::vector<staging::Write>& group) {
  std::vector<std::string> statements, counts;
  for (std::size_t i = 0; i < group.size(); ++i) {
    statements.push_back(fmt::format("w{} AS ({} RETURNING 1)", i, group[i].sql));
    counts.push_back(fmt::format("(SELECT count(*) FROM w{})", i));
  }
  return fmt::format("WITH {} SELECT {}", join(statements, ", "), join(counts, ", "));
}

}  // namespace

ImportDialect::ImportDialect(std::shared_ptr<Sessions> sessions)
    : session_(std::move(sessions)),
      types_(in_own_path(*session_)),
      key_operators_(*session_),
      link_operators_(*session_),
      partitions_(*session_),
      triggers_(*session_, partitions_),
      numbers_(*session_),
      extras_(*session_) {
  users_path_ = users_path(*session_, session_.sessions()->conninfo());
  session_->command(set_path_sql(users_path_));
  // What the planner expects of rows that are looked up by several keys at once is often far too
  // few, and then a loop over all of a table for each of them takes for ever.
  session_->command("SET LOCAL enable_nestloop = off");
  // Joins of all of a file's rows are what the server grants more memory for elsewhere.
  session_->command(
      "SELECT pg_catalog.set_config('work_mem', setting || unit, true) FROM pg_catalog.pg_settings "
      "WHERE name = 'maintenance_work_mem' AND setting::bigint > (SELECT setting::bigint FROM "
      "pg_catalog.pg_settings WHERE name = 'work_mem'); "
      "SET LOCAL hash_mem_multiplier = 1");
}

// -- Running SQL.

std::int64_t ImportDialect::run(const std::string& sql) { return session_->change(sql); }

void ImportDialect::query(const std::string& sql,
                          const std::function<void(const staging::Texts&)>& take) {
  for_each_row(*session_, sql, take);
}

std::vector<std::int64_t> ImportDialect::write(const std::vector<staging::Write>& group) {
  std::vector<TableName> tables;
  for (const staging::Write& each : group) tables.push_back(each.table->name);
  try {
    if (group.size() == 1) return {write_alone(group.front().sql)};
    std::vector<std::int64_t> out;
    if (group.empty()) return out;
    for_each_row(*session_, as_one(group), [&](const staging::Texts& counts) {
      for (const auto& count : counts) out.push_back(std::stoll(*count));
    });
    return out;
  } catch (Error& error) {
    if (error.table().empty() && group.size() == 1)
      error.table(display(tables.front(), kDefaultSchema));
    throw with_lock_holder(error, tables, *session_.sessions());
  }
}

// Once more than 64 of them have written, each look of others at a row takes longer
// (PGPROC_MAX_CACHED_SUBXIDS).
std::int64_t ImportDialect::write_alone(const std::string& sql) {
  if (++savepoints_ > kSavepoints) return session_->change(sql);
  session_->command(kSetSavepoint);
  try {
    const std::int64_t rows = session_->change(sql);
    session_->command(kReleaseSavepoint);
    return rows;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::conflict) roll_back_to_savepoint(*session_);
    throw;
  }
}

bool ImportDialect::refuses(const staging::Write& write) {
  session_->command(kSetSavepoint);
  bool refused = false;
  try {
    session_->change(write.sql);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::conflict) throw;
    refused = true;
  }
  roll_back_to_savepoint(*session_);
  session_->command(kReleaseSavepoint);
  return refused;
}

// DELETE has the foreign keys of children looked up row by row, over all that has just been deleted
// of them. TRUNCATE has nothing to look up, but no trigger of a row fires, it asks for a right of
// its own, and it refuses where any table refers to one of these, with rows or without.
bool ImportDialect::empty_at_once(const ImportPlan& plan) {
  if (plan.fire_triggers || !plan.referrers.empty()) return false;
  std::vector<TableName> tables;
  std::vector<std::string> clauses;
  for (const auto& group : plan.emptied)
    for (const Table* table : group) {
      tables.push_back(table->name);
      clauses.push_back(from_clause(*table));
    }
  if (!may_truncate(tables)) return false;
  session_->command("SAVEPOINT dbkeeper_truncate");
  try {
    session_->command("TRUNCATE TABLE " + join(clauses, ", "));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::refused)
      throw with_lock_holder(error, tables, *session_.sessions());
    if (error.kind() != ErrorKind::failed || !session_->alive()) throw;
    session_->command("ROLLBACK TO dbkeeper_truncate");
    return false;
  }
  session_->command("RELEASE dbkeeper_truncate");
  return true;
}

bool ImportDialect::may_truncate(const std::vector<TableName>& tables) const {
  std::vector<std::string> rights;
  for (const TableName& table : tables)
    rights.push_back(fmt::format("pg_catalog.has_table_privilege({}, 'TRUNCATE')",
                                 literal(QuotedName(table).sql())));
  return session_->value("SELECT " + join(rights, " AND ")) == "t";
}

// Rows that are deleted stay, and are read over, until the transaction ends: a chain of references
// is followed step by step, and fills its links at each.
void ImportDialect::clear(const std::string& table) { session_->command("TRUNCATE " + table); }

void ImportDialect::analyze(const std::string& name) {
  session_->command("ANALYZE " + temporary(name));
}

// The tables are joined as a whole, which an index doesn't make faster, and some values are too
// large for one.
void ImportDialect::index(const std::string&, const std::vector<std::string>&) {}

// -- The transaction.

void ImportDialect::lock(const ImportPlan& plan) {
  numbers_.dry_run(plan.dry_run);
  if (locked_) return;
  const InPath own(*session_, kCatalogsPath, users_path_);
  lock_for_import(session_, plan);
  extras_.forget();
  locked_ = true;
}

std::vector<std::string> ImportDialect::switch_triggers_off(const ImportPlan& plan) {
  return triggers_.off(plan);
}

void ImportDialect::switch_triggers_on() { triggers_.on(); }

void ImportDialect::check_deferred() { session_->command("SET CONSTRAINTS ALL IMMEDIATE"); }

// -- Foreign keys and plain indexes.

bool ImportDialect::can_take_off_keys(const Table& table) {
  const InPath own(*session_, kCatalogsPath, users_path_);
  return extras_.can_take_off_keys(table.name);
}

std::vector<std::string> ImportDialect::take_off(const std::vector<const Table*>& tables) {
  std::vector<TableName> of, names;
  for (const Table* table : tables) {
    of.push_back(table->name);
    names.push_back(table->name);
    for (const ForeignKey& key : table->foreign_keys) {
      names.push_back(key.references);
      // Asked for now: rows that contradict a key are looked for when it is off.
      link_operators_.equalities(*table, key);
    }
  }
  const InPath own(*session_, kCatalogsPath, users_path_);
  try {
    return extras_.take_off(of);
  } catch (const Error& error) {
    throw with_lock_holder(error, names, *session_.sessions());
  }
}

std::optional<Error> ImportDialect::put_back() {
  if (extras_.any_off())
    session_.sessions()->options().reporter->progress({.activity = "import: indexes and keys"});
  {
    const InPath definitions(*session_, "pg_catalog, " + users_path_, users_path_);
    if (auto error = extras_.put_back()) return error;
  }
  const InPath own(*session_, kCatalogsPath, users_path_);
  extras_.check();
  return std::nullopt;
}

std::string ImportDialect::mark() { return mark_of_transaction(*session_); }

// The session lives on, and would keep the temporary tables.
void ImportDialect::commit() {
  if (PQtransactionStatus(session_->raw()) == PQTRANS_INTRANS) session_->command("DISCARD TEMP");
  session_.commit();
}

// -- Staging.

void ImportDialect::create_stage(const staging::Stage& stage) {
  try {
    session_->command(create_stage_sql(stage, types_));
  } catch (const Error& error) {
    throw with_lock_holder(error, {stage.table->name}, *session_.sessions());
  }
  stages_[stage.table->name] = {stage.name};
}

void ImportDialect::add_generated(const staging::Stage& stage, const Column& column) {
  session_->command(fmt::format("ALTER TABLE {} ADD COLUMN {} {} GENERATED ALWAYS AS ({}) STORED",
                                temporary(stage.name), quoted(column.name), column.type.name,
                                column.default_expression));
}

std::unique_ptr<RowSink> ImportDialect::fill_stage(const staging::Stage& stage, Rows rows,
                                                   const std::vector<std::string>& columns,
                                                   Refuse refuse) {
  return std::make_unique<StageSink>(*session_, stage, rows, columns,
                                     stages_.at(stage.table->name).rows, std::move(refuse));
}

std::unique_ptr<RowSink> ImportDialect::fill_table(const Table& table,
                                                   const std::vector<std::string>& columns,
                                                   Refuse refuse) {
  return std::make_unique<StraightSink>(*session_, table, columns, std::move(refuse));
}

std::string ImportDialect::stage_of(const Table& table) const {
  const auto at = stages_.find(table.name);
  return at == stages_.end() ? std::string() : temporary(at->second.name);
}

// -- Names and literals.

std::string ImportDialect::quoted(std::string_view name) const { return QuotedName(name).sql(); }

std::string ImportDialect::literal(std::string_view text) const { return postgres::literal(text); }

std::string ImportDialect::temp(std::string_view name) const { return temporary(name); }

std::string ImportDialect::rows_of(const Table& table) const { return from_clause(table); }

// Without a list the first columns get the values; a table without any takes none.
std::string ImportDialect::insert_into(const Table& table,
                                       const std::vector<std::string>& columns) const {
  std::string out = "INSERT INTO " + QuotedName(table.name).sql();
  if (!columns.empty()) out += fmt::format(" ({})", QuotedName::list(columns).sql());
  const bool always = std::any_of(columns.begin(), columns.end(), [&](const std::string& name) {
    return table.find_column(name)->origin == Origin::identity_always;
  });
  return always ? out + " OVERRIDING SYSTEM VALUE" : out;
}

// What is written gets another address.
void ImportDialect::move_rows(const Table& table, const std::string& update,
                              const std::string& found) {
  std::vector<std::string> now, sets;
  for (const std::string& part : address(table, "t")) {
    sets.push_back(fmt::format("a{0} = moved.a{0}", now.size()));
    now.push_back(fmt::format("{} AS a{}", part, now.size()));
  }
  session_->change(fmt::format(
      "WITH moved AS ({} RETURNING p.n, {}) UPDATE {} AS m SET {} FROM moved WHERE m.n = moved.n",
      update, join(now, ", "), found, join(sets, ", ")));
}

// -- Expressions.

std::vector<std::string> ImportDialect::address(const Table& table, std::string_view alias) const {
  std::vector<std::string> out = {fmt::format("{}.ctid", alias)};
  if (table.kind == TableKind::partitioned) out.push_back(fmt::format("{}.tableoid", alias));
  return out;
}

// The collation stands on one side only: said twice, it would have to be the same.
std::string ImportDialect::key_equal(const Table& table, const Key& key, std::size_t part,
                                     const std::string& file, const std::string& base) {
  const Equality how = equality_of(table, key, part);
  const Column* column = table.find_column(key.parts[part].column);
  const std::string a = column ? types_.without_domain(*column, file) : "(" + file + ")";
  const std::string b = column ? types_.without_domain(*column, base) : "(" + base + ")";
  const std::string equal = fmt::format("{}{} {} {}", a, how.collation, how.operation, b);
  if (!key.nulls_not_distinct) return "(" + equal + ")";
  return fmt::format("({} OR ({} IS NULL AND {} IS NULL))", equal, a, b);
}

// A made-up key compares as the columns' types do by default.
Equality ImportDialect::equality_of(const Table& table, const Key& key, std::size_t part) {
  if (const auto of_index = key_operators_.of_key(table.name, key.name, part)) return *of_index;
  const std::string& column = key.parts[part].column;
  if (const auto of_type = key_operators_.of_columns(table.name, column, table.name, column))
    return *of_type;
  throw Error(ErrorKind::usage, fmt::format("values of column {} of table {} can't be compared",
                                            column, display(table.name, kDefaultSchema)))
      .table(display(table.name, kDefaultSchema))
      .column(column)
      .hint("choose other columns for --match");
}

std::string ImportDialect::link_equal(const Table& child, const Table& parent,
                                      const ImportLink& link, std::size_t i,
                                      const std::string& parent_value,
                                      const std::string& child_value) {
  const auto how = equality_of(child, parent, link, i);
  if (!how)  // a file's own idea of a foreign key
    return fmt::format(
        "(({})::pg_catalog.text COLLATE pg_catalog.\"C\" OPERATOR(pg_catalog.=) "
        "({})::pg_catalog.text)",
        parent_value, child_value);
  const std::string there = types_.without_domain(*parent.find_column(link.to[i]), parent_value);
  const std::string here = types_.without_domain(*child.find_column(link.columns[i]), child_value);
  // Of the parents of a period the first: it is the one that doesn't begin later.
  if (link.key && how->operation == kOverlaps)
    return fmt::format("({0} {1} {2} AND {2} OPERATOR(pg_catalog.&>) {0})", there, kOverlaps, here);
  return fmt::format("({}{} {} {})", there, how->collation, how->operation, here);
}

std::optional<Equality> ImportDialect::equality_of(const Table& child, const Table& parent,
                                                   const ImportLink& link, std::size_t i) {
  if (!link.key)
    return key_operators_.of_columns(parent.name, link.to[i], child.name, link.columns[i]);
  const ForeignKey& key = *link.key;
  const auto& all = link_operators_.equalities(child, key);
  for (std::size_t at = 0; at < key.columns.size(); ++at)
    if (key.columns[at] == link.columns[i] && key.to[at] == link.to[i]) return all[at];
  throw Error(ErrorKind::failed,
              fmt::format("the foreign key {} has no column {} that refers to {}", key.name,
                          link.columns[i], link.to[i]));
}

std::string ImportDialect::same(const Column& column, const std::string& a,
                                const std::string& b) const {
  return same_sql(types_, column, a, b);
}

std::string ImportDialect::differ(const Table& table, const std::vector<std::string>& columns,
                                  std::string_view a, std::string_view b) const {
  return differ_sql(types_, table, columns, a, b);
}

std::string ImportDialect::image(const Table& table, const std::vector<std::string>& columns,
                                 std::string_view alias) const {
  return image_sql(table, columns, alias);
}

std::string ImportDialect::converted(const Column& column, const std::string& value) const {
  return fmt::format("({})::{}", value, types_.base(column));
}

std::string ImportDialect::json_array(const std::vector<std::string>& values) const {
  return json_array_sql(values);
}

std::string ImportDialect::json_integer(const std::string& value) const {
  return fmt::format(
      "('[' OPERATOR(pg_catalog.||) ({})::pg_catalog.text OPERATOR(pg_catalog.||) ']')", value);
}

std::string ImportDialect::sql_literal(const std::string& value) const {
  return fmt::format("pg_catalog.quote_literal(({})::pg_catalog.text)", value);
}

std::string ImportDialect::shown(const std::string& value) const { return shown_sql(value); }

// -- Numbers.

std::string ImportDialect::new_number(const Table& table, const Column& column,
                                      std::int64_t highest, const std::string& order) {
  return numbers_.next(table, column, highest, order, stage_of(table));
}

void ImportDialect::advance(const Table& table, const Column& column, std::int64_t highest) {
  numbers_.advance(table, column, highest, stage_of(table));
}

// -- The kept map.

std::string ImportDialect::kept_map() { return find_kept_map(*session_); }

std::string ImportDialect::make_kept_map() { return postgres::make_kept_map(*session_); }

}  // namespace dbkeeper::postgres
