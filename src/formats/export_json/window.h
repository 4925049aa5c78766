// A stretch of a long text: bytes are added behind it and dropped before it.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace dbkeeper::export_json {

// Grows without copying where the system can remap memory: of a row of 200 MB there is one copy.
class Window {
 public:
  // Room for at least `wanted` more bytes behind it; how many there are is in `room()`.
  char* make_room(std::size_t wanted);
  std::size_t room() const { return capacity_ - size_; }
  // Requires: as many were written to the room.
  void added(std::size_t bytes) { size_ += bytes; }
  // Drops bytes at the front, and memory that only a huge value needed.
  void drop(std::size_t bytes);

  std::string_view text() const { return {bytes_.get(), size_}; }
  std::size_t size() const { return size_; }
  char operator[](std::size_t at) const { return bytes_.get()[at]; }

 private:
  void resize(std::size_t capacity);

  struct Free {
    void operator()(char* bytes) const { std::free(bytes); }
  };
  std::unique_ptr<char, Free> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace dbkeeper::export_json
