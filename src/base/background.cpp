#include "dbkeeper/base/background.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "dbkeeper/base/threads.h"

namespace dbkeeper {

void Background::stop() noexcept {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Background::write(std::string_view bytes) {
  while (!bytes.empty()) {
    auto& block = blocks_[filling_];
    if (!block) block.reset(static_cast<char*>(std::aligned_alloc(kAlignment, kBlock)));
    if (!block) throw std::bad_alloc();
    const std::size_t count = std::min(bytes.size(), kBlock - filled_);
    std::memcpy(block.get() + filled_, bytes.data(), count);
    bytes.remove_prefix(count);
    filled_ += count;
    if (filled_ == kBlock) hand_over();
  }
}

void Background::wait_until_idle(std::unique_lock<std::mutex>& lock) {
  changed_.wait(lock, [this] { return !to_consume_; });
  if (failure_) std::rethrow_exception(failure_);
}

// Gives the full block to the thread, once it is through with the one before.
void Background::hand_over() {
  if (!thread_.joinable() &&
      !start_thread(thread_, [this] { work(); })) {  // no thread to be had: it is done here
    consume_({blocks_[filling_].get(), kBlock});
    filled_ = 0;
    return;
  }
  std::unique_lock lock(mutex_);
  wait_until_idle(lock);
  to_consume_ = filling_;
  filling_ = 1 - filling_;
  filled_ = 0;
  changed_.notify_all();
}

void Background::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return to_consume_ || done_; });
    if (done_) return;
    const std::string_view block(blocks_[*to_consume_].get(), kBlock);
    lock.unlock();
    std::exception_ptr failure;
    try {
      consume_(block);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    failure_ = failure;
    to_consume_.reset();
    changed_.notify_all();
    if (failure) return;
  }
}

void Background::finish() {
  if (thread_.joinable()) {
    std::unique_lock lock(mutex_);
    wait_until_idle(lock);
  }
  if (filled_ > 0) consume_({blocks_[filling_].get(), filled_});
  filled_ = 0;
}

}  // namespace dbkeeper
