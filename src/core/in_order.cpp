#include "core/in_order.h"

#include <utility>

namespace dbkeeper {
namespace {

constexpr std::size_t kSpares = 16;
constexpr std::size_t kRoomKept = 2 << 20;  // by each

}  // namespace

InOrder::InOrder(std::size_t units, std::size_t room, Target target)
    : units_(units), room_(room), target_(std::move(target)) {}

std::optional<std::size_t> InOrder::take() {
  const std::lock_guard lock(mutex_);
  if (failure_ || next_ == units_) return std::nullopt;
  return next_++;
}

bool InOrder::add(std::size_t unit, Buffer& text) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    return failure_ || unit == current_ || waiting_bytes_ + text.size() <= room_ ||
           waiting_bytes_ == 0;
  });
  if (failure_) return false;
  if (unit == current_) {
    write_out(unit, text.view(), lock);
    text.clear(kRoomKept);
    return true;
  }
  waiting_bytes_ += text.size();
  Buffer next;
  if (!spare_.empty()) {
    std::swap(next, spare_.back());
    spare_.pop_back();
  }
  waiting_[unit].texts.push_back(std::exchange(text, std::move(next)));
  return true;
}

bool InOrder::finish(std::size_t unit, const RowTotal& total) {
  std::unique_lock lock(mutex_);
  if (failure_) return false;
  waiting_[unit].total = total;
  if (unit == current_) pass_on(lock);
  return true;
}

// What waited of the unit, then the text. Only the thread whose unit it is gets here, so that the
// lock can be given up while it writes.
void InOrder::write_out(std::size_t unit, std::string_view text,
                        std::unique_lock<std::mutex>& lock) {
  std::vector<Buffer> earlier;
  if (const auto found = waiting_.find(unit); found != waiting_.end())
    std::swap(earlier, found->second.texts);
  lock.unlock();
  begin_if_new(unit);
  write_all(earlier);
  target_.write(text);
  lock.lock();
}

// Without the lock held.
void InOrder::write_all(std::vector<Buffer>& texts) {
  std::size_t bytes = 0;
  for (Buffer& text : texts) {
    target_.write(text.view());
    bytes += text.size();
    text.clear(kRoomKept);
  }
  if (texts.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    waiting_bytes_ -= bytes;
    for (Buffer& text : texts)
      if (spare_.size() < kSpares) spare_.push_back(std::move(text));
  }
  changed_.notify_all();
}

void InOrder::begin_if_new(std::size_t unit) {
  if (begun_ == unit) return;
  begun_ = unit;
  target_.begin(unit);
}

// Writes every unit that is complete, from the current one on. Whoever
// completes the current unit does this; until the turn has passed to one that
// is not complete, nobody else writes.
void InOrder::pass_on(std::unique_lock<std::mutex>& lock) {
  for (auto found = waiting_.find(current_); found != waiting_.end() && found->second.total;
       found = waiting_.find(current_)) {
    Waiting complete = std::move(found->second);
    waiting_.erase(found);
    const std::size_t unit = current_;
    lock.unlock();
    begin_if_new(unit);
    write_all(complete.texts);
    target_.end(unit, *complete.total);
    lock.lock();
    ++current_;
  }
  changed_.notify_all();
}

void InOrder::fail(std::exception_ptr failure) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
  }
  changed_.notify_all();
}

void InOrder::rethrow_failure() const {
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace dbkeeper
