#include "engines/postgres/write_transaction.h"

namespace dbkeeper::postgres {

WriteTransaction::WriteTransaction(std::shared_ptr<Sessions> sessions)
    : session_(std::move(sessions)) {
  session_->doing(Doing::writing);
  session_->command("BEGIN ISOLATION LEVEL READ COMMITTED");
}

WriteTransaction::~WriteTransaction() {
  if (open_) session_->command_quietly("ROLLBACK");
}

void WriteTransaction::commit() {
  // COMMIT of a failed transaction succeeds, as a ROLLBACK.
  if (PQtransactionStatus(session_->raw()) != PQTRANS_INTRANS)
    throw Error(ErrorKind::failed, "the transaction failed before its commit");
  try {
    session_->commit();
  } catch (const Error&) {
    open_ = session_->alive() && PQtransactionStatus(session_->raw()) != PQTRANS_IDLE;
    throw;
  }
  open_ = false;
}

}  // namespace dbkeeper::postgres
