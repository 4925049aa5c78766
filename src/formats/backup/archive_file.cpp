#include "formats/backup/archive_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "dbkeeper/base/error.h"

namespace dbkeeper::backup {

ArchiveFile::ArchiveFile(std::filesystem::path path) : path_(std::move(path)) {
  // Opening a pipe would wait for its other end.
  fd_.number = open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status {};
  if (fd_.number < 0 || fstat(fd_.number, &status) != 0) fail(errno);
  if (!S_ISREG(status.st_mode))
    throw Error(ErrorKind::input, fmt::format("{} is not a file", shown()))
        .hint("a backup is read from a file, not from a pipe");
  size_ = static_cast<std::uint64_t>(status.st_size);
  written_ = status.st_mtim;
}

ArchiveFile::Descriptor::~Descriptor() {
  if (number >= 0) close(number);
}

bool ArchiveFile::is_untouched() const {
  struct stat ours {
  }, there{};
  return fstat(fd_.number, &ours) == 0 && stat(path_.c_str(), &there) == 0 &&
         ours.st_dev == there.st_dev && ours.st_ino == there.st_ino &&
         static_cast<std::uint64_t>(ours.st_size) == size_ &&
         ours.st_mtim.tv_sec == written_.tv_sec && ours.st_mtim.tv_nsec == written_.tv_nsec;
}

std::string ArchiveFile::read(std::uint64_t at, std::size_t size) const {
  std::string bytes(size, '\0');
  for (std::size_t filled = 0; filled < size;) {
    const ssize_t got =
        pread(fd_.number, bytes.data() + filled, size - filled, static_cast<off_t>(at + filled));
    if (got > 0)
      filled += static_cast<std::size_t>(got);
    else if (got == 0)
      throw Error(ErrorKind::input, fmt::format("{} has become shorter", shown()));
    else if (errno != EINTR)
      fail(errno);
  }
  return bytes;
}

void ArchiveFile::fail(int error) const {
  throw Error(ErrorKind::input, fmt::format("cannot read {}: {}", shown(), std::strerror(error)));
}

}  // namespace dbkeeper::backup
