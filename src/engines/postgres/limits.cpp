#include "engines/postgres/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "dbkeeper/base/decimal.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/model/array.h"
#include "engines/postgres/cell_text.h"
#include "engines/postgres/oids.h"

namespace dbkeeper::postgres {
namespace {

// The numbers in the parentheses of a type's name: 80 of varchar(80), 5 and 2 of numeric(5,2).
std::vector<int> numbers_in(std::string_view name) {
  std::vector<int> out;
  const std::size_t close = name.find(')');
  std::size_t at = name.find('(');
  while (at < close && close != std::string_view::npos) {
    int number = 0;
    const auto parsed = std::from_chars(name.data() + at + 1, name.data() + close, number);
    if (parsed.ec != std::errc()) return {};
    out.push_back(number);
    at = static_cast<std::size_t>(parsed.ptr - name.data());
  }
  return out;
}

// Of a time's seconds, zeros at the end left out.
int fraction_digits(std::string_view time) {
  const std::size_t point = std::min(time.find('.'), time.size());
  std::size_t last = point;  // the last digit that counts
  for (std::size_t i = point + 1; i < time.size() && time[i] >= '0' && time[i] <= '9'; ++i)
    if (time[i] != '0') last = i;
  return static_cast<int>(last - point);
}

bool is_longer(std::string_view text, int most) {
  const auto limit = static_cast<std::size_t>(most);
  return text.size() > limit &&
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
           return (static_cast<unsigned char>(c) >> 6) != 2;
         })) > limit;
}

std::string_view without_blanks_at_end(std::string_view text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

}  // namespace

Limits::Limits(const Type& type) {
  const Type& value = type.element.empty() ? type : type.element.front();
  set_size(value);
  if (value.labels.empty()) return;
  of_ = Of::labels;
  labels_ = {value.labels.begin(), value.labels.end()};
  no_label_ = "is no label of " + value.name;
}

void Limits::set_size(const Type& value) {
  const std::vector<int> numbers = numbers_in(value.name);
  if (numbers.empty()) return;
  most_ = numbers.back();
  switch (value.engine_id) {
    case oid::kNumeric:
      of_ = Of::decimal;
      precision_ = numbers.front();
      too_fine_ = fmt::format("has digits that {} would round away", value.name);
      too_large_ = fmt::format("is too large for {}", value.name);
      break;
    case oid::kTime:
    case oid::kTimestamp:
    case oid::kTimestamptz:
      of_ = Of::fraction;
      too_fine_ = fmt::format("has parts of a second that {} would round away", value.name);
      break;
    case oid::kVarchar:
    case oid::kBpchar:
      of_ = value.engine_id == oid::kVarchar ? Of::length : Of::length_but_blanks;
      too_long_ = fmt::format("is longer than {} character{}", most_, most_ == 1 ? "" : "s");
      break;
    default:
      break;
  }
}

const char* Limits::complaint(const CellView& cell) const {
  if (of_ == Of::nothing) return nullptr;
  if (cell.kind != CellKind::array) return complaint_of_value(cell);
  ArrayView array(cell.text);
  for (std::size_t left = array.size(); left > 0; --left)
    if (const char* complaint = complaint_of_value(array.next())) return complaint;
  return nullptr;
}

const char* Limits::complaint_of_value(const CellView& value) const {
  switch (value.kind) {
    case CellKind::plain:
    case CellKind::text:
    case CellKind::json:
      return complaint_of_text(value.text);
    case CellKind::boolean:
    case CellKind::integer:
    case CellKind::real:
    case CellKind::single:
      return complaint_of_text(cast_text(value));
    default:
      return nullptr;
  }
}

const char* Limits::complaint_of_text(std::string_view text) const {
  switch (of_) {
    case Of::decimal:
      return complaint_of_decimal(text);
    case Of::fraction:
      return fraction_digits(text) > most_ ? too_fine_.c_str() : nullptr;
    case Of::length:
      return is_longer(text, most_) ? too_long_.c_str() : nullptr;
    case Of::length_but_blanks:
      return is_longer(without_blanks_at_end(text), most_) ? too_long_.c_str() : nullptr;
    case Of::labels:
      return labels_.find(text) == labels_.end() ? no_label_.c_str() : nullptr;
    default:
      return nullptr;
  }
}

// No size takes an infinity, every size NaN.
const char* Limits::complaint_of_decimal(std::string_view text) const {
  const auto parsed = parse_decimal(text);
  if (!parsed) return lower_ascii(text).ends_with("infinity") ? too_large_.c_str() : nullptr;
  const Decimal number = significant(*parsed);
  if (number.digits.empty()) return nullptr;
  if (number.point - static_cast<int>(number.digits.size()) < -most_) return too_fine_.c_str();
  return number.point > precision_ - most_ ? too_large_.c_str() : nullptr;
}

}  // namespace dbkeeper::postgres
