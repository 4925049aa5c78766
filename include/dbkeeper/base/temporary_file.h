// Room on the disk for what doesn't belong into memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dbkeeper {

// A file without a name, in $TMPDIR or else /tmp: gone with the process, whatever ends it. Errors
// are Error(failed) with the folder.
class TemporaryFile {
 public:
  // `content`: what it will hold, for messages: "the rows' digests".
  explicit TemporaryFile(std::string content);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void append(std::string_view bytes);
  std::uint64_t size() const { return size_; }
  // Fills at most `size` bytes with those from `at` on; 0 at the end.
  std::size_t read(std::uint64_t at, char* buffer, std::size_t size) const;

 private:
  void open_named();
  [[noreturn]] void fail(int error) const;

  std::string content_;
  std::string folder_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace dbkeeper
