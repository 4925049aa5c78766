// The sessions of one open database: those in use belong to snapshots and transactions, an idle one
// waits for the next.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// Threads: every call may come from any thread.
class Sessions {
 public:
  // Connects the first session, refuses a pooler in transaction mode.
  Sessions(Conninfo conninfo, const OpenOptions& options);

  // An idle session or a new one.
  std::unique_ptr<Session> take();
  // Requires: taken from here. One that isn't idle on the server's side is closed instead.
  void give_back(std::unique_ptr<Session> session) noexcept;

  const OpenOptions& options() const { return options_; }
  const Conninfo& conninfo() const { return conninfo_; }

 private:
  std::unique_ptr<Session> make();

  const Conninfo conninfo_;
  const OpenOptions options_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Session>> idle_;
};

// A session on loan.
class Loan {
 public:
  explicit Loan(std::shared_ptr<Sessions> sessions)
      : sessions_(std::move(sessions)), session_(sessions_->take()) {}
  ~Loan() { sessions_->give_back(std::move(session_)); }
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;

  Session& operator*() const { return *session_; }
  Session* operator->() const { return session_.get(); }
  const std::shared_ptr<Sessions>& sessions() const { return sessions_; }

 private:
  std::shared_ptr<Sessions> sessions_;
  std::unique_ptr<Session> session_;
};

}  // namespace dbkeeper::postgres
