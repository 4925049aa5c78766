#include "core/crew.h"

#include <thread>

#include "dbkeeper/base/threads.h"

namespace dbkeeper {

void Crew::run(const std::vector<std::function<void()>>& works) {
  {
    std::vector<std::jthread> threads;
    std::size_t own = 1;  // those before it have a thread; the rest are this one's, with the first
    while (own < works.size() &&
           add_thread(threads, [this, &work = works[own]] { carry_out(work); }))
      ++own;
    if (!works.empty()) carry_out(works.front());
    for (; own < works.size(); ++own) carry_out(works[own]);
  }
  if (failure_) std::rethrow_exception(failure_);
}

std::optional<std::size_t> Crew::take() {
  check();
  const std::size_t part = next_++;
  if (part >= parts_) return std::nullopt;
  return part;
}

void Crew::check() const {
  stop_.check();
  if (failed_) throw Abandoned();
}

void Crew::carry_out(const std::function<void()>& work) noexcept {
  try {
    work();
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!failed_.exchange(true)) failure_ = std::current_exception();
  }
}

}  // namespace dbkeeper
