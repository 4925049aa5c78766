// The first bytes of an SQLite file (https://www.sqlite.org/fileformat2.html#the_database_header),
// read where SQLite itself only says that it can't.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace dbkeeper::sqlite {

struct FileHeader {
  static constexpr std::size_t kSize = 100;

  bool valid = false;           // it begins as an SQLite file does
  bool wal = false;             // in write-ahead log mode
  std::uint64_t page_size = 0;  // bytes
  std::uint64_t pages = 0;      // 0 where the header's number doesn't count
  std::uint64_t changes = 0;    // how many transactions have written, as far as there is no log
};

// Requires: the file's first kSize bytes, fewer only if it has no more.
FileHeader parse_header(std::string_view bytes);

// Whether the file begins as an SQLite file does; false if it can't be read.
bool is_database_file(const std::filesystem::path& path);

// What a file that isn't an SQLite database seems to be, as a hint for its owner.
std::string guess_content(std::string_view first_bytes);

}  // namespace dbkeeper::sqlite
