#include "core/crew.h"

#include <thread>

namespace dbkeeper {

void Crew::run(const std::vector<std::function<void()>>& works) {
  {
    std::vector<std::jthread> threads;
    try {
      for (std::size_t i = 1; i < works.size(); ++i)
        threads.emplace_back([this, &work = works[i]] { carry_out(work); });
    } catch (...) {
      failed_ = true;  // no more threads: those that run are to end
      throw;
    }
    if (!works.empty()) carry_out(works.front());
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
