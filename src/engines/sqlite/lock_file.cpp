#include "engines/sqlite/lock_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "dbkeeper/base/utc.h"

namespace dbkeeper::sqlite {
namespace {

// Whoever may write the database has to be able to ask, whichever user made the file.
constexpr mode_t kMode = 0644;

int open_lock(const std::filesystem::path& file) {
  const int flags = O_CLOEXEC | O_NOCTTY | O_NOFOLLOW;
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | flags, kMode);
  return fd < 0 && errno == EACCES ? ::open(file.c_str(), O_RDONLY | flags) : fd;
}

}  // namespace

std::filesystem::path lock_file_of(const std::filesystem::path& database) {
  return database.string() + "-dbkeeper-lock";
}

LockFile::~LockFile() {
  if (fd_ < 0) return;
  if (is_ours()) ::unlink(file_.c_str());
  ::close(fd_);
}

// One who waited may have got the lock of a file that its last holder has just removed: it is no
// lock any more.
bool LockFile::take() {
  while (true) {
    fd_ = open_lock(file_);
    if (fd_ < 0) return true;
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
      const bool taken = errno == EWOULDBLOCK;
      ::close(fd_);
      fd_ = -1;
      return !taken;  // a file system without locks
    }
    if (is_ours()) break;
    ::close(fd_);
  }
  say_whose();
  return true;
}

bool LockFile::is_ours() const {
  struct stat held = {}, named = {};
  return ::fstat(fd_, &held) == 0 && ::lstat(file_.c_str(), &named) == 0 &&
         held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

void LockFile::say_whose() const {
  char host[256] = {};
  ::gethostname(host, sizeof host - 1);
  const std::string text = fmt::format("dbkeeper, pid {} on {}, since {}\n", ::getpid(), host,
                                       rfc3339(std::chrono::system_clock::now()));
  // Only those who wait miss it, if the disk is full.
  if (::ftruncate(fd_, 0) == 0 && ::pwrite(fd_, text.data(), text.size(), 0) < 0) return;
}

std::string LockFile::holder() const {
  std::array<char, 512> text;
  const int fd = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
  const ssize_t size = fd < 0 ? 0 : ::read(fd, text.data(), text.size());
  if (fd >= 0) ::close(fd);
  const std::string_view read(text.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
  const std::string line(read.substr(0, read.find('\n')));
  return line.empty() ? "another dbkeeper" : line;
}

}  // namespace dbkeeper::sqlite
