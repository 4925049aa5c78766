#include "support/import_target.h"

#include <algorithm>
#include <sstream>

#include "support/open.h"

namespace dbkeeper::testing {
namespace {

// Lines of four columns, as ScratchPostgres::query() and ScratchSqlite::query() give them.
ImportTarget::KeptMap parsed(const std::string& lines) {
  ImportTarget::KeptMap out;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) {
    std::istringstream cells(line);
    auto& row = out.emplace_back();
    for (std::string& cell : row) std::getline(cells, cell, '|');
  }
  std::sort(out.begin(), out.end());
  return out;
}

// SQLite remembers the highest number of an AUTOINCREMENT column; its schema doesn't tell.
void add_sequences(MemoryState& state, const Table& table) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].origin != Origin::autoincrement) continue;
    Sequence& sequence = state.schema.sequences.emplace_back();
    sequence.next = 1;
    sequence.uses = {{table.name, table.columns[i].name, true}};
    for (const MemoryRow& row : state.rows.at(table.name))
      sequence.next = std::max(*sequence.next, row[i].integer + 1);
  }
}

}  // namespace

void ImportTarget::fill(const Schema& schema, const RowsByTable& rows) {
  database_.reset();
  replace(schema, rows);
  database_ = open();
  schema_ = database_->snapshot()->schema();
}

RowsByTable ImportTarget::rows() {
  const auto snapshot = database_->snapshot();
  RowsByTable out;
  for (const Table& table : schema_.tables) {
    std::vector<MemoryRow>& rows = out[table.name.name];
    const auto columns = table.given_columns();
    const auto source = snapshot->rows(table, columns);
    Batch batch(columns.size());
    while (source->next(batch))
      for (std::size_t row = 0; row < batch.rows(); ++row) {
        MemoryRow& cells = rows.emplace_back();
        for (std::size_t column = 0; column < columns.size(); ++column)
          cells.emplace_back(batch.at(row, column));
      }
    std::sort(rows.begin(), rows.end());
  }
  return out;
}

void MemoryTarget::replace(const Schema& schema, const RowsByTable& rows) {
  store_ = std::make_unique<MemoryStore>();
  store_->change([&](MemoryState& state) {
    state.schema = schema;
    for (const Table& table : schema.tables) {
      const auto at = rows.find(table.name.name);
      state.rows[table.name] = at == rows.end() ? std::vector<MemoryRow>() : at->second;
      add_sequences(state, table);
    }
  });
}

std::unique_ptr<Database> MemoryTarget::open() { return std::make_unique<MemoryDatabase>(*store_); }

ImportTarget::KeptMap MemoryTarget::kept() {
  KeptMap out;
  for (const auto& [key, value] : store_->state()->kept)
    out.push_back({key[0], key[1], key[2], value});
  return out;
}

void SqliteTarget::replace(const Schema& schema, const RowsByTable& rows) {
  // One wait for the disk at each commit, not four.
  scratch_.emplace("PRAGMA journal_mode = WAL;\n" + sqlite_script(schema, rows));
}

std::unique_ptr<Database> SqliteTarget::open() {
  return testing::open(scratch_->url(), Access::write);
}

ImportTarget::KeptMap SqliteTarget::kept() {
  if (scratch_->query("SELECT 1 FROM sqlite_master WHERE name = 'dbkeeper_id_map'").empty())
    return {};
  return parsed(scratch_->query("SELECT source, \"table\", old_key, new_key FROM dbkeeper_id_map"));
}

void PostgresTarget::replace(const Schema& schema, const RowsByTable& rows) {
  scratch_.exec(
      "SET client_min_messages = warning; DROP SCHEMA public CASCADE; DROP SCHEMA IF EXISTS "
      "dbkeeper CASCADE; CREATE SCHEMA public;\n" +
      postgres_script(schema, rows));
}

std::unique_ptr<Database> PostgresTarget::open() {
  return testing::open(scratch_.url(), Access::write);
}

ImportTarget::KeptMap PostgresTarget::kept() {
  if (scratch_.query("SELECT to_regclass('dbkeeper.id_map')").empty()) return {};
  return parsed(scratch_.query("SELECT source, \"table\", old_key, new_key FROM dbkeeper.id_map"));
}

}  // namespace dbkeeper::testing
