// Bytes that grow at their end: what std::string is for, without filling room
// that is about to be written to. For the paths on which every value of a
// database travels.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace dbkeeper {

class Buffer {
 public:
  // `size` more bytes at the end, of no particular value yet. Valid until the
  // next growth.
  char* grow(std::size_t size) {
    if (capacity_ - size_ < size) make_room(size);
    char* const begin = bytes_.get() + size_;
    size_ += size;
    return begin;
  }
  // Room for `size` bytes, of which shorten_to() takes back what wasn't used.
  void shorten_to(std::size_t size) { size_ = size; }

  Buffer& operator+=(std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(grow(bytes.size()), bytes.data(), bytes.size());
    return *this;
  }
  Buffer& operator+=(char byte) {
    *grow(1) = byte;
    return *this;
  }

  void clear() { size_ = 0; }
  // Empties it, and gives its room back if that is more than `capacity`.
  void clear(std::size_t capacity) {
    size_ = 0;
    if (capacity_ <= capacity) return;
    bytes_.reset();
    capacity_ = 0;
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  char* data() { return bytes_.get(); }
  const char* data() const { return bytes_.get(); }
  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  void make_room(std::size_t more) {
    // Large values come alone: twice their room would be for nothing, but not
    // what follows them.
    constexpr std::size_t kLarge = 16 << 20;
    const std::size_t needed = size_ + more;
    const std::size_t capacity =
        needed < kLarge ? std::max(needed, 2 * capacity_ + 64) : needed + needed / 8;
    auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ > 0) std::memcpy(bytes.get(), bytes_.get(), size_);
    bytes_ = std::move(bytes);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace dbkeeper
