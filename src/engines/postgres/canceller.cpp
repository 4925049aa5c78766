#include "engines/postgres/canceller.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

namespace dbkeeper::postgres {
namespace {

using std::chrono::milliseconds;

// A cancel that reaches the server before the statement does is lost: hence again and again.
constexpr milliseconds kAgain{100};
// How long after the stop a call may take. `docker stop` kills after ten seconds, and there are
// more sessions than one to end by then.
constexpr milliseconds kPatience{3000};

}  // namespace

struct Canceller::State {
  RawCancel cancel;
  int socket = -1;
  std::mutex mutex;
  std::condition_variable changed;
  Call call = Call::none;
  std::uint64_t number = 0;     // of the call
  std::uint64_t cancelled = 0;  // the number of the call that a thread cancels, or has
  bool sending = false;         // a cancel is on its way, for whatever the session does by then
  bool closed = false;          // the session is gone or cut: its socket may be another's
  std::optional<Clock::time_point> stopped;
  Clock::time_point give_up;  // once stopped

  // Each requires: the mutex is held.
  void cut() noexcept {
    if (!closed) ::shutdown(socket, SHUT_RDWR);
    closed = true;
  }
  void begin(Call what, std::unique_lock<std::mutex>& lock) noexcept {
    // A late cancel would end what begins now.
    if (!changed.wait_for(lock, kPatience, [this] { return !sending || closed; })) cut();
    call = what;
    ++number;
  }
  bool is_at_work(std::uint64_t on) const { return call == Call::work && number == on; }

  void send_cancels(std::uint64_t on) noexcept;
  void watch() noexcept;
};

void Canceller::State::send_cancels(std::uint64_t on) noexcept {
  std::array<char, 256> message;
  std::unique_lock lock(mutex);
  while (is_at_work(on)) {
    sending = true;
    lock.unlock();
    PQcancel(cancel.get(), message.data(), static_cast<int>(message.size()));
    lock.lock();
    sending = false;
    changed.notify_all();
    changed.wait_for(lock, kAgain, [&] { return !is_at_work(on); });
  }
}

// Until the session is gone.
void Canceller::State::watch() noexcept {
  std::unique_lock lock(mutex);
  while (!closed)
    if (call == Call::none)
      changed.wait(lock);
    else if (Clock::now() >= give_up)
      cut();
    else
      changed.wait_until(lock, give_up);
}

Canceller::Canceller(PGconn* connection, const Stop& stop)
    : stop_(stop),
      state_(std::make_shared<State>()),
      callback_(stop.token(), OnStop{(state_->cancel.reset(PQgetCancel(connection)),
                                      state_->socket = PQsocket(connection), state_)}) {}

Canceller::~Canceller() {
  const std::lock_guard lock(state_->mutex);
  state_->closed = true;
  state_->changed.notify_all();
}

// Requires: the mutex is held.
void Canceller::start_cancelling(const std::shared_ptr<State>& state) {
  if (state->call != Call::work || state->cancelled == state->number) return;
  std::thread([state, on = state->number] { state->send_cancels(on); }).detach();
  state->cancelled = state->number;
}

void Canceller::OnStop::operator()() const noexcept {
  const std::lock_guard lock(state->mutex);
  state->stopped = Clock::now();
  state->give_up = *state->stopped + kPatience;
  try {
    std::thread([state = state] { state->watch(); }).detach();
    start_cancelling(state);
  } catch (const std::exception&) {  // no thread is to be had
    state->cut();
  }
}

void Canceller::begin_work() {
  {
    std::unique_lock lock(state_->mutex);
    state_->begin(Call::work, lock);  // before the check: a request in between sees it
  }
  if (!stop_.requested()) return;
  end();
  stop_.check();
}

void Canceller::begin_tidying(milliseconds patience) noexcept {
  std::unique_lock lock(state_->mutex);
  state_->begin(Call::tidying, lock);
  if (!state_->stopped) return;
  state_->give_up = std::max(*state_->stopped + kPatience, Clock::now() + patience);
  state_->changed.notify_all();
}

void Canceller::end() noexcept {
  const std::lock_guard lock(state_->mutex);
  state_->call = Call::none;
  state_->changed.notify_all();
}

void Canceller::cancel() noexcept {
  const std::lock_guard lock(state_->mutex);
  try {
    start_cancelling(state_);
  } catch (const std::exception&) {
    state_->cut();
  }
}

}  // namespace dbkeeper::postgres
