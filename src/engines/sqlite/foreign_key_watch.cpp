#include "engines/sqlite/foreign_key_watch.h"

#include <fmt/format.h>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "engines/sqlite/quoted_name.h"
#include "engines/sqlite/sizes.h"
#include "engines/sqlite/statement.h"

namespace dbkeeper::sqlite {
namespace {

constexpr const char* kNewOrphan =
    "SELECT rowid, fkid FROM pragma_foreign_key_check(?1, 'main') AS now "
    "WHERE NOT EXISTS (SELECT 1 FROM temp.dbkeeper_orphans AS before "
    "WHERE child = now.\"table\" AND row IS now.rowid AND key = now.fkid)";

// SQLite refuses every write to such a table, with or without a reference in the row.
void refuse_broken_keys(const Table& table) {
  for (const ForeignKey& key : table.foreign_keys) {
    if (key.broken.empty()) continue;
    throw Error(ErrorKind::conflict,
                fmt::format("cannot write to '{}': its foreign key ({}) can't be enforced: {}",
                            table.name.name, join(key.columns, ", "), key.broken))
        .table(table.name.name)
        .column(join(key.columns, ", "))
        .hint("give the referenced columns a primary key or unique index, or drop the key");
  }
}

}  // namespace

void ForeignKeyWatch::watch(const Table& table, bool emptied) {
  refuse_broken_keys(table);
  if (table.foreign_keys.empty() || !written_.emplace(table.name, table).second) return;
  connection_.run("CREATE TEMP TABLE IF NOT EXISTS dbkeeper_orphans(child, row, key)");
  if (!emptied) remember_orphans(table);
}

std::optional<Error> ForeignKeyWatch::broken(const Table& table) {
  const auto watched = written_.find(table.name);
  if (watched == written_.end()) return std::nullopt;
  auto error = orphan_of(watched->second);
  if (!error) written_.erase(watched);
  return error;
}

void ForeignKeyWatch::check() {
  for (const auto& [name, table] : written_)
    if (const auto error = orphan_of(table)) throw *error;
}

// Orphans that are there already are not this change's fault. SQLite's own count of open
// references alone won't do: a parent that comes for an old orphan would make up for a new one.
void ForeignKeyWatch::remember_orphans(const Table& table) {
  Statement before(connection_,
                   "INSERT INTO temp.dbkeeper_orphans "
                   "SELECT \"table\", rowid, fkid FROM pragma_foreign_key_check(?1, 'main')");
  before.bind(1, table.name.name);
  before.step();
}

std::optional<Error> ForeignKeyWatch::orphan_of(const Table& table) {
  Statement orphan(connection_, kNewOrphan);
  orphan.bind(1, table.name.name);
  if (!orphan.step()) return std::nullopt;
  // SQLite numbers the keys from the last.
  const auto last = static_cast<std::int64_t>(table.foreign_keys.size()) - 1;
  const ForeignKey& key = table.foreign_keys[static_cast<std::size_t>(last - orphan.integer(1))];
  const std::string values =
      orphan.is_null(0) ? std::string() : values_of(table, key, orphan.integer(0));
  return Error(ErrorKind::conflict,
               fmt::format("a row of '{}' refers by {}{} to a row that '{}' doesn't have",
                           table.name.name, join(key.columns, ", "), values, key.references.name))
      .table(table.name.name)
      .column(join(key.columns, ", "))
      .hint("bring the missing row along, or leave this one out");
}

// " 7", " 7, 'x'": what stands in the key's columns.
std::string ForeignKeyWatch::values_of(const Table& table, const ForeignKey& key,
                                       std::int64_t row) {
  const std::string rowid = rowid_name(table);
  if (rowid.empty()) return {};
  std::vector<std::string> parts;
  for (const std::string& column : key.columns)
    parts.push_back(fmt::format("quote({})", QuotedName(column).sql()));
  Statement values(connection_,
                   fmt::format("SELECT substr({}, 1, 80) FROM {} WHERE {} = ?1",
                               join(parts, " || ', ' || "), QuotedName(table.name).sql(), rowid));
  values.bind(1, row);
  return values.step() ? " " + std::string(values.text(0)) : std::string();
}

}  // namespace dbkeeper::sqlite
