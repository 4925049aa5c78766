// Ends what the server does for a session once the user asked to stop.
#pragma once

#include <atomic>
#include <memory>
#include <stop_token>

#include "dbkeeper/base/stop.h"
#include "engines/postgres/libpq.h"

namespace dbkeeper::postgres {

// The session calls enter() before it blocks on the server and leave() afterwards; a stop request
// in between sends cancels until it left. They go out from a thread of their own: sending one
// blocks as long as the network pleases, and the thread that waits for signals must not.
class Canceller {
 public:
  // Requires: `connection` is connected; `stop` outlives this.
  Canceller(PGconn* connection, const Stop& stop);

  // Throws Error(interrupted) if a stop was requested already.
  void enter();
  void leave() noexcept;

 private:
  // Shared with the thread, which may outlive the session by the time that a cancel takes.
  struct State {
    RawCancel cancel;
    std::atomic<bool> busy = false;
  };
  struct SendCancels {
    std::shared_ptr<State> state;
    void operator()() const;
  };

  const Stop& stop_;
  std::shared_ptr<State> state_;
  std::stop_callback<SendCancels> callback_;
};

// enter() and leave() as a scope.
class Blocking {
 public:
  explicit Blocking(Canceller& canceller) : canceller_(canceller) { canceller_.enter(); }
  ~Blocking() { canceller_.leave(); }
  Blocking(const Blocking&) = delete;
  Blocking& operator=(const Blocking&) = delete;

 private:
  Canceller& canceller_;
};

}  // namespace dbkeeper::postgres
