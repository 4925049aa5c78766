#include "engines/sqlite/write_proof.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "engines/sqlite/file_header.h"

namespace dbkeeper::sqlite {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;
constexpr int kFrameHeader = 24;  // https://www.sqlite.org/fileformat2.html#walformat
constexpr sqlite3_int64 kLogHeader = 32;
// The page at this place holds locks and no content
// (https://www.sqlite.org/fileformat2.html#the_lock_byte_page).
constexpr std::uint64_t kLockPage = 0x40000000;

struct Range {
  std::uint64_t begin, end;
};
// What SQLite writes anew into the header of whatever it writes: how the file is written to, its
// count of changes and that of its schema's, and which SQLite it was.
constexpr std::array<Range, 4> kOwn = {{{18, 20}, {24, 28}, {40, 44}, {92, 100}}};

std::uint32_t big_endian(const void* bytes) {
  const auto* at = static_cast<const unsigned char*>(bytes);
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 |
         at[3];
}

// SQLite hands on a file, and nothing of ours.
thread_local WriteProof* current = nullptr;

}  // namespace

WriteProof::WriteProof(const PageCopy& pages, Connection& target, const ImageFile& image, bool log)
    : pages_(pages), image_(image), log_(log), bytes_(image.size()) {
  std::string header(FileHeader::kSize, '\0');
  header.resize(image.read(0, header.data(), header.size()));
  page_ = parse_header(header).page_size;
  if (page_ == 0) throw Error(ErrorKind::failed, "the backup's image can't be read any more");
  sqlite3_file_control(target.handle(), "main",
                       log ? SQLITE_FCNTL_JOURNAL_POINTER : SQLITE_FCNTL_FILE_POINTER, &file_);
  if (!file_ || !file_->pMethods)
    throw Error(ErrorKind::failed, "SQLite doesn't tell through which file it writes");
  methods_ = file_->pMethods;
  ours_ = *methods_;
  ours_.xWrite = write;
  ours_.xSync = sync;
  file_->pMethods = &ours_;
  current = this;
}

WriteProof::~WriteProof() {
  current = nullptr;
  if (file_->pMethods == &ours_) file_->pMethods = methods_;
}

int WriteProof::write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  current->note(bytes, size, at);
  return current->methods_->xWrite(file, bytes, size, at);
}

int WriteProof::sync(sqlite3_file* file, int flags) {
  if (const int code = current->judge(); code != SQLITE_OK) return code;
  return current->methods_->xSync(file, flags);
}

// A frame's header is written by itself. One that is written again keeps its place.
void WriteProof::note(const void* bytes, int size, sqlite3_int64 at) {
  if (!log_ || at < kLogHeader || size != kFrameHeader) return;
  const std::uint32_t page = big_endian(bytes);
  if (frames_.size() < page) frames_.resize(page);
  if (page == 0) return;
  last_frame_ = static_cast<std::uint32_t>((at - kLogHeader) / frame_size() + 1);
  frames_[page - 1] = last_frame_;
}

std::int64_t WriteProof::frame_size() const {
  return kFrameHeader + static_cast<std::int64_t>(page_);
}

sqlite3_int64 WriteProof::place_of(std::uint32_t frame) const {
  return kLogHeader + (std::int64_t{frame} - 1) * frame_size();
}

// The log's own header, too, is put on the disk, before any frame.
int WriteProof::judge() {
  if (!pages_.stepping() || state_ != State::waiting || (log_ && frames_.empty())) return SQLITE_OK;
  state_ = (log_ ? log_holds() : file_holds()) ? State::proven : State::broken;
  if (state_ == State::proven) return SQLITE_OK;
  // Else a crash from now on would find a transaction in the log that looks whole.
  static constexpr char kNone[kFrameHeader] = {};
  if (log_) methods_->xWrite(file_, kNone, kFrameHeader, place_of(last_frame_));
  return SQLITE_IOERR_FSYNC;
}

bool WriteProof::read(sqlite3_int64 at, std::string& bytes) const {
  return methods_->xRead(file_, bytes.data(), static_cast<int>(bytes.size()), at) == SQLITE_OK;
}

// Whether the image has these bytes there.
bool WriteProof::same(std::uint64_t at, std::string_view written) const {
  std::string wanted(written.size(), '\0');
  for (std::size_t got = 0; got < wanted.size();) {
    const std::size_t more = image_.read(at + got, wanted.data() + got, wanted.size() - got);
    if (more == 0) return false;
    got += more;
  }
  std::string found(written);
  const auto leave_out = [&](const Range& range) {
    const std::uint64_t begin = std::max(range.begin, at);
    const std::uint64_t end = std::min(range.end, at + written.size());
    if (begin < end)
      std::memcpy(found.data() + (begin - at), wanted.data() + (begin - at), end - begin);
  };
  for (const Range& range : kOwn) leave_out(range);
  leave_out({kLockPage, kLockPage + page_});
  return found == wanted;
}

bool WriteProof::file_holds() const {
  for (std::uint64_t at = 0; at < bytes_; at += kPiece) {
    std::string piece(std::min<std::uint64_t>(kPiece, bytes_ - at), '\0');
    if (!read(static_cast<sqlite3_int64>(at), piece) || !same(at, piece)) return false;
  }
  return true;
}

// Pages of a log have the image's size. What belongs to it has its salt.
bool WriteProof::log_holds() const {
  std::string head(kLogHeader, '\0'), frame(static_cast<std::size_t>(frame_size()), '\0');
  if (!read(0, head)) return false;
  const std::string_view salt = std::string_view(head).substr(16, 8);
  for (std::uint64_t at = 0; at < bytes_; at += page_) {
    if (at == kLockPage) continue;
    const std::uint64_t page = at / page_;
    if (page >= frames_.size() || frames_[page] == 0 || !read(place_of(frames_[page]), frame))
      return false;
    const std::string_view all = frame;
    if (big_endian(frame.data()) != page + 1 || all.substr(8, 8) != salt ||
        !same(at, all.substr(kFrameHeader)))
      return false;
  }
  return true;
}

}  // namespace dbkeeper::sqlite
