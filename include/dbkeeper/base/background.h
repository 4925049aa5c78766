// A stream of bytes that is consumed on a thread of its own while the next ones are made: written
// to a disk, compressed.
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

namespace dbkeeper {

// What is consumed comes in blocks of kBlock bytes, aligned to kAlignment; the last one is shorter.
// One block is filled while another is consumed. Less than a block never starts a thread. What the
// consumer throws is thrown by a later write() or by finish(). One thread at a time.
class Background {
 public:
  static constexpr std::size_t kBlock = 1 << 20;
  static constexpr std::size_t kAlignment = 4096;
  using Consume = std::function<void(std::string_view block)>;

  explicit Background(Consume consume) : consume_(std::move(consume)) {}
  ~Background() { stop(); }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  void write(std::string_view bytes);
  // Returns when all has been consumed.
  void finish();
  // Drops what was not consumed yet and waits for what is being consumed.
  void stop() noexcept;

 private:
  struct Free {
    void operator()(char* block) const { std::free(block); }
  };

  void hand_over();
  void wait_until_idle(std::unique_lock<std::mutex>& lock);
  void work();

  const Consume consume_;
  std::array<std::unique_ptr<char, Free>, 2> blocks_;
  std::size_t filling_ = 0;
  std::size_t filled_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::size_t> to_consume_;  // a block
  bool done_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace dbkeeper
