#include "dbkeeper/base/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/file_use.h"
#include "dbkeeper/base/write.h"

namespace dbkeeper {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const char* what, const fs::path& path) {
  const int cause = errno;
  throw Error(ErrorKind::failed,
              std::string("cannot ") + what + " '" + path.string() + "': " + std::strerror(cause))
      .hint(cause == ENOSPC ? "free some space and run it again; nothing was left behind"
                            : "check that the folder exists and can be written to");
}

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

constexpr std::string_view kTemporary = ".part";

fs::path temporary_name(const fs::path& target) {
  return folder_of(target) / ("." + target.filename().string() + "." + std::to_string(::getpid()) +
                              std::string(kTemporary));
}

// The target's name of a temporary one; empty if it is none.
std::string target_of(std::string_view name) {
  if (!name.starts_with('.') || !name.ends_with(kTemporary)) return "";
  name = name.substr(1, name.size() - 1 - kTemporary.size());
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot + 1 == name.size()) return "";
  const std::string_view process = name.substr(dot + 1);
  if (process.find_first_not_of("0123456789") != std::string_view::npos) return "";
  return std::string(name.substr(0, dot));
}

// It has a name before it has its lock.
bool may_be_new(const fs::path& file) {
  constexpr std::chrono::minutes kMoment{1};
  std::error_code error;
  const auto time = fs::last_write_time(file, error);
  return !error && fs::file_time_type::clock::now() - time < kMoment;
}

void sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);  // not every file system offers it for folders
  ::close(fd);
}

// Whether the file system lets it.
bool set_past_cache(int fd, bool past) {
  const int flags = ::fcntl(fd, F_GETFL);
  return flags >= 0 && ::fcntl(fd, F_SETFL, past ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

// Found out with the system's consent, which it withholds in folders such as /tmp. A link that
// leads nowhere stands for itself.
fs::path behind_links(const fs::path& path) {
  std::error_code error;
  if (!fs::is_symlink(path, error)) return path;
  const int fd = ::open(path.c_str(), O_PATH | O_CLOEXEC);
  if (fd < 0 && errno != ENOENT) fail("follow the symbolic link", path);
  if (fd >= 0) ::close(fd);
  fs::path real = fs::weakly_canonical(path, error);
  return error ? path : real;
}

// Where the ending begins; what says how a file is compressed is no ending by itself.
std::size_t ending_of(const std::string& file) {
  constexpr std::string_view kCompressed = ".zst";
  const bool compressed = file.ends_with(kCompressed);
  const std::size_t end = file.size() - (compressed ? kCompressed.size() : 0);
  return std::min(file.rfind('.', end == 0 ? 0 : end - 1), end);
}

// "shop_export_….json", "shop_export_…-2.json", …
fs::path numbered(const fs::path& name, int number) {
  if (number == 1) return name;
  const std::string file = name.filename().string();
  const std::size_t ending = ending_of(file);
  return folder_of(name) /
         (file.substr(0, ending) + "-" + std::to_string(number) + file.substr(ending));
}

}  // namespace

AtomicFile::AtomicFile(fs::path target, Links links)
    : target_(links == Links::follow ? behind_links(target) : std::move(target)),
      disk_([this](std::string_view block) { put(block); }) {
  fd_ = ::open(folder_of(target_).c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
  if (fd_ < 0) {
    const fs::path name = temporary_name(target_);
    fd_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd_ < 0) fail("write", target_);
    temporary_ = name;
  }
  ::flock(fd_, LOCK_SH | LOCK_NB);  // it is in_use(), whatever name it has meanwhile
}

AtomicFile::~AtomicFile() {
  disk_.stop();
  if (fd_ >= 0) ::close(fd_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) { disk_.write(bytes); }

void AtomicFile::put(std::string_view block) {
  // Whole blocks alone can go past the cache.
  const bool past = block.size() == Background::kBlock;
  if (past != past_cache_) past_cache_ = set_past_cache(fd_, past) && past;
  errno = write_whole(fd_, block);
  // Some file systems accept the wish and refuse the write.
  if (errno == EINVAL && past_cache_ && set_past_cache(fd_, false)) {
    past_cache_ = false;
    errno = write_whole(fd_, block);
  }
  if (errno != 0) fail("write", target_);
}

void AtomicFile::sync() {
  disk_.finish();
  if (::fsync(fd_) != 0) fail("write", target_);
}

fs::path AtomicFile::before_commit() const { return "/proc/self/fd/" + std::to_string(fd_); }

void AtomicFile::give_temporary_name() {
  if (!temporary_.empty()) return;
  const fs::path name = temporary_name(target_);
  ::unlink(name.c_str());  // of a run that was killed, and had our number
  if (::linkat(AT_FDCWD, before_commit().c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0)
    fail("write", target_);
  temporary_ = name;
}

void AtomicFile::commit() {
  sync();
  give_temporary_name();
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("write", target_);
  temporary_.clear();
  sync_folder(folder_of(target_));
}

bool AtomicFile::commit_if_free() {
  sync();
  give_temporary_name();
  if (!give_name_if_free(target_)) return false;
  temporary_.clear();
  sync_folder(folder_of(target_));
  return true;
}

bool AtomicFile::give_name_if_free(const fs::path& name) {
  if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE) == 0)
    return true;
  if (errno == EEXIST) return false;
  if (errno != EINVAL && errno != ENOSYS) fail("write", name);
  // A file system that can't rename so can link.
  if (::link(temporary_.c_str(), name.c_str()) != 0) {
    if (errno == EEXIST) return false;
    fail("write", name);
  }
  ::unlink(temporary_.c_str());
  return true;
}

fs::path AtomicFile::commit_as_new() {
  sync();
  give_temporary_name();
  int number = 1;
  while (!give_name_if_free(numbered(target_, number))) ++number;
  temporary_.clear();
  sync_folder(folder_of(target_));
  return numbered(target_, number);
}

std::vector<fs::path> stale_temporaries(
    const fs::path& folder, const std::function<bool(const std::string& target)>& belongs) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string target = target_of(entry->path().filename().string());
    std::error_code ignored;
    if (target.empty() || !belongs(target) || !fs::is_regular_file(entry->symlink_status(ignored)))
      continue;
    if (!may_be_new(entry->path()) && !in_use(entry->path())) out.push_back(entry->path());
  }
  return out;
}

}  // namespace dbkeeper
