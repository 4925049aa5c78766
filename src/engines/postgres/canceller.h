// Ends what the server does for a session once the user asked to stop, and the session itself
// where the server doesn't answer.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>

#include "dbkeeper/base/stop.h"
#include "engines/postgres/libpq.h"

namespace dbkeeper::postgres {

// A session says before each call of libpq that waits for the server what kind it is. Once a stop
// was requested, a call at work is cancelled until it returns; what hasn't returned after some
// seconds, tidying up included, finds its connection cut: the server rolls back by itself. Both
// happen in threads of their own: sending a cancel blocks as long as the network pleases, and the
// thread that waits for signals must not.
class Canceller {
 public:
  // Requires: `connection` is connected, and lives longer than this; so does `stop`.
  Canceller(PGconn* connection, const Stop& stop);
  ~Canceller();
  Canceller(const Canceller&) = delete;
  Canceller& operator=(const Canceller&) = delete;

  // Throws Error(interrupted) if a stop was requested already.
  void begin_work();
  // Whatever was requested. After a stop the call has `patience`, but as long as one at work.
  void begin_tidying(std::chrono::milliseconds patience) noexcept;
  void end() noexcept;

  // Cancels the call at work, which still has to be ended. Doesn't wait.
  void cancel() noexcept;

 private:
  using Clock = std::chrono::steady_clock;
  enum class Call { none, work, tidying };
  // Shared with the threads, which may outlive the session by the time that a cancel takes.
  struct State;
  struct OnStop {
    std::shared_ptr<State> state;
    void operator()() const noexcept;
  };
  static void start_cancelling(const std::shared_ptr<State>& state);

  const Stop& stop_;
  std::shared_ptr<State> state_;
  std::stop_callback<OnStop> callback_;
};

// A call at work, as a scope.
class Blocking {
 public:
  explicit Blocking(Canceller& canceller) : canceller_(canceller) { canceller_.begin_work(); }
  ~Blocking() { canceller_.end(); }
  Blocking(const Blocking&) = delete;
  Blocking& operator=(const Blocking&) = delete;

 private:
  Canceller& canceller_;
};

// Calls that tidy up, while unwinding say, as a scope.
class Tidying {
 public:
  // Enough for a server that answers at all: there may be many sessions.
  static constexpr std::chrono::milliseconds kPatience{200};

  explicit Tidying(Canceller& canceller, std::chrono::milliseconds patience = kPatience) noexcept
      : canceller_(canceller) {
    canceller_.begin_tidying(patience);
  }
  ~Tidying() { canceller_.end(); }
  Tidying(const Tidying&) = delete;
  Tidying& operator=(const Tidying&) = delete;

 private:
  Canceller& canceller_;
};

}  // namespace dbkeeper::postgres
