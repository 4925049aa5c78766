#include "dbkeeper/model/row_digest.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>

#include "dbkeeper/base/json_text.h"
#include "dbkeeper/model/array.h"

namespace dbkeeper {
namespace {

template <class Number>
char* put_little_endian(char* to, Number number) {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(to, &number, sizeof number);
  } else {
    for (std::size_t i = 0; i < sizeof number; ++i)
      to[i] = static_cast<char>(number >> (8 * i) & 0xFF);
  }
  return to + sizeof number;
}

template <class Number>
void append_little_endian(Buffer& out, Number number) {
  put_little_endian(out.grow(sizeof number), number);
}

constexpr std::size_t kFrame = 1 + sizeof(std::uint32_t);  // tag and length

char* put_frame(char* to, char tag, std::size_t length) {
  *to++ = tag;
  return put_little_endian(to, static_cast<std::uint32_t>(length));
}

template <class Number>
void append_tagged(Buffer& out, char tag, Number number) {
  put_little_endian(put_frame(out.grow(kFrame + sizeof number), tag, sizeof number), number);
}

void append_tagged(Buffer& out, char tag, std::string_view bytes) {
  char* to = put_frame(out.grow(kFrame + bytes.size()), tag, bytes.size());
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
}

constexpr std::size_t kLarge = 1 << 20;

// The tag of a value whose bytes are taken as they are.
std::optional<char> tag_of_bytes(CellKind kind) {
  if (kind == CellKind::text || kind == CellKind::plain) return 's';
  if (kind == CellKind::bytes) return 'x';
  return std::nullopt;
}

// A file doesn't say which of the many NaNs it was.
double plain_nan(double value) {
  return std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value;
}

// Appends what `append` writes behind its own length.
template <class Append>
void append_measured(Buffer& out, char tag, Append append) {
  const std::size_t begin = out.size();
  out.grow(kFrame);
  append();
  put_frame(out.data() + begin, tag, out.size() - begin - kFrame);
}

void append_array(Buffer& out, std::string_view bytes) {
  ArrayView array(bytes);
  append_little_endian(out, static_cast<std::uint32_t>(array.dimensions().size()));
  for (const ArrayDimension& dimension : array.dimensions()) {
    append_little_endian(out, static_cast<std::uint32_t>(dimension.lower));
    append_little_endian(out, dimension.length);
  }
  for (std::size_t left = array.size(); left > 0; --left) append_canonical(out, array.next());
}

}  // namespace

void append_canonical(Buffer& out, const CellView& cell) {
  switch (cell.kind) {
    case CellKind::null:
      return append_tagged(out, 'n', std::string_view());
    case CellKind::boolean:
      return append_tagged(out, 'b', static_cast<std::uint8_t>(cell.integer));
    case CellKind::integer:
      return append_tagged(out, 'i', static_cast<std::uint64_t>(cell.integer));
    case CellKind::real:
      return append_tagged(out, 'd', std::bit_cast<std::uint64_t>(plain_nan(cell.real)));
    case CellKind::single:
      return append_tagged(out, 'f',
                           std::bit_cast<std::uint32_t>(static_cast<float>(plain_nan(cell.real))));
    case CellKind::plain:
    case CellKind::text:
    case CellKind::bytes:
      return append_tagged(out, *tag_of_bytes(cell.kind), cell.text);
    case CellKind::json:
      return append_measured(out, 'j', [&] { append_canonical_json(out, cell.text); });
    case CellKind::array:
      return append_measured(out, 'a', [&] { append_array(out, cell.text); });
  }
}

RowDigest::RowDigest(const std::vector<std::string>& columns) : by_name_(columns.size()) {
  std::iota(by_name_.begin(), by_name_.end(), std::size_t{0});
  std::sort(by_name_.begin(), by_name_.end(),
            [&](std::size_t a, std::size_t b) { return columns[a] < columns[b]; });
}

// Large values are taken where they lie: another copy of them would be for nothing.
void RowDigest::add(const Batch& batch, std::size_t row) {
  bool large = false;
  row_.clear(4 * kLarge);
  for (const std::size_t column : by_name_) {
    const CellView cell = batch.at(row, column);
    const auto tag = tag_of_bytes(cell.kind);
    if (!tag || cell.text.size() < kLarge) {
      append_canonical(row_, cell);
      continue;
    }
    put_frame(row_.grow(kFrame), *tag, cell.text.size());
    large_row_.add(row_.view());
    large_row_.add(cell.text);
    row_.clear();
    large = true;
  }
  if (large) large_row_.add(row_.view());
  sum_ += large ? large_row_.finish() : digest_of(row_.view());
  ++rows_;
}

void RowDigest::add(const Batch& batch) {
  for (std::size_t row = 0; row < batch.rows(); ++row) add(batch, row);
}

}  // namespace dbkeeper
