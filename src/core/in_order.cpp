#include "core/in_order.h"

#include <utility>

namespace dbkeeper {

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
  } else {
    waiting_bytes_ += text.size();
    waiting_[unit].text += text.view();
  }
  text.clear();
  return true;
}

bool InOrder::finish(std::size_t unit, const RowTotal& total) {
  std::unique_lock lock(mutex_);
  if (failure_) return false;
  waiting_[unit].total = total;
  if (unit == current_) pass_on(lock);
  return true;
}

// What waited of the unit, then the text. Only the thread whose unit it is gets
// here, so that the lock can be given up while it writes.
void InOrder::write_out(std::size_t unit, std::string_view text,
                        std::unique_lock<std::mutex>& lock) {
  const auto found = waiting_.find(unit);
  Buffer earlier;
  if (found != waiting_.end()) std::swap(earlier, found->second.text);
  waiting_bytes_ -= earlier.size();
  lock.unlock();
  changed_.notify_all();
  begin_if_new(unit);
  if (!earlier.empty()) target_.write(earlier.view());
  target_.write(text);
  lock.lock();
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
    const Waiting complete = std::move(found->second);
    waiting_.erase(found);
    waiting_bytes_ -= complete.text.size();
    const std::size_t unit = current_;
    lock.unlock();
    begin_if_new(unit);
    if (!complete.text.empty()) target_.write(complete.text.view());
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
