// Several threads at one piece of work that comes in numbered parts: whoever is free takes the
// next one. The first failure, or a stop, ends everybody's work.
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "dbkeeper/base/stop.h"

namespace dbkeeper {

class Crew {
 public:
  // The stop outlives it.
  Crew(std::size_t parts, const Stop& stop) : parts_(parts), stop_(stop) {}

  // Runs a worker for each of `works`, the first one in the calling thread, as well as those for
  // which the system has no thread, one after the other; waits for all, and throws the first
  // failure.
  void run(const std::vector<std::function<void()>>& works);

  // For the workers: the next part that nobody has begun; none once all are.
  std::optional<std::size_t> take();
  // To be called now and then within a part: throws where the work is to end.
  void check() const;

 private:
  // Thrown only to unwind: somebody else's failure is the one that counts.
  struct Abandoned {};

  void carry_out(const std::function<void()>& work) noexcept;

  const std::size_t parts_;
  const Stop& stop_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::exception_ptr failure_;
};

}  // namespace dbkeeper
