// A change of the database, over one session.
#pragma once

#include <memory>
#include <string>

#include "dbkeeper/engines/database.h"
#include "engines/postgres/write_transaction.h"

namespace dbkeeper::postgres {

class PostgresTransaction : public Transaction {
 public:
  explicit PostgresTransaction(std::shared_ptr<Sessions> sessions)
      : session_(std::move(sessions)) {}

  std::unique_ptr<RowSink> insert(const Table& table,
                                  const std::vector<std::string>& columns) override;
  void advance(const Sequence& sequence, std::int64_t value) override;
  void commit() override { session_.commit(); }

 private:
  WriteTransaction session_;
};

}  // namespace dbkeeper::postgres
