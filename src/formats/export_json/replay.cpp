#include "formats/export_json/replay.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/write.h"

namespace dbkeeper::export_json {
namespace {

constexpr std::size_t kInMemory = 4 << 20;

}  // namespace

// A temporary file without a name: gone with the process, whatever ends it.
class Replay::Spool {
 public:
  Spool() {
    const char* given = std::getenv("TMPDIR");
    folder_ = given && *given ? given : "/tmp";
    fd_ = open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd_ < 0) open_named();
  }
  ~Spool() { close(fd_); }
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  void write(std::string_view bytes) {
    if (const int error = write_whole(fd_, bytes)) fail(error);
  }
  std::size_t read(char* buffer, std::size_t size) {
    const ssize_t got = pread(fd_, buffer, size, read_);
    if (got < 0) fail(errno);
    read_ += got;
    return static_cast<std::size_t>(got);
  }

 private:
  // For file systems that know no files without a name.
  void open_named() {
    std::string name = folder_ + "/dbkeeper-XXXXXX";
    fd_ = mkostemp(name.data(), O_CLOEXEC);
    if (fd_ < 0) fail(errno);
    unlink(name.c_str());
  }

  [[noreturn]] void fail(int error) const {
    throw Error(ErrorKind::failed,
                fmt::format("cannot keep the document in {}: {}", folder_, std::strerror(error)))
        .hint(
            "its schema stands behind its data, so that it is read twice: set TMPDIR to a folder "
            "with room for it, or give it as a file");
  }

  std::string folder_;
  int fd_ = -1;
  off_t read_ = 0;
};

Replay::Replay(std::unique_ptr<ByteSource> source)
    : source_(std::move(source)), keeping_(!source_->can_start_over()) {}
Replay::~Replay() = default;

void Replay::keep(std::string_view bytes) {
  if (!spool_ && kept_.size() + bytes.size() <= kInMemory) {
    kept_ += bytes;
    return;
  }
  if (!spool_) spool_ = std::make_unique<Spool>();
  spool_->write(bytes);
}

std::size_t Replay::read(char* buffer, std::size_t size) {
  if (replaying_) {
    const std::size_t count = std::min(size, kept_.size() - replayed_);
    std::memcpy(buffer, kept_.data() + replayed_, count);
    replayed_ += count;
    if (count > 0) return count;
    const std::size_t spooled = spool_ ? spool_->read(buffer, size) : 0;
    if (spooled > 0) return spooled;
    forget();
  }
  const std::size_t got = source_->read(buffer, size);
  if (keeping_) keep({buffer, got});
  return got;
}

void Replay::start_over() {
  replaying_ = keeping_;
  if (!keeping_) source_->start_over();
  keeping_ = false;
}

void Replay::forget() {
  keeping_ = replaying_ = false;
  kept_ = {};
  spool_.reset();
}

}  // namespace dbkeeper::export_json
