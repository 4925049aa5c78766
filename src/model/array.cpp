#include "dbkeeper/model/array.h"

namespace dbkeeper {
namespace {

template <class Number>
void append_number(std::string& out, Number number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof number);
}

template <class Number>
Number take_number(std::string_view& rest) {
  Number number;
  std::memcpy(&number, rest.data(), sizeof number);
  rest.remove_prefix(sizeof number);
  return number;
}

}  // namespace

void ArrayBuilder::begin(const std::vector<ArrayDimension>& dimensions) {
  bytes_.clear();
  append_number(bytes_, static_cast<std::uint32_t>(dimensions.size()));
  for (const ArrayDimension& dimension : dimensions) {
    append_number(bytes_, dimension.lower);
    append_number(bytes_, dimension.length);
  }
}

void ArrayBuilder::add(const CellView& element) {
  append_number(bytes_, element.kind);
  switch (element.kind) {
    case CellKind::null:
      return;
    case CellKind::boolean:
    case CellKind::integer:
      return append_number(bytes_, element.integer);
    case CellKind::real:
    case CellKind::single:
      return append_number(bytes_, element.real);
    default:
      append_number(bytes_, static_cast<std::uint32_t>(element.text.size()));
      bytes_ += element.text;
  }
}

ArrayView::ArrayView(std::string_view bytes) : rest_(bytes) {
  const auto count = take_number<std::uint32_t>(rest_);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto lower = take_number<std::int32_t>(rest_);
    dimensions_.push_back({lower, take_number<std::uint32_t>(rest_)});
  }
}

std::size_t ArrayView::size() const {
  if (dimensions_.empty()) return 0;
  std::size_t size = 1;
  for (const ArrayDimension& dimension : dimensions_) size *= dimension.length;
  return size;
}

CellView ArrayView::next() {
  CellView cell;
  cell.kind = take_number<CellKind>(rest_);
  switch (cell.kind) {
    case CellKind::null:
      break;
    case CellKind::boolean:
    case CellKind::integer:
      cell.integer = take_number<std::int64_t>(rest_);
      break;
    case CellKind::real:
    case CellKind::single:
      cell.real = take_number<double>(rest_);
      break;
    default: {
      const auto size = take_number<std::uint32_t>(rest_);
      cell.text = rest_.substr(0, size);
      rest_.remove_prefix(size);
    }
  }
  return cell;
}

}  // namespace dbkeeper
