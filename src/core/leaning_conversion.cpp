#include "core/leaning_conversion.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/number_text.h"
#include "dbkeeper/base/decimal.h"
#include "dbkeeper/formats/json_value.h"

namespace dbkeeper {
namespace {

using Refusal = std::optional<std::string>;

// A whole number without the zeros behind its point.
std::optional<std::int64_t> integer_in_decimal(const Decimal& number) {
  constexpr int kMostDigits = 19;
  if (number.digits.empty()) return 0;
  if (number.point > kMostDigits || number.point < static_cast<int>(number.digits.size()))
    return std::nullopt;
  std::string digits = number.negative ? "-" + number.digits : number.digits;
  digits.append(static_cast<std::size_t>(number.point) - number.digits.size(), '0');
  return written_integer(digits);
}

class LeaningConverter final : public CellConverter {
 public:
  LeaningConverter(const Type& from, const Column& to)
      : from_(from.family),
        element_(from.element.empty() ? Family::other : from.element.front().family),
        to_(to.type.family),
        type_(to.type.name),
        affinity_(to.type.affinity),
        numbers_rows_(to.origin == Origin::rowid || to.origin == Origin::autoincrement) {}

  Refusal convert(const CellView& cell, Batch& out) override {
    switch (cell.kind) {
      case CellKind::boolean:
        out.add_integer(cell.integer);
        return std::nullopt;
      case CellKind::integer:
        return convert_integer(cell.integer, out);
      case CellKind::real:
        return convert_float(cell, float_text(cell.real), out);
      case CellKind::single:
        return convert_float(cell, float_text(static_cast<float>(cell.real)), out);
      case CellKind::array:
        return convert_text(json_of_array(cell.text, element_), out);
      case CellKind::bytes:
        if (numbers_rows_) return kNoRowNumber;
        out.add(cell);
        return std::nullopt;
      default:
        break;
    }
    if (from_ == Family::decimal) return convert_decimal(cell.text, out);
    if (from_ == Family::uuid && to_ == Family::bytes) return convert_uuid(cell.text, out);
    if (from_ == Family::timestamp || from_ == Family::timestamptz)
      return convert_timestamp(cell.text, out);
    return convert_text(cell.text, out);
  }

 private:
  static constexpr const char* kNoRowNumber = "is no integer, which the number of a row must be";

  bool leans_to_numbers() const {
    return affinity_ == Affinity::numeric || affinity_ == Affinity::integer ||
           affinity_ == Affinity::real;
  }

  Refusal convert_integer(std::int64_t value, Batch& out) const {
    if (affinity_ == Affinity::real && !fits_float(value))
      return fmt::format("has more digits than a column of type {} keeps", type_);
    out.add_integer(value);
    return std::nullopt;
  }

  // `text`: what it is where the column makes text of numbers, and cuts them short.
  Refusal convert_float(const CellView& cell, const std::string& text, Batch& out) const {
    if (numbers_rows_) {
      const auto integer = integer_in(cell.real);
      return integer ? convert_integer(*integer, out) : kNoRowNumber;
    }
    if (affinity_ == Affinity::text) {
      out.add(CellKind::text, text);
      return std::nullopt;
    }
    if (std::isnan(cell.real)) return "is no number, and the column can't hold that as a float";
    if (cell.real == 0 && std::signbit(cell.real) && affinity_ != Affinity::none)
      return "would lose its sign";
    out.add_real(cell.real);
    return std::nullopt;
  }

  // As digits where nothing is made of text, else as a number, if that has all of them.
  Refusal convert_decimal(std::string_view text, Batch& out) const {
    if (!leans_to_numbers()) {
      out.add(CellKind::text, text);
      return std::nullopt;
    }
    const auto number = parse_decimal(text);
    if (!number) return convert_named_number(text, out);
    const auto integer = integer_in_decimal(significant(*number));
    if (integer) return convert_integer(*integer, out);
    if (numbers_rows_) return kNoRowNumber;
    const auto value = float_with_all_digits(text);
    if (!value) return fmt::format("has more digits than a column of type {} keeps", type_);
    out.add_real(*value);
    return std::nullopt;
  }

  Refusal convert_named_number(std::string_view text, Batch& out) const {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (numbers_rows_) return kNoRowNumber;
    if (text == "NaN") return "is no number, and the column can't hold that as a float";
    out.add_real(text.starts_with('-') ? -kInfinity : kInfinity);
    return std::nullopt;
  }

  // Its sixteen bytes.
  Refusal convert_uuid(std::string_view text, Batch& out) const {
    std::string bytes;
    std::string digits(text);
    digits.erase(std::remove(digits.begin(), digits.end(), '-'), digits.end());
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
      unsigned byte = 0;
      std::from_chars(digits.data() + i, digits.data() + i + 2, byte, 16);
      bytes += static_cast<char>(byte);
    }
    out.add(CellKind::bytes, bytes);
    return std::nullopt;
  }

  // Applications of such an engine have a blank between date and time.
  Refusal convert_timestamp(std::string_view text, Batch& out) const {
    constexpr std::size_t kDate = 10;
    if (text.size() <= kDate || text[kDate] != 'T') return convert_text(text, out);
    std::string spaced(text);
    spaced[kDate] = ' ';
    return convert_text(spaced, out);
  }

  Refusal convert_text(std::string_view text, Batch& out) const {
    if (leans_to_numbers() && reads_as_number(text)) return convert_number_text(text, out);
    if (numbers_rows_) return kNoRowNumber;
    out.add(CellKind::text, text);
    return std::nullopt;
  }

  // The column makes a number of it: that must be written just like the text.
  Refusal convert_number_text(std::string_view text, Batch& out) const {
    if (affinity_ != Affinity::real)
      if (const auto integer = written_integer(text)) return convert_integer(*integer, out);
    const auto value = float_with_all_digits(text);
    const bool stays_float = value && (affinity_ == Affinity::real || !integer_in(*value));
    if (!stays_float || float_text(*value) != text || numbers_rows_)
      return fmt::format("would become another text: a column of type {} makes numbers of digits",
                         type_);
    out.add_real(*value);
    return std::nullopt;
  }

  const Family from_;
  const Family element_;
  const Family to_;
  const std::string type_;
  const Affinity affinity_;
  const bool numbers_rows_;
};

}  // namespace

std::unique_ptr<CellConverter> leaning_converter(const Type& from, const Column& to) {
  return std::make_unique<LeaningConverter>(from, to);
}

}  // namespace dbkeeper
