#include "dbkeeper/core/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace dbkeeper {
namespace {

// How a tool writes down what it has applied. Sources: each tool's own documentation, schema and
// code.
struct Tool {
  std::string_view name;
  std::string_view table;
  std::vector<std::string_view> columns;  // all must be there
  std::string_view version = {};          // the column that names a migration; empty: no versions
  std::string_view order = {};            // the newest has the highest of this
  // A row counts as applied if `applied` is true (or set, for a time) and `undone` is not.
  std::string_view applied = {};
  std::string_view undone = {};
  std::string_view prefix = {};     // written before the version: Django's app
  bool all = false;                 // every row is current: Alembic's heads
  bool last_word = false;           // a later row about the same version overrides: goose
  std::string_view dirty = {};      // true, or set: the migration began and did not finish
  std::string_view only_with = {};  // another table that must be there too
  bool exact = false;               // no other columns: the name alone says little
  bool on_servers = false;          // a tool for PostgreSQL alone, and a name that others have too
};

// Of one name, those that ask for more come first.
const std::vector<Tool>& tools() {
  static const std::vector<Tool> kTools = {
      {.name = "alembic",
       .table = "alembic_version",
       .columns = {"version_num"},
       .version = "version_num",
       .order = "version_num",
       .all = true},
      {.name = "atlas",
       .table = "atlas_schema_revisions",
       .columns = {"version", "description", "applied", "total", "executed_at", "error", "hash"},
       .version = "version",
       .order = "version",
       .dirty = "error"},
      {.name = "db-migrate",
       .table = "migrations",
       .columns = {"id", "name", "run_on"},
       .version = "name",
       .order = "name",
       .exact = true},
      {.name = "diesel",
       .table = "__diesel_schema_migrations",
       .columns = {"version", "run_on"},
       .version = "version",
       .order = "version"},
      {.name = "django",
       .table = "django_migrations",
       .columns = {"id", "app", "name", "applied"},
       .version = "name",
       .order = "id",
       .prefix = "app"},
      {.name = "doctrine",
       .table = "doctrine_migration_versions",
       .columns = {"version", "executed_at", "execution_time"},
       .version = "version",
       .order = "version"},
      {.name = "drizzle",
       .table = "__drizzle_migrations",
       .columns = {"id", "hash", "created_at"},
       .version = "hash",
       .order = "created_at"},
      {.name = "ef-core",
       .table = "__EFMigrationsHistory",
       .columns = {"MigrationId", "ProductVersion"},
       .version = "MigrationId",
       .order = "MigrationId"},
      {.name = "flyway",
       .table = "flyway_schema_history",
       .columns = {"installed_rank", "version", "success"},
       .version = "version",
       .order = "installed_rank",
       .applied = "success"},
      {.name = "flyway",  // before version 5
       .table = "schema_version",
       .columns = {"installed_rank", "version", "script", "checksum", "success"},
       .version = "version",
       .order = "installed_rank",
       .applied = "success"},
      {.name = "tern",
       .table = "schema_version",
       .columns = {"version"},
       .version = "version",
       .order = "version",
       .exact = true,
       .on_servers = true},
      {.name = "goose",
       .table = "goose_db_version",
       .columns = {"id", "version_id", "is_applied"},
       .version = "version_id",
       .order = "id",
       .applied = "is_applied",
       .last_word = true},
      {.name = "golang-migrate",
       .table = "schema_migrations",
       .columns = {"version", "dirty"},
       .version = "version",
       .order = "version",
       .dirty = "dirty"},
      {.name = "ecto",
       .table = "schema_migrations",
       .columns = {"version", "inserted_at"},
       .version = "version",
       .order = "version",
       .exact = true},
      {.name = "rails",
       .table = "schema_migrations",
       .columns = {"version"},
       .version = "version",
       .order = "version",
       .only_with = "ar_internal_metadata"},
      {.name = "rails", .table = "ar_internal_metadata", .columns = {"key", "value"}},
      {.name = "dbmate",
       .table = "schema_migrations",
       .columns = {"version"},
       .version = "version",
       .order = "version"},
      {.name = "knex",
       .table = "knex_migrations",
       .columns = {"id", "name", "batch"},
       .version = "name",
       .order = "id"},
      {.name = "knex", .table = "knex_migrations_lock", .columns = {"is_locked"}},
      {.name = "kysely",
       .table = "kysely_migration",
       .columns = {"name", "timestamp"},
       .version = "name",
       .order = "name"},
      {.name = "kysely", .table = "kysely_migration_lock", .columns = {"id", "is_locked"}},
      {.name = "laravel",
       .table = "migrations",
       .columns = {"id", "migration", "batch"},
       .version = "migration",
       .order = "id",
       .exact = true},
      {.name = "liquibase",
       .table = "databasechangelog",
       .columns = {"id", "author", "filename", "orderexecuted"},
       .version = "id",
       .order = "orderexecuted"},
      {.name = "liquibase", .table = "databasechangeloglock", .columns = {"id", "locked"}},
      {.name = "mikro-orm",
       .table = "mikro_orm_migrations",
       .columns = {"id", "name", "executed_at"},
       .version = "name",
       .order = "id"},
      {.name = "node-pg-migrate",
       .table = "pgmigrations",
       .columns = {"id", "name", "run_on"},
       .version = "name",
       .order = "id"},
      {.name = "prisma",
       .table = "_prisma_migrations",
       .columns = {"id", "migration_name", "started_at", "finished_at", "rolled_back_at"},
       .version = "migration_name",
       .order = "started_at",
       .applied = "finished_at",
       .undone = "rolled_back_at"},
      {.name = "refinery",
       .table = "refinery_schema_history",
       .columns = {"version", "name", "applied_on", "checksum"},
       .version = "version",
       .order = "version"},
      {.name = "sequelize",
       .table = "SequelizeMeta",
       .columns = {"name"},
       .version = "name",
       .order = "name"},
      // A schema of its own, sqitch, on servers; on SQLite a file of its own as a rule.
      {.name = "sqitch",
       .table = "changes",
       .columns = {"change_id", "change", "project", "committer_name", "planner_email"},
       .version = "change",
       .order = "committed_at"},
      {.name = "sqitch",
       .table = "tags",
       .columns = {"tag_id", "tag", "project", "change_id", "committer_name", "planner_email"}},
      {.name = "sqitch",
       .table = "events",
       .columns = {"event", "change_id", "project", "committer_name", "planner_email"}},
      {.name = "sqitch",
       .table = "dependencies",
       .columns = {"change_id", "type", "dependency", "dependency_id"},
       .exact = true},
      {.name = "sqitch",
       .table = "projects",
       .columns = {"project", "uri", "created_at", "creator_name", "creator_email"},
       .exact = true},
      {.name = "sqitch",
       .table = "releases",
       .columns = {"version", "installed_at", "installer_name", "installer_email"},
       .exact = true},
      {.name = "sqlx",
       .table = "_sqlx_migrations",
       .columns = {"version", "description", "success", "checksum"},
       .version = "version",
       .order = "version",
       .applied = "success"},
      {.name = "typeorm",
       .table = "migrations",
       .columns = {"id", "timestamp", "name"},
       .version = "name",
       .order = "timestamp",
       .exact = true},
      {.name = "typeorm",
       .table = "typeorm_metadata",
       .columns = {"type", "database", "schema", "table", "name", "value"}},
      {.name = "yoyo",
       .table = "_yoyo_migration",
       .columns = {"migration_hash", "migration_id", "applied_at_utc"},
       .version = "migration_id",
       .order = "migration_id"},
      {.name = "yoyo", .table = "_yoyo_log", .columns = {"migration_hash", "operation"}},
      {.name = "yoyo", .table = "_yoyo_version", .columns = {"version", "installed_at_utc"}},
      {.name = "yoyo", .table = "yoyo_lock", .columns = {"locked", "ctime", "pid"}},
  };
  return kTools;
}

bool has_table(const Schema& schema, const std::string& in_schema, std::string_view name) {
  return schema.find({in_schema, std::string(name)}) != nullptr;
}

// Liquibase writes its names in capitals on some databases.
bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

const Column* find(const Table& table, std::string_view name) {
  const auto at = std::find_if(table.columns.begin(), table.columns.end(),
                               [&](const Column& column) { return same_name(column.name, name); });
  return at == table.columns.end() ? nullptr : &*at;
}

constexpr std::string_view kOfFiles = "main";  // SQLite's one schema

const Tool* tool_of(const Schema& schema, const Table& table) {
  for (const Tool& tool : tools()) {
    if (!same_name(table.name.name, tool.table)) continue;
    if (!std::all_of(tool.columns.begin(), tool.columns.end(),
                     [&](std::string_view column) { return find(table, column) != nullptr; }))
      continue;
    if (tool.exact && table.columns.size() != tool.columns.size()) continue;
    if (tool.on_servers && table.name.schema == kOfFiles) continue;
    if (!tool.only_with.empty() && !has_table(schema, table.name.schema, tool.only_with)) continue;
    return &tool;
  }
  return nullptr;
}

std::string as_text(const CellView& cell) {
  switch (cell.kind) {
    case CellKind::null:
      return {};
    case CellKind::boolean:
      return cell.integer ? "true" : "false";
    case CellKind::integer:
      return fmt::format("{}", cell.integer);
    case CellKind::real:
    case CellKind::single:
      return fmt::format("{}", cell.real);
    default:
      return std::string(cell.text);
  }
}

// "true", 1, or a time that is set.
bool is_set(const std::string& text) {
  return !(text.empty() || text == "0" || text == "false" || text == "f");
}

bool comes_after(const std::string& a, const std::string& b) {
  long long x = 0, y = 0;
  const auto whole = [](const std::string& text, long long& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
  };
  if (whole(a, x) && whole(b, y)) return x > y;
  return a > b;
}

// Reads a history row by row and keeps what decides: never more than the newest, but for the tools
// whose rows are all current or whose later rows take back earlier ones.
class HistoryReader {
 public:
  HistoryReader(const Tool& tool, const Table& table) : tool_(tool) {
    for (const std::string_view name :
         {tool.version, tool.order, tool.applied, tool.undone, tool.prefix, tool.dirty})
      at_.push_back(name.empty() ? kNone : place_of(find(table, name)->name));
  }

  const std::vector<std::string>& columns() const { return columns_; }

  void add(const Batch& batch, std::size_t row) {
    const auto cell = [&](Field field) {
      return at_[field] == kNone ? std::string() : as_text(batch.at(row, at_[field]));
    };
    const std::string version = cell(kVersion), order = cell(kOrder);
    const bool dirty = is_set(cell(kDirty));
    const bool undone = is_set(cell(kUndone));
    const bool applied = (at_[kApplied] == kNone || is_set(cell(kApplied))) && !undone && !dirty;
    if (version.empty()) return;  // Flyway's schema marker
    if (!applied && !undone && !tool_.last_word) note_failed(version, order);
    if (tool_.all)
      heads_.push_back(version);
    else if (tool_.last_word)
      last_word_[version] = {order, applied};
    else if (applied && (newest_.empty() || comes_after(order, newest_order_))) {
      newest_ = at_[kPrefix] == kNone ? version : cell(kPrefix) + "." + version;
      newest_order_ = order;
    }
  }

  void conclude(MigrationState& state) {
    for (const auto& [version, word] : last_word_)
      if (word.second && version != "0" && (newest_.empty() || comes_after(version, newest_)))
        newest_ = version;
    std::sort(heads_.begin(), heads_.end());
    state.version = tool_.all ? fmt::format("{}", fmt::join(heads_, ", ")) : newest_;
    if (newest_.empty() || !comes_after(newest_order_, failed_order_)) state.failed = failed_;
  }

 private:
  enum Field { kVersion, kOrder, kApplied, kUndone, kPrefix, kDirty };
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  // Asks for each column once: some tools order by the version itself.
  std::size_t place_of(const std::string& column) {
    const auto at = std::find(columns_.begin(), columns_.end(), column);
    if (at != columns_.end()) return static_cast<std::size_t>(at - columns_.begin());
    columns_.push_back(column);
    return columns_.size() - 1;
  }

  void note_failed(const std::string& version, const std::string& order) {
    if (!failed_.empty() && !comes_after(order, failed_order_)) return;
    failed_ = version;
    failed_order_ = order;
  }

  const Tool& tool_;
  std::vector<std::string> columns_;
  std::vector<std::size_t> at_;  // by Field: the column's place in the row
  std::string newest_, newest_order_, failed_, failed_order_;
  std::vector<std::string> heads_;
  std::map<std::string, std::pair<std::string, bool>> last_word_;
};

MigrationState read_state(Snapshot& snapshot, const Tool& tool, const Table& table) {
  MigrationState state{std::string(tool.name), table.name, {}, {}};
  HistoryReader reader(tool, table);
  Batch batch(reader.columns().size());
  const auto rows = snapshot.rows(table, reader.columns());
  while (rows->next(batch))
    for (std::size_t row = 0; row < batch.rows(); ++row) reader.add(batch, row);
  reader.conclude(state);
  return state;
}

}  // namespace

std::string history_tool(const Schema& schema, const Table& table) {
  const Tool* tool = tool_of(schema, table);
  return tool ? std::string(tool->name) : std::string();
}

std::vector<MigrationState> migration_states(Snapshot& snapshot, const Schema& schema) {
  std::vector<MigrationState> states;
  for (const Table& table : schema.tables) {
    const Tool* tool = tool_of(schema, table);
    if (tool && !tool->version.empty() && table.not_exportable.empty())
      states.push_back(read_state(snapshot, *tool, table));
  }
  return states;
}

std::optional<MigrationState> schema_version(Snapshot& snapshot, const Schema& schema) {
  for (MigrationState& state : migration_states(snapshot, schema))
    if (!state.version.empty()) return std::move(state);
  return std::nullopt;
}

}  // namespace dbkeeper
