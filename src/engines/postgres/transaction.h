// A change of the database, over one session.
#pragma once

#include <memory>
#include <string>

#include "dbkeeper/engines/database.h"
#include "engines/postgres/sessions.h"

namespace dbkeeper::postgres {

class PostgresTransaction : public Transaction {
 public:
  explicit PostgresTransaction(std::shared_ptr<Sessions> sessions);
  ~PostgresTransaction() override;

  std::unique_ptr<RowSink> insert(const Table& table,
                                  const std::vector<std::string>& columns) override;
  void advance(const Sequence& sequence, std::int64_t value) override;
  void commit() override;

 private:
  Loan session_;
  bool open_ = true;
};

}  // namespace dbkeeper::postgres
