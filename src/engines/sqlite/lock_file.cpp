#include "engines/sqlite/lock_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "dbkeeper/base/digest.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/base/secret.h"
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

// What flock() says on a file system that doesn't know it.
bool has_no_locks(int error) { return error == ENOLCK || error == EOPNOTSUPP || error == ENOSYS; }

std::string way_out(int error) {
  switch (error) {
    case ELOOP:
      return "it is a symbolic link, and dbkeeper makes none: remove it";
    case EACCES:
    case EPERM:
    case EROFS:
      return "run dbkeeper as a user who may write to the database's folder";
    case ENOSPC:
    case EDQUOT:
      return "free some space there";
    case EMFILE:
    case ENFILE:
      return "raise the limit of open files (ulimit -n)";
    default:
      return "look what stands under that name, and move it away";
  }
}

[[noreturn]] void refuse(const std::filesystem::path& file, int error) {
  throw Error(ErrorKind::refused,
              fmt::format("the database can't be locked against other runs, since '{}' can't be "
                          "opened: {}; nothing was changed",
                          file.string(), std::strerror(error)))
      .hint(way_out(error));
}

}  // namespace

std::filesystem::path lock_file_of(const std::filesystem::path& database) {
  return database.string() + "-dbkeeper-lock";
}

LockFile::LockFile(std::filesystem::path file) : file_(std::move(file)), token_(new_secret()) {}

LockFile::~LockFile() {
  if (fd_ < 0) return;
  if (is_ours()) ::unlink(file_.c_str());
  ::close(fd_);
}

// One who waited may have got the lock of a file that its last holder has just removed: it is no
// lock any more.
LockFile::State LockFile::take() {
  while (true) {
    fd_ = open_lock(file_);
    if (fd_ < 0) refuse(file_, errno);
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
      const int error = errno;
      ::close(fd_);
      fd_ = -1;
      if (error == EWOULDBLOCK) return State::anothers;
      if (!has_no_locks(error)) refuse(file_, error);
      return State::none;
    }
    if (is_ours()) break;
    ::close(fd_);
  }
  say_whose();
  return State::ours;
}

bool LockFile::is_ours() const {
  struct stat held = {}, named = {};
  return ::fstat(fd_, &held) == 0 && ::lstat(file_.c_str(), &named) == 0 &&
         held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

void LockFile::say_whose() const {
  char host[256] = {};
  ::gethostname(host, sizeof host - 1);
  const std::string text =
      fmt::format("dbkeeper, pid {} on {}, since {}\n{}\n", ::getpid(), host,
                  rfc3339(std::chrono::system_clock::now()), sha256_hex(token_));
  // Only those who wait miss it, if the disk is full.
  if (::ftruncate(fd_, 0) == 0 && ::pwrite(fd_, text.data(), text.size(), 0) < 0) return;
}

std::vector<std::string> LockFile::lines() const {
  std::array<char, 512> text;
  const int fd = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
  const ssize_t size = fd < 0 ? 0 : ::read(fd, text.data(), text.size());
  if (fd >= 0) ::close(fd);
  std::vector<std::string> out(1);
  for (const char c : std::string_view(text.data(), size < 0 ? 0 : static_cast<std::size_t>(size)))
    if (c == '\n')
      out.emplace_back();
    else
      out.back() += c;
  return out;
}

std::string LockFile::holder() const {
  const std::string line = lines().front();
  return line.empty() ? "another dbkeeper" : line;
}

bool LockFile::is_holders(const std::string& token) const {
  const std::vector<std::string> said = lines();
  return said.size() > 1 && said[1] == sha256_hex(token);
}

}  // namespace dbkeeper::sqlite
