#include "core/record_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "dbkeeper/formats/parse_json.h"

namespace dbkeeper {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargest = 64 << 10;  // what is larger isn't ours

// All of it; nothing if it is too large or can't be read.
std::optional<std::string> content_of(int fd) {
  std::string text(kLargest + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(fd, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > kLargest) return std::nullopt;
  text.resize(size);
  return text;
}

}  // namespace

std::optional<Value> read_record_file(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return std::nullopt;
  struct stat info {};
  const bool ordinary = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
  const auto text = ordinary ? content_of(fd) : std::nullopt;
  ::close(fd);
  return text ? parse_json(*text) : std::nullopt;
}

}  // namespace dbkeeper
