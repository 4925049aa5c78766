// Which files are in use by a dbkeeper, this one or another: so that none removes what another
// reads or writes. Told by advisory locks, which are gone with the process that had them, whatever
// ends it.
#pragma once

#include <filesystem>

namespace dbkeeper {

// A file is in use as long as this lives. Where it can't be opened, or its file system has no
// locks, nothing is marked and nothing fails.
class FileUse {
 public:
  explicit FileUse(const std::filesystem::path& file);
  ~FileUse();
  FileUse(const FileUse&) = delete;
  FileUse& operator=(const FileUse&) = delete;

 private:
  int fd_ = -1;
};

// Whether a FileUse (or an AtomicFile, of its temporary name) is alive in any process of this
// machine. One that can't be opened isn't.
bool in_use(const std::filesystem::path& file);

}  // namespace dbkeeper
