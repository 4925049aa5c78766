#include "engines/sqlite/transaction.h"

#include <fmt/format.h>

#include "dbkeeper/base/error.h"
#include "engines/sqlite/commit.h"
#include "engines/sqlite/foreign_key_watch.h"
#include "engines/sqlite/rows.h"

namespace dbkeeper::sqlite {
namespace {

class FileTransaction final : public Transaction {
 public:
  explicit FileTransaction(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)), foreign_keys_(*connection_) {
    // Room for the inner pages of a few indexes that grow at random.
    connection_->run("PRAGMA cache_size=-16000");
    connection_->run("BEGIN IMMEDIATE");
    // Parents may come after their children.
    connection_->run("PRAGMA defer_foreign_keys=ON");
  }

  std::unique_ptr<RowSink> insert(const Table& table,
                                  const std::vector<std::string>& columns) override {
    foreign_keys_.watch(table);
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
    foreign_keys_.check();
    connection_->require_exact_order();
    const int code = commit_transaction(*connection_);
    if (code == SQLITE_CONSTRAINT_FOREIGNKEY)
      throw Error(ErrorKind::conflict, "a row refers to a row that is not there");
    if (code != SQLITE_OK) connection_->fail(code);
  }

 private:
  std::unique_ptr<Connection> connection_;
  ForeignKeyWatch foreign_keys_;
  bool unfinished_ = false;  // a sink has rows that it hasn't answered for
};

}  // namespace

std::unique_ptr<Transaction> begin_transaction(std::unique_ptr<Connection> connection) {
  return std::make_unique<FileTransaction>(std::move(connection));
}

}  // namespace dbkeeper::sqlite
