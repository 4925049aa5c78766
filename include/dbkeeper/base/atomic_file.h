// A file that appears under its name whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace dbkeeper {

// Written without a name where the file system allows it (so that even a kill leaves nothing), else
// under a hidden temporary one beside the target. Mode 0600. Errors are Error(failed) with the
// path.
class AtomicFile {
 public:
  // A target that is a symbolic link stays one: the file that it leads to is replaced.
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();  // without commit(): leaves nothing behind
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);
  // Flushes to the disk and gives the file its name, replacing a file that has it.
  void commit();
  // The same under the first of the names target, target-2, target-3, … (before its ending) that no
  // file has; which one it was.
  std::filesystem::path commit_as_new();

 private:
  void sync();
  void give_temporary_name();
  bool give_name_if_free(const std::filesystem::path& name);

  std::filesystem::path target_;
  std::filesystem::path temporary_;  // empty while the file has no name
  int fd_ = -1;
};

}  // namespace dbkeeper
