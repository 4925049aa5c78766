#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "dbkeeper/base/error.h"
#include "dbkeeper/formats/export_source.h"
#include "dbkeeper/formats/zstd.h"

namespace dbkeeper {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kBeginning = 512;

struct Signature {
  std::size_t at;
  std::string_view bytes;
  const char* meaning;
};

constexpr std::array<Signature, 8> kOthers = {{
    {0, "SQLite format 3\0"sv, "an SQLite database"},
    {257, "ustar"sv, "a tar archive, as backups are: those are read from a file, not from a pipe"},
    {0, "\x1f\x8b"sv, "compressed by gzip: unpack it first with gunzip"},
    {0, "PK\x03\x04"sv, "a zip archive: unpack it first"},
    {0, "PGDMP"sv, "a dump of pg_dump's"},
    {0, "BZh"sv, "compressed by bzip2: unpack it first with bunzip2"},
    {0, "\xfd\x37zXZ\0"sv, "compressed by xz: unpack it first with unxz"},
    {0, "--\n-- PostgreSQL database"sv, "an SQL dump of pg_dump's"},
}};

void refuse_others(std::string_view beginning) {
  if (beginning.empty())
    throw Error(ErrorKind::input, "the file is empty").hint("use another copy");
  for (const Signature& other : kOthers)
    if (beginning.size() > other.at && beginning.substr(other.at).starts_with(other.bytes))
      throw Error(ErrorKind::input,
                  fmt::format("the file is no dbkeeper export: it is {}", other.meaning));
}

// The source with its first bytes known, expanded where they say that it is compressed.
class ExportSource final : public ByteSource {
 public:
  explicit ExportSource(std::unique_ptr<ByteSource> bytes) : bytes_(std::move(bytes)) { begin(); }

  std::size_t read(char* buffer, std::size_t size) override {
    return zstd_ ? zstd_->read(buffer, size) : read_bytes(buffer, size);
  }
  bool can_start_over() const override { return bytes_->can_start_over(); }
  void start_over() override {
    bytes_->start_over();
    begin();
  }

 private:
  void begin() {
    zstd_.reset();
    beginning_.assign(kBeginning, '\0');
    std::size_t held = 0, got = 1;
    for (; held < kBeginning && got > 0; held += got)
      got = bytes_->read(beginning_.data() + held, kBeginning - held);
    beginning_.resize(held);
    at_ = 0;
    refuse_others(beginning_);
    if (is_zstd(beginning_))
      zstd_.emplace([this](char* buffer, std::size_t size) { return read_bytes(buffer, size); });
  }

  std::size_t read_bytes(char* buffer, std::size_t size) {
    if (at_ == beginning_.size()) return bytes_->read(buffer, size);
    const std::size_t count = std::min(size, beginning_.size() - at_);
    std::memcpy(buffer, beginning_.data() + at_, count);
    at_ += count;
    return count;
  }

  std::unique_ptr<ByteSource> bytes_;
  std::string beginning_;
  std::size_t at_ = 0;  // how much of the beginning was handed out
  std::optional<ZstdReader> zstd_;
};

}  // namespace

std::unique_ptr<ByteSource> export_source(std::unique_ptr<ByteSource> bytes) {
  return std::make_unique<ExportSource>(std::move(bytes));
}

}  // namespace dbkeeper
