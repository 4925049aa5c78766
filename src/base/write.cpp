#include "dbkeeper/base/write.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace dbkeeper {

int write_whole(int fd, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd room{fd, POLLOUT, 0};
      poll(&room, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

namespace {

bool somebody_reads(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 &&
         (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || isatty(fd) != 0);
}

}  // namespace

int write_whole(int fd, std::string_view bytes, const Stop& stop) {
  constexpr int kPatience = 100;  // milliseconds between two looks at the stop
  stop.check();
  if (!somebody_reads(fd)) return write_whole(fd, bytes);
  while (!bytes.empty()) {
    pollfd room{fd, POLLOUT, 0};
    const int ready = poll(&room, 1, kPatience);
    stop.check();
    if (ready <= 0) continue;
    // No more than a pipe that has room takes without blocking.
    const std::string_view piece = bytes.substr(0, std::min<std::size_t>(bytes.size(), PIPE_BUF));
    if (const int problem = write_whole(fd, piece); problem != 0) return problem;
    bytes.remove_prefix(piece.size());
  }
  return 0;
}

}  // namespace dbkeeper
