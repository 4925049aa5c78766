#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "dbkeeper/base/error.h"
#include "dbkeeper/formats/export_source.h"
#include "dbkeeper/formats/foreign_file.h"
#include "dbkeeper/formats/zstd.h"

namespace dbkeeper {
namespace {

using namespace std::string_view_literals;

// Dbkeeper's other sources, which are read by their names.
struct Signature {
  std::size_t at;
  std::string_view bytes;
  const char* meaning;
  const char* hint;
};

constexpr std::array<Signature, 2> kByName = {{
    {0, "SQLite format 3\0"sv, "an SQLite database",
     "one is read by its name, not from a pipe: dbkeeper import FILE"},
    {257, "ustar"sv, "a tar archive, as backups are: those are read from a file, not from a pipe",
     "write it into a file, and name that"},
}};

[[noreturn]] void refuse(const std::string& meaning, std::string hint) {
  throw Error(ErrorKind::input, fmt::format("the file is no dbkeeper export: it is {}", meaning))
      .hint(std::move(hint));
}

void refuse_others(const FileBeginning& file) {
  const std::string_view text = file.text;
  if (text.empty()) throw Error(ErrorKind::input, "the file is empty").hint("use another copy");
  if (const auto other = foreign_file(file)) refuse(other->meaning, other->hint);
  for (const Signature& other : kByName)
    if (text.size() > other.at && text.substr(other.at).starts_with(other.bytes))
      refuse(other.meaning, other.hint);
}

// Bytes of which the first were looked at before they are read.
class Ahead {
 public:
  using Read = std::function<std::size_t(char* buffer, std::size_t size)>;

  explicit Ahead(Read read) : read_(std::move(read)), beginning_(kBeginningToJudge, '\0') {
    std::size_t held = 0, got = 1;
    for (; held < beginning_.size() && got > 0; held += got)
      got = read_(beginning_.data() + held, beginning_.size() - held);
    beginning_.resize(held);
  }

  const std::string& beginning() const { return beginning_; }
  std::uint64_t bytes() const { return bytes_; }  // that were read

  std::size_t read(char* buffer, std::size_t size) {
    const std::size_t got = take(buffer, size);
    bytes_ += got;
    return got;
  }

 private:
  std::size_t take(char* buffer, std::size_t size) {
    if (bytes_ >= beginning_.size()) return read_(buffer, size);
    const std::size_t count = std::min<std::size_t>(size, beginning_.size() - bytes_);
    std::memcpy(buffer, beginning_.data() + bytes_, count);
    return count;
  }

  const Read read_;
  std::string beginning_;
  std::uint64_t bytes_ = 0;
};

// The source's text, expanded where its first bytes say that it is compressed.
class ExportSource final : public ByteSource {
 public:
  explicit ExportSource(std::unique_ptr<ByteSource> bytes) : bytes_(std::move(bytes)) { begin(); }

  std::size_t read(char* buffer, std::size_t size) override { return text().read(buffer, size); }
  bool can_start_over() const override { return bytes_->can_start_over(); }
  void start_over() override {
    bytes_->start_over();
    begin();
  }
  // Of a pipe, what the compressed text's head says of its length, if it does.
  std::optional<double> share_read() const override {
    if (const auto share = bytes_->share_read()) return share;
    if (!length_ || *length_ == 0) return std::nullopt;
    return std::min(1.0, static_cast<double>(expanded_->bytes()) / static_cast<double>(*length_));
  }

 private:
  void begin() {
    expanded_.reset();
    zstd_.reset();
    as_it_comes_.emplace([this](char* to, std::size_t size) { return bytes_->read(to, size); });
    if (is_zstd(as_it_comes_->beginning())) {
      length_ = expanded_size(as_it_comes_->beginning());
      zstd_.emplace([this](char* to, std::size_t size) { return as_it_comes_->read(to, size); });
      expanded_.emplace([this](char* to, std::size_t size) { return zstd_->read(to, size); });
    }
    refuse_others({text().beginning(), zstd_.has_value()});
  }

  Ahead& text() { return expanded_ ? *expanded_ : *as_it_comes_; }

  std::unique_ptr<ByteSource> bytes_;
  std::optional<Ahead> as_it_comes_;
  std::optional<ZstdReader> zstd_;
  std::optional<Ahead> expanded_;
  std::optional<std::uint64_t> length_;  // of the expanded text
};

}  // namespace

std::unique_ptr<ByteSource> export_source(std::unique_ptr<ByteSource> bytes) {
  return std::make_unique<ExportSource>(std::move(bytes));
}

}  // namespace dbkeeper
