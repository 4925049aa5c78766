#include "engines/sqlite/image_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "dbkeeper/base/text.h"

namespace dbkeeper::sqlite {
namespace {

namespace fs = std::filesystem;

bool is_lack_of_room(int cause) { return cause == ENOSPC || cause == EDQUOT || cause == EFBIG; }

std::string path_of(int descriptor) { return fmt::format("/proc/self/fd/{}", descriptor); }

void sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);  // not every file system offers it for folders
  ::close(fd);
}

}  // namespace

fs::path temporary_folder() {
  const char* given = std::getenv("TMPDIR");
  return given && *given ? given : "/tmp";
}

void require_room(const ImagePlace& place, std::uint64_t bytes) {
  struct statvfs facts = {};
  if (::statvfs(place.folder.c_str(), &facts) != 0) return;
  const std::uint64_t free = std::uint64_t{facts.f_bavail} * facts.f_frsize;
  if (free >= bytes) return;
  throw Error(ErrorKind::failed, fmt::format("no room in '{}' for {}: it takes {}, and {} are free",
                                             place.folder.string(), place.content,
                                             human_size(static_cast<std::int64_t>(bytes)),
                                             human_size(static_cast<std::int64_t>(free))))
      .hint(place.hint)
      .of_surroundings();
}

ImageFile::ImageFile(ImagePlace place) : place_(std::move(place)) {
  descriptor_ = ::open(place_.folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor_ < 0) open_named();
}

ImageFile::~ImageFile() {
  ::close(descriptor_);
  if (!provisional_.empty()) ::unlink(provisional_.c_str());
}

// For file systems that know no files without a name.
void ImageFile::open_named() {
  if (place_.provisional_name.empty()) {
    std::string name = place_.folder / "dbkeeper-XXXXXX";
    descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor_ < 0) fail(errno);
    ::unlink(name.c_str());
    return;
  }
  const fs::path name = place_.folder / place_.provisional_name;
  ::unlink(name.c_str());  // of a run that was killed
  descriptor_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor_ < 0) fail(errno);
  provisional_ = name;
}

void ImageFile::append(std::string_view bytes) {
  overwrite(appended_, bytes);
  digest_.add(bytes);
  appended_ += bytes.size();
}

void ImageFile::overwrite(std::uint64_t at, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) fail(errno);
    bytes.remove_prefix(static_cast<std::size_t>(done));
    at += static_cast<std::uint64_t>(done);
  }
}

std::size_t ImageFile::read(std::uint64_t at, char* buffer, std::size_t size) const {
  while (true) {
    const ssize_t got = ::pread(descriptor_, buffer, size, static_cast<off_t>(at));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) fail(errno);
  }
}

std::uint64_t ImageFile::size() const {
  struct stat facts = {};
  if (::fstat(descriptor_, &facts) != 0) fail(errno);
  return static_cast<std::uint64_t>(facts.st_size);
}

bool ImageFile::holds_what_was_appended() {
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  const Digest wanted = digest_.finish();
  std::string piece(kPiece, '\0');
  std::uint64_t at = 0;
  while (const std::size_t got = read(at, piece.data(), piece.size())) {
    digest_.add({piece.data(), got});
    at += got;
  }
  return at == appended_ && digest_.finish() == wanted;
}

void ImageFile::take_name(const fs::path& target, bool replace) {
  if (::fsync(descriptor_) != 0) fail(errno);
  const std::string self = path_of(descriptor_);
  if (!replace && provisional_.empty()) {
    if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, target.c_str(), AT_SYMLINK_FOLLOW) == 0)
      return sync_folder(place_.folder);
    if (errno != EEXIST) fail(errno);
    throw Error(ErrorKind::refused,
                fmt::format("'{}' has been made by another program meanwhile", target.string()))
        .hint("stop that program, and run it again");
  }
  take_provisional_name();
  if (::rename(provisional_.c_str(), target.c_str()) != 0) fail(errno);
  provisional_.clear();
  sync_folder(place_.folder);
}

void ImageFile::take_provisional_name() {
  if (!provisional_.empty()) return;
  const fs::path name = place_.folder / place_.provisional_name;
  ::unlink(name.c_str());  // of a run that was killed
  const std::string self = path_of(descriptor_);
  if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0) fail(errno);
  provisional_ = name;
}

Error ImageFile::no_room() const {
  return Error(ErrorKind::failed,
               fmt::format("no room left in '{}' for {}", place_.folder.string(), place_.content))
      .hint(place_.hint)
      .of_surroundings();
}

void ImageFile::fail(int cause) const {
  if (is_lack_of_room(cause)) throw no_room();
  throw Error(ErrorKind::failed, fmt::format("cannot keep {} in '{}': {}", place_.content,
                                             place_.folder.string(), std::strerror(cause)))
      .hint(place_.hint)
      .of_surroundings();
}

}  // namespace dbkeeper::sqlite
