// What a transaction has written, compared with an image at the last moment before it counts: when
// SQLite asks the system to put it on the disk. Then all of it is in the file, or its log, and the
// transaction can still be taken back.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engines/sqlite/connection.h"
#include "engines/sqlite/image_file.h"
#include "engines/sqlite/page_copy.h"

namespace dbkeeper::sqlite {

// Threads: the one that made it, and one at a time.
class WriteProof {
 public:
  // From now on what `pages`, a copy of the image, makes permanent in `target` has to be the
  // image's content; else SQLite is told that the disk failed. Requires: the copy has locked the
  // target, which syncs. All of them outlive it.
  WriteProof(const PageCopy& pages, Connection& target, const ImageFile& image, bool log);
  ~WriteProof();
  WriteProof(const WriteProof&) = delete;
  WriteProof& operator=(const WriteProof&) = delete;

  // Whether it was compared, and the same.
  bool holds() const { return state_ == State::proven; }
  // Whether it was compared, and another.
  bool broken() const { return state_ == State::broken; }

 private:
  enum class State { waiting, proven, broken };

  static int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at);
  static int sync(sqlite3_file* file, int flags);
  void note(const void* bytes, int size, sqlite3_int64 at);
  int judge();
  bool file_holds() const;
  bool log_holds() const;
  std::int64_t frame_size() const;
  sqlite3_int64 place_of(std::uint32_t frame) const;
  bool same(std::uint64_t at, std::string_view written) const;
  bool read(sqlite3_int64 at, std::string& bytes) const;

  const PageCopy& pages_;
  const ImageFile& image_;
  const bool log_;
  const std::uint64_t bytes_;
  std::uint64_t page_ = 0;
  sqlite3_file* file_ = nullptr;  // the database's, or its log's
  const sqlite3_io_methods* methods_ = nullptr;
  sqlite3_io_methods ours_ = {};
  std::vector<std::uint32_t> frames_;  // of each page: the number of its frame in the log, from 1
  std::uint32_t last_frame_ = 0;
  State state_ = State::waiting;
};

}  // namespace dbkeeper::sqlite
