#include "engines/postgres/canceller.h"

#include <array>
#include <chrono>
#include <system_error>
#include <thread>

namespace dbkeeper::postgres {
namespace {

// A cancel that reaches the server before the statement does is lost: hence again and again.
constexpr std::chrono::milliseconds kAgain{100};

}  // namespace

void Canceller::SendCancels::operator()() const {
  const auto send = [state = state] {
    std::array<char, 256> message;
    PQcancel(state->cancel.get(), message.data(), static_cast<int>(message.size()));
  };
  try {
    std::thread([state = state, send] {
      while (state->busy) {
        send();
        std::this_thread::sleep_for(kAgain);
      }
    }).detach();
  } catch (const std::system_error&) {
    if (state->busy) send();  // once is better than never
  }
}

Canceller::Canceller(PGconn* connection, const Stop& stop)
    : stop_(stop),
      state_(std::make_shared<State>()),
      callback_(stop.token(),
                SendCancels{(state_->cancel.reset(PQgetCancel(connection)), state_)}) {}

void Canceller::enter() {
  state_->busy = true;  // before the check: a request in between sees it
  if (!stop_.requested()) return;
  state_->busy = false;
  stop_.check();
}

void Canceller::leave() noexcept { state_->busy = false; }

}  // namespace dbkeeper::postgres
