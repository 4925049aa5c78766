// Where an export goes: a file that appears when it is complete, a pipe or device, standard output;
// compressed if its name ends in .zst.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "dbkeeper/base/atomic_file.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/formats/zstd.h"

namespace dbkeeper {

class ExportTarget {
 public:
  // `where`: a file, `-` for standard output, a folder for the default name in it, empty for the
  // default name in the current folder. Opens it, or throws Error(failed) with the path, or
  // Error(refused) if it is a file's name that may not be replaced.
  // The stop outlives it.
  ExportTarget(const std::string& where, const std::string& database, bool overwrite,
               const Stop& stop);
  ~ExportTarget();  // without commit(): no file
  ExportTarget(const ExportTarget&) = delete;
  ExportTarget& operator=(const ExportTarget&) = delete;

  void write(std::string_view text);
  // All of it is where it has to be, but for the name: what can fail for want of room fails here.
  // Optional before commit().
  void complete();
  // Completes it. The name that it has now; empty for standard output. Error(refused) if a file
  // that may not be replaced has appeared there.
  std::string commit();
  // The same for who can't go back: such a file is let be, and this one gets another name.
  std::string commit_beside();

  // Of what was written, compressed if it is.
  std::uint64_t bytes() const { return bytes_; }

 private:
  void open(const std::string& where, const std::string& database);
  void put(std::string_view bytes);

  const Stop& stop_;
  std::filesystem::path path_;  // empty for standard output
  std::optional<AtomicFile> file_;
  bool named_ = true;  // by the user
  const bool overwrite_;
  int stream_ = -1;  // where there is no file to appear
  std::optional<ZstdWriter> compressor_;
  bool complete_ = false;
  std::uint64_t bytes_ = 0;
};

// A database's name as a file's name can begin with it: it may be named as no file can be, or like
// an option.
std::string file_name_of(const std::string& database);

}  // namespace dbkeeper
