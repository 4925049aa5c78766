#include "dbkeeper/model/copy_rows.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstring>

#include "dbkeeper/base/big_endian.h"
#include "dbkeeper/base/error.h"

namespace dbkeeper {
namespace {

constexpr std::string_view kSignature("PGCOPY\n\xff\r\n\0", 11);
// Signature, flags, length of the header's extension: no server has ever written one.
constexpr std::size_t kHeader = 19;
constexpr std::int32_t kNull = -1;
constexpr std::int16_t kTrailer = -1;

[[noreturn]] void fail(std::size_t at, std::string_view what) {
  throw Error(ErrorKind::input, fmt::format("byte {} of the rows: {}", at, what))
      .hint("use another copy");
}

// Walks the rows of a COPY BINARY, every step within its bytes.
class BinaryWalk {
 public:
  explicit BinaryWalk(std::string_view stream) : stream_(stream) {}

  RowTotal total() {
    pass_header();
    RowTotal total;
    std::int16_t fields_of_all = 0;
    while (true) {
      const std::size_t begin = at_;
      const std::int16_t fields = take<std::int16_t>();
      if (fields == kTrailer) break;
      if (total.rows == 0) fields_of_all = fields;
      if (fields < 0 || fields != fields_of_all) fail(begin, "a number of fields that can't be");
      for (std::int16_t i = 0; i < fields; ++i) pass_field();
      total.sum += digest_of(stream_.substr(begin, at_ - begin));
      ++total.rows;
    }
    if (at_ != stream_.size()) fail(at_, "something behind the trailer");
    return total;
  }

 private:
  void pass_header() {
    if (stream_.size() < kHeader || !stream_.starts_with(kSignature))
      fail(0, "they don't begin as COPY BINARY does");
    at_ = kSignature.size();
    if (take<std::int32_t>() != 0) fail(kSignature.size(), "unknown flags");
    if (take<std::int32_t>() != 0) fail(at_, "an unknown extension of the header");
  }

  void pass_field() {
    const std::int32_t length = take<std::int32_t>();
    if (length == kNull) return;
    if (length < 0) fail(at_, "a field of negative length");
    if (static_cast<std::size_t>(length) > stream_.size() - at_) fail(at_, "they end in a field");
    at_ += static_cast<std::size_t>(length);
  }

  template <class Number>
  Number take() {
    if (stream_.size() - at_ < sizeof(Number)) fail(at_, "they end too early");
    const auto number = big_endian_at<Number>(stream_.data() + at_);
    at_ += sizeof(Number);
    return number;
  }

  std::string_view stream_;
  std::size_t at_ = 0;  // never behind the end
};

}  // namespace

RowTotal binary_copy_rows(std::string_view stream) { return BinaryWalk(stream).total(); }

RowTotal text_copy_rows(std::string_view lines) {
  RowTotal total;
  for (std::size_t at = 0; at < lines.size(); ++total.rows) {
    const void* end = std::memchr(lines.data() + at, '\n', lines.size() - at);
    if (!end) fail(at, "the last line has no end");
    const auto length =
        static_cast<std::size_t>(static_cast<const char*>(end) - (lines.data() + at));
    const std::string_view line = lines.substr(at, length);
    // A value is never written so: whoever loads the lines would take it for their end.
    if (line == "\\.") fail(at, "an end of the rows among them");
    total.sum += digest_of(line);
    at += length + 1;
  }
  return total;
}

}  // namespace dbkeeper
