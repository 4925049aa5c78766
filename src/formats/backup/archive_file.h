// A backup's file, read at any place.
#pragma once

#include <time.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace dbkeeper::backup {

// Threads: all but the constructor may be called from any.
class ArchiveFile {
 public:
  // Error(input) if there is none, or it isn't a file.
  explicit ArchiveFile(std::filesystem::path path);
  ArchiveFile(const ArchiveFile&) = delete;
  ArchiveFile& operator=(const ArchiveFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::uint64_t size() const { return size_; }
  // "'shop.dbk'"
  std::string shown() const { return "'" + path_.string() + "'"; }

  // Whether its path still leads to this very file, and nobody has written to it since.
  bool is_untouched() const;

  // Exactly so many bytes. Requires: at + size <= size().
  std::string read(std::uint64_t at, std::size_t size) const;

 private:
  // Closed by whatever ends, the constructor included.
  struct Descriptor {
    ~Descriptor();
    int number = -1;
  };

  [[noreturn]] void fail(int error) const;

  std::filesystem::path path_;
  Descriptor fd_;
  std::uint64_t size_ = 0;
  timespec written_{};
};

// What is wrong with a file that has no sound end, by going through it from its beginning:
// "'shop.dbk' is truncated: it ends within 'data/000003/00000001.bin.zst'".
std::string what_ails(const ArchiveFile& file);

}  // namespace dbkeeper::backup
