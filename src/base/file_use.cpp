#include "dbkeeper/base/file_use.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace dbkeeper {
namespace {

// Never waits, not even for a pipe of that name.
int open_quickly(const std::filesystem::path& file) {
  return ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

}  // namespace

FileUse::FileUse(const std::filesystem::path& file) : fd_(open_quickly(file)) {
  // Shared: several may read a file. What it waits for is no more than another's look at it.
  if (fd_ >= 0) ::flock(fd_, LOCK_SH);
}

FileUse::~FileUse() {
  if (fd_ >= 0) ::close(fd_);
}

bool in_use(const std::filesystem::path& file) {
  const int fd = open_quickly(file);
  if (fd < 0) return false;
  const bool taken = ::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(fd);
  return taken;
}

}  // namespace dbkeeper
