// Puts into one order what several threads make side by side: pieces of
// numbered units, of which only the lowest unfinished one is written at once
// and the others wait in a bounded room.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "dbkeeper/base/buffer.h"
#include "dbkeeper/formats/export_writer.h"

namespace dbkeeper {

class InOrder {
 public:
  // What is done with the pieces; one thread at a time, in the order of units.
  struct Target {
    std::function<void(std::size_t unit)> begin;
    std::function<void(std::string_view text)> write;
    std::function<void(std::size_t unit, const RowTotal& total)> end;
  };

  // `units` in all; up to `room` bytes may wait.
  InOrder(std::size_t units, std::size_t room, Target target);

  // The next unit that nobody has begun; none once all are, or work has failed.
  std::optional<std::size_t> take();

  // Takes the text over and leaves an empty one. Waits while the room is full
  // and it isn't this unit's turn. False: somebody else's work has failed,
  // stop.
  bool add(std::size_t unit, Buffer& text);
  bool finish(std::size_t unit, const RowTotal& total);

  // Ends everybody's work; the first failure is the one that counts.
  void fail(std::exception_ptr failure);
  // Throws it. Requires: all threads have ended.
  void rethrow_failure() const;

 private:
  struct Waiting {
    std::vector<Buffer> texts;
    std::optional<RowTotal> total;  // once the unit is complete
  };

  void write_out(std::size_t unit, std::string_view text, std::unique_lock<std::mutex>& lock);
  void write_all(std::vector<Buffer>& texts);
  void begin_if_new(std::size_t unit);
  void pass_on(std::unique_lock<std::mutex>& lock);

  const std::size_t units_;
  const std::size_t room_;
  const Target target_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t next_ = 0;     // to be begun
  std::size_t current_ = 0;  // whose turn it is to be written
  std::optional<std::size_t> begun_;
  std::map<std::size_t, Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::vector<Buffer> spare_;  // room for texts, to be used again
  std::exception_ptr failure_;
};

}  // namespace dbkeeper
