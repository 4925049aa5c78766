#include "dbkeeper/formats/zstd.h"

#include <vector>

#include "dbkeeper/base/background.h"
#include "dbkeeper/base/error.h"
#include "formats/zstd/context.h"

namespace dbkeeper {
namespace {

constexpr std::string_view kMagic("\x28\xb5\x2f\xfd", 4);

}  // namespace

class ZstdWriter::Stream {
 public:
  explicit Stream(export_json::Output output)
      : output_(std::move(output)),
        context_(new_compression()),
        out_(ZSTD_CStreamOutSize()),
        thread_([this](std::string_view block) { compress(block, ZSTD_e_continue); }) {}

  void write(std::string_view bytes) { thread_.write(bytes); }
  void finish() {
    thread_.finish();
    compress({}, ZSTD_e_end);
  }

 private:
  void compress(std::string_view bytes, ZSTD_EndDirective directive) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    std::size_t waiting = 1;
    while (in.pos < in.size || (directive == ZSTD_e_end && waiting > 0)) {
      ZSTD_outBuffer out{out_.data(), out_.size(), 0};
      waiting = zstd_checked(ZSTD_compressStream2(context_.get(), &out, &in, directive),
                             ErrorKind::failed, "cannot compress");
      if (out.pos > 0) output_({out_.data(), out.pos});
    }
  }

  export_json::Output output_;
  ZstdCompression context_;
  std::vector<char> out_;
  Background thread_;  // ends before what it works with
};

ZstdWriter::ZstdWriter(export_json::Output output)
    : stream_(std::make_unique<Stream>(std::move(output))) {}
ZstdWriter::~ZstdWriter() = default;
void ZstdWriter::write(std::string_view bytes) { stream_->write(bytes); }
void ZstdWriter::finish() { stream_->finish(); }

bool is_zstd(std::string_view beginning) { return beginning.starts_with(kMagic); }

std::optional<std::uint64_t> expanded_size(std::string_view beginning) {
  const unsigned long long size = ZSTD_getFrameContentSize(beginning.data(), beginning.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR) return std::nullopt;
  return size;
}

class ZstdReader::Stream {
 public:
  explicit Stream(export_json::Input input)
      : input_(std::move(input)), context_(new_expansion()), buffer_(ZSTD_DStreamInSize()) {}

  std::size_t read(char* buffer, std::size_t size) {
    ZSTD_outBuffer out{buffer, size, 0};
    while (out.pos == 0 && size > 0) {
      if (in_.pos == in_.size && !more_to_come_out_) {
        in_ = {buffer_.data(), input_(buffer_.data(), buffer_.size()), 0};
        if (in_.size == 0) return end();
      }
      const std::size_t left = zstd_checked(ZSTD_decompressStream(context_.get(), &out, &in_),
                                            ErrorKind::input, "the compressed file is damaged");
      inside_frame_ = left != 0;
      more_to_come_out_ = inside_frame_ && out.pos == out.size;
    }
    return out.pos;
  }

 private:
  std::size_t end() const {
    if (!inside_frame_) return 0;
    throw Error(ErrorKind::input, "the compressed file ends too early: it is truncated")
        .hint("use another copy");
  }

  export_json::Input input_;
  ZstdExpansion context_;
  std::vector<char> buffer_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  bool inside_frame_ = false;
  bool more_to_come_out_ = false;  // the last answer filled the caller's buffer
};

ZstdReader::ZstdReader(export_json::Input input)
    : stream_(std::make_unique<Stream>(std::move(input))) {}
ZstdReader::~ZstdReader() = default;
std::size_t ZstdReader::read(char* buffer, std::size_t size) { return stream_->read(buffer, size); }

}  // namespace dbkeeper
