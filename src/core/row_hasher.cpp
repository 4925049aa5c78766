#include "core/row_hasher.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "dbkeeper/model/row_digest.h"

namespace dbkeeper {
namespace {

constexpr std::size_t kRoom = 4 << 20;
constexpr std::uint64_t kSign = std::uint64_t{1} << 63;

// Floats in their order: https://stereopsis.com/radix.html
std::uint64_t order_of(double value) {
  if (std::isnan(value)) return std::numeric_limits<std::uint64_t>::max();
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

std::uint64_t order_of(std::string_view text) {
  std::uint64_t order = 0;
  for (std::size_t i = 0; i < sizeof order; ++i)
    order = order << 8 | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0);
  return order;
}

// Values that digests take for the same have the same order: JSON in another layout, say, has none.
std::uint64_t order_of(const CellView& cell) {
  switch (cell.kind) {
    case CellKind::boolean:
    case CellKind::integer:
      return static_cast<std::uint64_t>(cell.integer) ^ kSign;
    case CellKind::real:
    case CellKind::single:
      return order_of(cell.real);
    case CellKind::plain:
    case CellKind::text:
    case CellKind::bytes:
      return order_of(cell.text);
    case CellKind::null:
    case CellKind::json:
    case CellKind::array:
      return 0;
  }
  return 0;
}

}  // namespace

RowHasher::RowHasher(const RowShape& shape, const std::vector<std::string>& in_batch)
    : in_batch_(in_batch) {
  std::vector<std::string> names = shape.columns;
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) columns_.push_back(place(name));
  for (const std::string& name : shape.key) key_.push_back(place(name));
  if (!shape.columns.empty())
    order_by_ = place(shape.key.empty() ? shape.columns.front() : shape.key.front());
}

std::size_t RowHasher::place(const std::string& name) const {
  const auto at = std::find(in_batch_.begin(), in_batch_.end(), name);
  return static_cast<std::size_t>(at - in_batch_.begin());
}

Digest RowHasher::digest(const Batch& batch, std::size_t at,
                         const std::vector<std::size_t>& columns) {
  bytes_.clear(kRoom);
  for (const std::size_t column : columns) append_canonical(bytes_, batch.at(at, column));
  return digest_of(bytes_.view());
}

Digest RowHasher::row(const Batch& batch, std::size_t at) { return digest(batch, at, columns_); }

Digest RowHasher::column(const Batch& batch, std::size_t at, const std::string& name) {
  return digest(batch, at, {place(name)});
}

RowRecord RowHasher::record(const Batch& batch, std::size_t at) {
  const bool has_key =
      !key_.empty() && std::none_of(key_.begin(), key_.end(), [&](std::size_t column) {
        return batch.at(at, column).kind == CellKind::null;
      });
  RowRecord record;
  if (order_by_) record.order = order_of(batch.at(at, *order_by_));
  record.row = row(batch, at);
  record.key = has_key ? digest(batch, at, key_) : record.row;
  return record;
}

}  // namespace dbkeeper
