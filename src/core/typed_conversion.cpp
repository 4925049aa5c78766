#include "core/typed_conversion.h"

#include <cmath>

#include "core/number_text.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/formats/json_value.h"

namespace dbkeeper {
namespace {

using Refusal = std::optional<std::string>;
using Convert = Refusal (*)(const CellView& cell, Batch& out);

bool is_text(const CellView& cell) {
  return cell.kind == CellKind::plain || cell.kind == CellKind::text;
}
bool is_float(const CellView& cell) {
  return cell.kind == CellKind::real || cell.kind == CellKind::single;
}

std::string text_of_float(const CellView& cell) {
  return cell.kind == CellKind::single ? float_text(static_cast<float>(cell.real))
                                       : float_text(cell.real);
}

Refusal keep(const CellView& cell, Batch& out) {
  out.add(cell);
  return std::nullopt;
}

Refusal to_boolean(const CellView& cell, Batch& out) {
  if (cell.kind == CellKind::boolean) return keep(cell, out);
  const std::string text = is_text(cell) ? lower_ascii(cell.text) : std::string();
  const bool number = cell.kind == CellKind::integer;
  const bool yes = (number && cell.integer == 1) || text == "1" || text == "t" || text == "true";
  const bool no = (number && cell.integer == 0) || text == "0" || text == "f" || text == "false";
  if (!yes && !no) return "is neither 1 nor 0, true nor false";
  out.add_boolean(yes);
  return std::nullopt;
}

Refusal to_integer(const CellView& cell, Batch& out) {
  if (cell.kind == CellKind::boolean || cell.kind == CellKind::integer) return keep(cell, out);
  const auto value = is_float(cell)  ? integer_in(cell.real)
                     : is_text(cell) ? written_integer(cell.text)
                                     : std::nullopt;
  if (!value) return "is no integer";
  out.add_integer(*value);
  return std::nullopt;
}

bool is_named_number(std::string_view text) {
  return text == "NaN" || text == "Infinity" || text == "-Infinity";
}

// Its range is the engine's affair, and whether a float has its digits.
Refusal to_number(const CellView& cell, Batch& out) {
  if (is_text(cell) && (is_plain_number(cell.text) || is_named_number(cell.text)))
    return keep(cell, out);
  if (cell.kind == CellKind::integer || is_float(cell)) return keep(cell, out);
  return "is no number";
}

Refusal to_decimal(const CellView& cell, Batch& out) {
  const bool zero =
      is_float(cell) ? cell.real == 0 : is_text(cell) && float_with_all_digits(cell.text) == 0.0;
  const bool negative = is_float(cell) ? std::signbit(cell.real) : cell.text.starts_with('-');
  if (zero && negative) return "would lose its sign";
  return to_number(cell, out);
}

Refusal to_text(const CellView& cell, Batch& out) {
  switch (cell.kind) {
    case CellKind::integer:
      out.add(CellKind::text, std::to_string(cell.integer));
      return std::nullopt;
    case CellKind::real:
    case CellKind::single:
      out.add(CellKind::text, text_of_float(cell));
      return std::nullopt;
    case CellKind::bytes:
      return "is a blob, no text";
    default:
      return keep(cell, out);
  }
}

Refusal to_bytes(const CellView& cell, Batch& out) {
  return cell.kind == CellKind::bytes ? keep(cell, out) : "is no blob";
}

// A number alone is JSON, too: a column that leans towards numbers has made it of its text.
Refusal to_json(const CellView& cell, Batch& out) {
  if (cell.kind == CellKind::json) return keep(cell, out);
  const std::string number = cell.kind == CellKind::integer ? std::to_string(cell.integer)
                             : is_float(cell)               ? text_of_float(cell)
                                                            : std::string();
  const std::string_view text = is_text(cell) ? cell.text : number;
  if (!is_json(text)) return "is not JSON";
  out.add(CellKind::json, text);
  return std::nullopt;
}

Refusal to_parsed_json(const CellView& cell, Batch& out) {
  if (!is_text(cell)) return to_json(cell, out);
  if (!is_json(cell.text)) return "is not JSON";
  if (auto lost = lost_in_parsed_json(cell.text)) return lost;
  out.add(CellKind::json, cell.text);
  return std::nullopt;
}

// The sixteen bytes themselves, or any of the spellings that the engine knows.
Refusal to_uuid(const CellView& cell, Batch& out) {
  constexpr std::size_t kBytes = 16;
  if (is_text(cell)) return keep(cell, out);
  if (cell.kind != CellKind::bytes || cell.text.size() != kBytes) return "is no uuid";
  std::string text;
  for (std::size_t i = 0; i < kBytes; ++i) {
    static constexpr char kDigits[] = "0123456789abcdef";
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    const auto byte = static_cast<unsigned char>(cell.text[i]);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  out.add(CellKind::text, text);
  return std::nullopt;
}

Refusal to_own_text_form(const CellView& cell, Batch& out) {
  return is_text(cell) ? keep(cell, out) : "is no text, which the column's type is read from";
}

class ByKind final : public CellConverter {
 public:
  explicit ByKind(Convert conversion) : conversion_(conversion) {}
  Refusal convert(const CellView& cell, Batch& out) override { return conversion_(cell, out); }

 private:
  const Convert conversion_;
};

class ToArray final : public CellConverter {
 public:
  explicit ToArray(Family element) : element_(element) {}

  Refusal convert(const CellView& cell, Batch& out) override {
    if (cell.kind == CellKind::array) return keep(cell, out);
    const auto bytes = is_text(cell) ? array_of_json(cell.text, element_) : std::nullopt;
    if (!bytes) return "is no JSON array of such values";
    out.add(CellKind::array, *bytes);
    return std::nullopt;
  }

 private:
  const Family element_;
};

Convert conversion_to(const Type& to) {
  if (!to.labels.empty()) return to_own_text_form;
  switch (to.family) {
    case Family::boolean:
      return to_boolean;
    case Family::integer:
      return to_integer;
    case Family::decimal:
      return to_decimal;
    case Family::single:
    case Family::real:
      return to_number;
    case Family::text:
      return to_text;
    case Family::bytes:
      return to_bytes;
    case Family::json:
      return to_json;
    case Family::jsonb:
      return to_parsed_json;
    case Family::uuid:
      return to_uuid;
    case Family::other:
      return to_own_text_form;
    default:
      return keep;
  }
}

}  // namespace

std::unique_ptr<CellConverter> typed_converter(const Type& to) {
  if (!to.element.empty()) return std::make_unique<ToArray>(to.element.front().family);
  return std::make_unique<ByKind>(conversion_to(to));
}

}  // namespace dbkeeper
