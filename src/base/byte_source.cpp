#include "dbkeeper/base/byte_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "dbkeeper/base/error.h"

namespace dbkeeper {
namespace {

// How long a stop may go unnoticed while nothing comes.
constexpr int kPatienceMilliseconds = 100;

class FileBytes final : public ByteSource {
 public:
  FileBytes(int fd, bool owned, std::string name, const Stop& stop)
      : fd_(fd), owned_(owned), name_(std::move(name)), stop_(stop) {
    struct stat status {};
    if (fstat(fd_, &status) != 0) fail(errno);
    if (S_ISDIR(status.st_mode)) fail(EISDIR);
    waits_ = !S_ISREG(status.st_mode);
    if (waits_) return;
    start_ = lseek(fd_, 0, SEEK_CUR);
    size_ = status.st_size - start_;
  }
  ~FileBytes() override {
    if (owned_) close(fd_);
  }
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  std::size_t read(char* buffer, std::size_t size) override {
    while (true) {
      if (waits_) wait();
      const ssize_t got = ::read(fd_, buffer, size);
      if (got >= 0) {
        read_ += got;
        return static_cast<std::size_t>(got);
      }
      if (errno != EINTR && errno != EAGAIN) fail(errno);
    }
  }

  bool can_start_over() const override { return start_ >= 0; }
  void start_over() override {
    if (lseek(fd_, start_, SEEK_SET) < 0) fail(errno);
    read_ = 0;
  }
  std::optional<double> share_read() const override {
    if (size_ <= 0) return std::nullopt;
    return std::min(1.0, static_cast<double>(read_) / static_cast<double>(size_));
  }

 private:
  void wait() const {
    pollfd waiting{fd_, POLLIN, 0};
    do {
      stop_.check();
    } while (poll(&waiting, 1, kPatienceMilliseconds) <= 0);
  }

  [[noreturn]] void fail(int error) const {
    throw Error(ErrorKind::input, fmt::format("cannot read {}: {}", name_, std::strerror(error)));
  }

  int fd_;
  bool owned_;
  std::string name_;
  const Stop& stop_;
  bool waits_ = false;  // a pipe, a terminal: bytes come when somebody writes them
  off_t start_ = -1;
  off_t size_ = 0;  // from there on; 0: unknown
  off_t read_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> open_bytes(const std::filesystem::path& path, const Stop& stop) {
  if (path == "-") return std::make_unique<FileBytes>(STDIN_FILENO, false, "stdin", stop);
  const std::string name = fmt::format("'{}'", path.string());
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    throw Error(ErrorKind::input, fmt::format("cannot read {}: {}", name, std::strerror(errno)));
  return std::make_unique<FileBytes>(fd, true, name, stop);
}

}  // namespace dbkeeper
