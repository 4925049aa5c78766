#include "dbkeeper/base/background.h"
#include "dbkeeper/base/buffer.h"
#include "dbkeeper/formats/backup.h"
#include "formats/backup/piece.h"
#include "formats/zstd/context.h"

namespace dbkeeper {
namespace {

// Of a continuous stream, compressed.
constexpr std::size_t kMember = std::size_t{8} << 20;
constexpr std::string_view kFailed = "cannot compress";

using TakeMember = std::function<void(std::string_view packed)>;

// A frame for each piece, which says how large that is.
class Pieces {
 public:
  explicit Pieces(TakeMember member) : member_(std::move(member)) {}

  void add(std::string_view piece) {
    if (piece.size() > backup::kLargestPiece)
      throw Error(ErrorKind::failed, "a piece of a backup is larger than any can be");
    packed_.clear();
    char* const room = packed_.grow(ZSTD_compressBound(piece.size()));
    const std::size_t size = zstd_checked(
        ZSTD_compress2(context_.get(), room, packed_.size(), piece.data(), piece.size()),
        ErrorKind::failed, kFailed);
    member_(packed_.view().substr(0, size));
  }

 private:
  const TakeMember member_;
  ZstdCompression context_ = new_compression();
  Buffer packed_;
};

// One frame, cut into members; compressed on a thread of its own.
class Continuous {
 public:
  explicit Continuous(TakeMember member)
      : member_(std::move(member)),
        thread_([this](std::string_view block) { compress(block, ZSTD_e_continue); }) {
    room_.grow(kMember);
  }

  void add(std::string_view bytes) { thread_.write(bytes); }

  void finish() {
    thread_.finish();
    compress({}, ZSTD_e_end);
    if (filled_ > 0) hand_over();
  }

 private:
  void compress(std::string_view bytes, ZSTD_EndDirective directive) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    std::size_t waiting = 1;
    while (in.pos < in.size || (directive == ZSTD_e_end && waiting > 0)) {
      ZSTD_outBuffer out{room_.data(), kMember, filled_};
      waiting = zstd_checked(ZSTD_compressStream2(context_.get(), &out, &in, directive),
                             ErrorKind::failed, kFailed);
      filled_ = out.pos;
      if (filled_ == kMember) hand_over();
    }
  }

  void hand_over() {
    member_(room_.view().substr(0, filled_));
    filled_ = 0;
  }

  const TakeMember member_;
  ZstdCompression context_ = new_compression();
  Buffer room_;
  std::size_t filled_ = 0;
  Background thread_;  // ends before what it works with
};

}  // namespace

class BackupPacker::Stream {
 public:
  Stream(Packing packing, TakeMember member) {
    if (packing == Packing::continuous)
      continuous_.emplace(std::move(member));
    else
      pieces_.emplace(std::move(member));
  }

  void add(std::string_view piece) { continuous_ ? continuous_->add(piece) : pieces_->add(piece); }
  void finish() {
    if (continuous_) continuous_->finish();
  }

 private:
  std::optional<Pieces> pieces_;
  std::optional<Continuous> continuous_;
};

BackupPacker::BackupPacker(BackupWriter& writer, std::size_t stream, Packing packing)
    : stream_(std::make_unique<Stream>(packing, [&writer, stream](std::string_view packed) {
        writer.add_packed(stream, packed);
      })) {}
BackupPacker::~BackupPacker() = default;
void BackupPacker::add(std::string_view piece) { stream_->add(piece); }
void BackupPacker::finish() { stream_->finish(); }

}  // namespace dbkeeper
