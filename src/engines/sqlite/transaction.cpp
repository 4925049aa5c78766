#include "engines/sqlite/transaction.h"

#include <fmt/format.h>

#include <map>

#include "dbkeeper/base/text.h"
#include "engines/sqlite/conflict.h"
#include "engines/sqlite/quoted_name.h"
#include "engines/sqlite/rows.h"
#include "engines/sqlite/sizes.h"
#include "engines/sqlite/statement.h"

namespace dbkeeper::sqlite {
namespace {

class FileTransaction final : public Transaction {
 public:
  explicit FileTransaction(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {
    // Room for the inner pages of a few indexes that grow at random.
    connection_->run("PRAGMA cache_size=-16000");
    connection_->run("BEGIN IMMEDIATE");
    // Parents may come after their children.
    connection_->run("PRAGMA defer_foreign_keys=ON");
  }

  std::unique_ptr<RowSink> insert(const Table& table,
                                  const std::vector<std::string>& columns) override {
    refuse_broken_keys(table);
    if (!table.foreign_keys.empty() && written_.emplace(table.name, table).second)
      remember_orphans(table);
    return insert_rows(*connection_, table, columns, unfinished_);
  }

  void advance(const Sequence& sequence, std::int64_t) override {
    throw Error(ErrorKind::failed,
                fmt::format("SQLite has no sequences: '{}' can't be moved on", sequence.name.name));
  }

  // A COMMIT that fails leaves the transaction open: it ends with the connection, unwritten.
  void commit() override {
    if (unfinished_)
      throw Error(ErrorKind::failed, "not all rows were written: the change is taken back");
    for (const auto& [name, table] : written_) require_parents(table);
    const int code = sqlite3_exec(connection_->handle(), "COMMIT", nullptr, nullptr, nullptr);
    if (code == SQLITE_CONSTRAINT_FOREIGNKEY)
      throw Error(ErrorKind::conflict, "a row refers to a row that is not there");
    if (code != SQLITE_OK) connection_->fail(code);
  }

 private:
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

  // Orphans that are there already are not this change's fault. SQLite's own count of open
  // references alone won't do: a parent that comes for an old orphan would make up for a new one.
  void remember_orphans(const Table& table) {
    connection_->run("CREATE TEMP TABLE IF NOT EXISTS dbkeeper_orphans(child, row, key)");
    Statement before(*connection_,
                     "INSERT INTO temp.dbkeeper_orphans "
                     "SELECT \"table\", rowid, fkid FROM pragma_foreign_key_check(?1, 'main')");
    before.bind(1, table.name.name);
    before.step();
  }

  void require_parents(const Table& table) {
    Statement orphan(*connection_,
                     "SELECT rowid, fkid FROM pragma_foreign_key_check(?1, 'main') AS now "
                     "WHERE NOT EXISTS (SELECT 1 FROM temp.dbkeeper_orphans AS before "
                     "WHERE child = now.\"table\" AND row IS now.rowid AND key = now.fkid)");
    orphan.bind(1, table.name.name);
    if (!orphan.step()) return;
    // SQLite numbers the keys from the last.
    const auto last = static_cast<std::int64_t>(table.foreign_keys.size()) - 1;
    const ForeignKey& key = table.foreign_keys[static_cast<std::size_t>(last - orphan.integer(1))];
    const std::string values =
        orphan.is_null(0) ? std::string() : values_of(table, key, orphan.integer(0));
    throw Error(ErrorKind::conflict,
                fmt::format("a row of '{}' refers by {}{} to a row that '{}' doesn't have",
                            table.name.name, join(key.columns, ", "), values, key.references.name))
        .table(table.name.name)
        .column(join(key.columns, ", "))
        .hint("bring the missing row along, or leave this one out");
  }

  // " 7", " 7, 'x'": what stands in the key's columns.
  std::string values_of(const Table& table, const ForeignKey& key, std::int64_t row) {
    const std::string rowid = rowid_name(table);
    if (rowid.empty()) return {};
    std::vector<std::string> parts;
    for (const std::string& column : key.columns)
      parts.push_back(fmt::format("quote({})", QuotedName(column).sql()));
    Statement values(*connection_,
                     fmt::format("SELECT substr({}, 1, 80) FROM {} WHERE {} = ?1",
                                 join(parts, " || ', ' || "), QuotedName(table.name).sql(), rowid));
    values.bind(1, row);
    return values.step() ? " " + std::string(values.text(0)) : std::string();
  }

  std::unique_ptr<Connection> connection_;
  std::map<TableName, Table> written_;  // those with foreign keys
  bool unfinished_ = false;             // a sink has rows that it hasn't answered for
};

}  // namespace

std::unique_ptr<Transaction> begin_transaction(std::unique_ptr<Connection> connection) {
  return std::make_unique<FileTransaction>(std::move(connection));
}

}  // namespace dbkeeper::sqlite
