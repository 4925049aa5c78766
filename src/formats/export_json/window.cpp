#include "formats/export_json/window.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace dbkeeper::export_json {
namespace {

constexpr std::size_t kOrdinary = 4 << 20;

}  // namespace

void Window::resize(std::size_t capacity) {
  char* grown = static_cast<char*>(std::realloc(bytes_.get(), capacity));
  if (!grown) throw std::bad_alloc();
  static_cast<void>(bytes_.release());
  bytes_.reset(grown);
  capacity_ = capacity;
}

char* Window::make_room(std::size_t wanted) {
  if (room() < wanted) resize(std::max(size_ + wanted, capacity_ + capacity_ / 2));
  return bytes_.get() + size_;
}

void Window::drop(std::size_t bytes) {
  if (bytes == 0) return;
  std::memmove(bytes_.get(), bytes_.get() + bytes, size_ - bytes);
  size_ -= bytes;
  if (capacity_ > kOrdinary && size_ < kOrdinary / 2) resize(kOrdinary);
}

}  // namespace dbkeeper::export_json
