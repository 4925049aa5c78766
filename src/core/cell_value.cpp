#include "core/cell_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/number_text.h"
#include "dbkeeper/base/json_text.h"
#include "dbkeeper/model/array.h"

namespace dbkeeper {
namespace {

constexpr std::size_t kMostBytes = 200;
constexpr std::size_t kMostElements = 50;

std::string shortened(std::string_view text) {
  if (text.size() <= kMostBytes) return std::string(text);
  std::size_t end = kMostBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string hexadecimal(std::string_view bytes) {
  std::string out = "x'";
  for (const char c : bytes.substr(0, kMostBytes / 2))
    out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out + (bytes.size() > kMostBytes / 2 ? "…'" : "'");
}

Value number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

// Its elements, whatever its dimensions.
Value list_of(std::string_view bytes) {
  ArrayView array(bytes);
  Value::List out;
  for (std::size_t i = std::min(array.size(), kMostElements); i > 0; --i)
    out.push_back(value_of(array.next()));
  if (array.size() > kMostElements) out.emplace_back("…");
  return out;
}

std::optional<double> number_in(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value.data()))
    return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&value.data())) return *real;
  return std::nullopt;
}

// Of an object by its members' values, in their order.
bool object_comes_before(const Value::Object& a, const Value::Object& b) {
  return std::lexicographical_compare(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const auto& x, const auto& y) { return comes_before(x.second, y.second); });
}

}  // namespace

Value value_of(const CellView& cell) {
  switch (cell.kind) {
    case CellKind::null:
      return {};
    case CellKind::boolean:
      return cell.integer != 0;
    case CellKind::integer:
      return cell.integer;
    case CellKind::real:
    case CellKind::single:
      return number(cell.real);
    case CellKind::plain:
    case CellKind::text:
    case CellKind::json:
      return shortened(cell.text);
    case CellKind::bytes:
      return hexadecimal(cell.text);
    case CellKind::array:
      return list_of(cell.text);
  }
  return {};
}

std::string shown(const CellView& cell) {
  switch (cell.kind) {
    case CellKind::null:
      return "NULL";
    case CellKind::boolean:
      return cell.integer != 0 ? "true" : "false";
    case CellKind::integer:
      return std::to_string(cell.integer);
    case CellKind::real:
      return float_text(cell.real);
    case CellKind::single:
      return float_text(static_cast<float>(cell.real));
    case CellKind::bytes:
      return hexadecimal(cell.text);
    case CellKind::array:
      return fmt::format("(array of {})", ArrayView(cell.text).size());
    default:
      return "'" + shortened(cell.text) + "'";
  }
}

bool comes_before(const Value& a, const Value& b) {
  const auto *x = std::get_if<Value::Object>(&a.data()), *y = std::get_if<Value::Object>(&b.data());
  if (x && y) return object_comes_before(*x, *y);
  const auto *i = std::get_if<std::int64_t>(&a.data()), *j = std::get_if<std::int64_t>(&b.data());
  if (i && j) return *i < *j;
  const auto m = number_in(a), n = number_in(b);
  if (m && n) return *m < *n;
  if (a.data().index() != b.data().index()) return a.data().index() < b.data().index();
  const auto *s = std::get_if<std::string>(&a.data()), *t = std::get_if<std::string>(&b.data());
  return s && t ? *s < *t : json_of(a) < json_of(b);
}

}  // namespace dbkeeper
