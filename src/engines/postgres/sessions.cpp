#include "engines/postgres/sessions.h"

#include "engines/postgres/pooler.h"

namespace dbkeeper::postgres {

Sessions::Sessions(Conninfo conninfo, const OpenOptions& options)
    : conninfo_(std::move(conninfo)), options_(options) {
  auto first = std::make_unique<Session>(conninfo_, options_);
  refuse_transaction_pooler(*first, conninfo_, options_);
  first->apply_settings(conninfo_);
  idle_.push_back(std::move(first));
}

std::unique_ptr<Session> Sessions::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto session = std::move(idle_.back());
      idle_.pop_back();
      return session;
    }
  }
  return make();
}

void Sessions::give_back(std::unique_ptr<Session> session) noexcept {
  if (!session || !session->alive()) return;
  if (PQtransactionStatus(session->raw()) != PQTRANS_IDLE) return;
  session->doing(Doing::reading);
  try {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(session));
  } catch (...) {
    // Closing it is as good.
  }
}

std::unique_ptr<Session> Sessions::make() {
  auto session = std::make_unique<Session>(conninfo_, options_);
  session->apply_settings(conninfo_);
  return session;
}

}  // namespace dbkeeper::postgres
