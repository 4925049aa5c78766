// A file that appears under its name whole or not at all.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/base/background.h"

namespace dbkeeper {

// What becomes of a symbolic link that has the target's name. A name that dbkeeper chose can have
// been guessed by somebody who put a link there: it is replaced itself, and nothing that it leads
// to. Of a name that the user gave the file that it leads to is replaced, as by a shell's `>`; a
// link that the system doesn't let this user follow is an error.
enum class Links { replace, follow };

// Written without a name where the file system allows it (so that even a kill leaves nothing), else
// under a hidden temporary one beside the target. Mode 0600. Errors are Error(failed) with the
// path. Large files are written past the page cache where the file system lets them: copying them
// there costs more than making them, and would push a database out of memory.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target, Links links = Links::replace);
  ~AtomicFile();  // without commit(): leaves nothing behind
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  // What fails of a write may be told by a later one, or by the commit.
  void write(std::string_view bytes);
  // All that was written is on the disk: only the name is missing. Optional before commit(), for
  // who has to know before something else becomes final.
  void sync();
  // Under which it can be read back as long as this lives, before it has its name. Requires:
  // sync().
  std::filesystem::path before_commit() const;
  // Flushes to the disk and gives the file its name, replacing a file that has it.
  void commit();
  // The same, unless a file has the name: then there is none of this one, and that is as it was.
  // Whether it has its name.
  bool commit_if_free();
  // The same under the first of the names target, target-2, target-3, … (before its ending, and
  // before the one under that: shop-2.json.zst) that no file has; which one it was.
  std::filesystem::path commit_as_new();

 private:
  void put(std::string_view block);
  void give_temporary_name();
  bool give_name_if_free(const std::filesystem::path& name);

  std::filesystem::path target_;
  std::filesystem::path temporary_;  // empty while the file has no name
  int fd_ = -1;
  bool past_cache_ = false;
  Background disk_;  // takes what is written; the file outlives it
};

// The hidden temporary files in a folder that processes which were killed left behind, of targets
// whose names `belongs` accepts. One that is being written isn't among them.
std::vector<std::filesystem::path> stale_temporaries(
    const std::filesystem::path& folder,
    const std::function<bool(const std::string& target)>& belongs);

}  // namespace dbkeeper
