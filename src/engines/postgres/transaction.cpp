#include "engines/postgres/transaction.h"

#include <fmt/format.h>

#include "engines/postgres/copy_in.h"
#include "engines/postgres/lock_holder.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {

PostgresTransaction::PostgresTransaction(std::shared_ptr<Sessions> sessions)
    : session_(std::move(sessions)) {
  session_->doing(Doing::writing);
  session_->command("BEGIN ISOLATION LEVEL READ COMMITTED");
}

PostgresTransaction::~PostgresTransaction() {
  if (open_) session_->command_quietly("ROLLBACK");
}

std::unique_ptr<RowSink> PostgresTransaction::insert(const Table& table,
                                                     const std::vector<std::string>& columns) {
  try {
    return std::make_unique<CopySink>(*session_, table, columns);
  } catch (const Error& error) {
    throw with_lock_holder(error, table.name, *session_.sessions());
  }
}

// setval is at once and for all, whatever becomes of the transaction; so is each nextval of others.
// Between the look and the move a number may be given out, by no more than what others draw in the
// same instant: the look is part of the same statement.
void PostgresTransaction::advance(const Sequence& sequence, std::int64_t value) {
  const bool up = sequence.increment > 0;
  const std::string name = QuotedName(sequence.name).sql();
  session_->query(fmt::format(
      "SELECT pg_catalog.setval({0}::pg_catalog.regclass, {1}) FROM {2} s "
      "WHERE CASE WHEN s.is_called THEN s.last_value {3} {1} ELSE s.last_value {3}= {1} END",
      literal(name), value, name, up ? "<" : ">"));
}

void PostgresTransaction::commit() {
  // COMMIT of a failed transaction succeeds, as a ROLLBACK.
  if (PQtransactionStatus(session_->raw()) != PQTRANS_INTRANS)
    throw Error(ErrorKind::failed, "the transaction failed before its commit");
  try {
    session_->command("COMMIT");
  } catch (const Error&) {
    open_ = session_->alive() && PQtransactionStatus(session_->raw()) != PQTRANS_IDLE;
    if (session_->alive()) throw;
    throw Error(ErrorKind::failed,
                "the connection was lost during the commit: whether the change is in the database "
                "is not known")
        .hint("look into the database before you try again");
  }
  open_ = false;
}

}  // namespace dbkeeper::postgres
