#include <fmt/format.h>

#include <new>

#include "dbkeeper/base/buffer.h"
#include "dbkeeper/formats/backup.h"
#include "formats/backup/piece.h"
#include "formats/zstd/context.h"

namespace dbkeeper {
namespace {

using Take = BackupUnpacker::Take;

constexpr std::string_view kDamaged = "its compressed bytes are damaged";
constexpr std::size_t kRoom = 1 << 20;
// Of a frame: no block of 4 bytes, the smallest that there are, tells of more.
constexpr std::uint64_t kLargestBlock = 128 << 10;
constexpr std::uint64_t kSmallestBlock = 4;

[[noreturn]] void fail(std::string_view what) {
  throw Error(ErrorKind::input, std::string(what)).hint("use another copy");
}

// How large the piece says it is.
std::size_t piece_size(std::string_view packed) {
  const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
    fail("it doesn't begin with a zstd frame that says how large its content is");
  const std::uint64_t most = (packed.size() / kSmallestBlock + 1) * kLargestBlock;
  if (size > most || size > backup::kLargestPiece)
    fail(fmt::format("its zstd frame claims {} bytes, which can't be", size));
  return static_cast<std::size_t>(size);
}

class Pieces {
 public:
  void add(std::string_view packed, const Take& take) {
    const std::size_t size = piece_size(packed);
    if (ZSTD_findFrameCompressedSize(packed.data(), packed.size()) != packed.size())
      fail("it isn't one whole zstd frame");
    piece_.clear();
    char* const room = room_for(size);
    const std::size_t got =
        zstd_checked(ZSTD_decompressDCtx(context_.get(), room, size, packed.data(), packed.size()),
                     ErrorKind::input, kDamaged);
    if (got != size) fail("it holds less than its zstd frame claims");
    take({room, size});
  }

 private:
  char* room_for(std::size_t size) {
    try {
      return piece_.grow(size + 1);  // a piece of no bytes has a place too
    } catch (const std::bad_alloc&) {
      throw Error(ErrorKind::failed, fmt::format("no memory for a piece of {} bytes", size));
    }
  }

  ZstdExpansion context_ = new_expansion();
  Buffer piece_;
};

class Continuous {
 public:
  void add(std::string_view packed, const Take& take) {
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    bool more_to_come_out = false;
    while (in.pos < in.size || more_to_come_out) {
      if (ended_) fail("it has something behind the end of its stream");
      ZSTD_outBuffer out{room_.data(), kRoom, 0};
      const std::size_t left = zstd_checked(ZSTD_decompressStream(context_.get(), &out, &in),
                                            ErrorKind::input, kDamaged);
      ended_ = left == 0;
      more_to_come_out = !ended_ && out.pos == out.size;
      if (out.pos > 0) take({room_.data(), out.pos});
    }
  }

  void finish() const {
    if (!ended_) fail("the stream ends too early");
  }

 private:
  ZstdExpansion context_ = new_expansion();
  Buffer room_ = [] {
    Buffer room;
    room.grow(kRoom);
    return room;
  }();
  bool ended_ = false;
};

}  // namespace

class BackupUnpacker::Stream {
 public:
  explicit Stream(Packing packing) {
    if (packing == Packing::continuous)
      continuous_.emplace();
    else
      pieces_.emplace();
  }

  void add(std::string_view packed, const Take& take) {
    continuous_ ? continuous_->add(packed, take) : pieces_->add(packed, take);
  }
  void finish() const {
    if (continuous_) continuous_->finish();
  }

 private:
  std::optional<Pieces> pieces_;
  std::optional<Continuous> continuous_;
};

BackupUnpacker::BackupUnpacker(Packing packing) : stream_(std::make_unique<Stream>(packing)) {}
BackupUnpacker::~BackupUnpacker() = default;
void BackupUnpacker::add(std::string_view packed, const Take& take) { stream_->add(packed, take); }
void BackupUnpacker::finish() { stream_->finish(); }

}  // namespace dbkeeper
