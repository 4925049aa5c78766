#include "engines/postgres/wire_array.h"

#include "engines/postgres/wire_check.h"

namespace dbkeeper::postgres::wire {
namespace {

// utils/adt/arrayfuncs.c: array_send
constexpr std::int32_t kMostDimensions = 6;
constexpr std::size_t kHeader = 12;  // number of dimensions, flags, the elements' type
constexpr std::size_t kDimension = 8;
constexpr std::int32_t kHasNulls = 1;
constexpr std::int32_t kNull = -1;

std::int32_t take_int32(std::string_view& bytes) {
  if (bytes.size() < 4) malformed("array");
  const std::int32_t number = int32_at(bytes.data());
  bytes.remove_prefix(4);
  return number;
}

bool has_nulls(std::string_view array) {
  ArrayView view(array);
  for (std::size_t left = view.size(); left > 0; --left)
    if (view.next().kind == CellKind::null) return true;
  return false;
}

void set_int32(std::string& out, std::size_t at, std::int32_t number) {
  std::string bytes;
  append_int32(bytes, number);
  out.replace(at, bytes.size(), bytes);
}

}  // namespace

ArrayCodec::ArrayCodec(const Type& type, Decode from, Encode to)
    : element_type_(type.element.front().engine_id), from_(from), to_(to), text_(type.delimiter) {}

void ArrayCodec::decode(std::string_view bytes, Batch& batch) {
  if (from_)
    read_binary(bytes);
  else if (!text_.read(bytes, array_))
    malformed("array");
  batch.add(CellKind::array, array_.bytes());
}

void ArrayCodec::read_binary(std::string_view bytes) {
  if (bytes.size() < kHeader) malformed("array");
  const std::int32_t count = int32_at(bytes.data());
  bytes.remove_prefix(kHeader);
  if (count < 0 || count > kMostDimensions) malformed("array");
  dimensions_.clear();
  std::size_t elements = count > 0 ? 1 : 0;
  for (std::int32_t i = 0; i < count; ++i) {
    if (bytes.size() < kDimension) malformed("array");
    const std::int32_t length = take_int32(bytes);
    if (length < 0) malformed("array");
    dimensions_.push_back({take_int32(bytes), static_cast<std::uint32_t>(length)});
    elements *= static_cast<std::size_t>(length);
    if (elements > bytes.size() / 4) malformed("array");
  }
  array_.begin(dimensions_);
  read_elements(bytes, elements);
}

void ArrayCodec::read_elements(std::string_view bytes, std::size_t count) {
  for (; count > 0; --count) {
    const std::int32_t length = take_int32(bytes);
    if (length == kNull) {
      array_.add({});
      continue;
    }
    if (length < 0 || static_cast<std::size_t>(length) > bytes.size()) malformed("array");
    element_.clear();
    from_(bytes.substr(0, static_cast<std::size_t>(length)), element_);
    array_.add(element_.at(0, 0));
    bytes.remove_prefix(static_cast<std::size_t>(length));
  }
  if (!bytes.empty()) malformed("array");
}

bool ArrayCodec::encode(const CellView& cell, std::string& out) {
  if (is_text(cell) && !text_.read(cell.text, array_)) return false;
  if (!is_text(cell) && cell.kind != CellKind::array) return false;
  const std::string_view bytes = is_text(cell) ? array_.bytes() : cell.text;
  ArrayView array(bytes);
  append_int32(out, static_cast<std::int32_t>(array.dimensions().size()));
  append_int32(out, has_nulls(bytes) ? kHasNulls : 0);
  append_int32(out, static_cast<std::int32_t>(element_type_));
  for (const ArrayDimension& dimension : array.dimensions()) {
    append_int32(out, static_cast<std::int32_t>(dimension.length));
    append_int32(out, dimension.lower);
  }
  for (std::size_t left = array.size(); left > 0; --left) {
    const CellView element = array.next();
    const std::size_t at = out.size();
    append_int32(out, kNull);
    if (element.kind == CellKind::null) continue;
    if (!to_(element, out)) return false;
    set_int32(out, at, static_cast<std::int32_t>(out.size() - at - 4));
  }
  return true;
}

}  // namespace dbkeeper::postgres::wire
