#include "dbkeeper/base/temporary_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/write.h"

namespace dbkeeper {

TemporaryFile::TemporaryFile(std::string content) : content_(std::move(content)) {
  const char* given = std::getenv("TMPDIR");
  folder_ = given && *given ? given : "/tmp";
  fd_ = open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd_ < 0) open_named();
}

TemporaryFile::~TemporaryFile() { close(fd_); }

// For file systems that know no files without a name.
void TemporaryFile::open_named() {
  std::string name = folder_ + "/dbkeeper-XXXXXX";
  fd_ = mkostemp(name.data(), O_CLOEXEC);
  if (fd_ < 0) fail(errno);
  unlink(name.c_str());
}

void TemporaryFile::append(std::string_view bytes) {
  if (const int error = write_whole(fd_, bytes)) fail(error);
  size_ += bytes.size();
}

std::size_t TemporaryFile::read(std::uint64_t at, char* buffer, std::size_t size) const {
  while (true) {
    const ssize_t got = pread(fd_, buffer, size, static_cast<off_t>(at));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) fail(errno);
  }
}

void TemporaryFile::fail(int error) const {
  throw Error(ErrorKind::failed,
              fmt::format("cannot keep {} in {}: {}", content_, folder_, std::strerror(error)))
      .hint("set TMPDIR to a folder with room for it");
}

}  // namespace dbkeeper
