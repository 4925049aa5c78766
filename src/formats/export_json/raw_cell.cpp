#include "formats/export_json/raw_cell.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "dbkeeper/model/family.h"
#include "formats/export_json/text_decoding.h"

namespace dbkeeper::export_json {
namespace {

bool is_json(Family family) { return family == Family::json || family == Family::jsonb; }
bool is_float(Family family) { return family == Family::real || family == Family::single; }

[[noreturn]] void refuse(std::size_t at, std::string_view what, Family family) {
  throw Fault{at, fmt::format("{} in a column of kind {}", what, name_of(family))};
}

RawCell text_cell(CellKind kind, const JsonString& string) {
  return {{kind, 0, 0, string.text},
          string.escaped ? RawCell::Form::escaped : RawCell::Form::as_is};
}

RawCell base64_cell(CellKind kind, const JsonString& string) {
  return {{kind, 0, 0, string.text},
          string.escaped ? RawCell::Form::escaped_base64 : RawCell::Form::base64};
}

RawCell json_cell(std::string_view text) { return {{CellKind::json, 0, 0, text}}; }

// Decoded in any case, so that it is looked at when it has been.
RawCell unchecked_json_cell(const JsonString& string) {
  return {{CellKind::json, 0, 0, string.text}, RawCell::Form::escaped};
}

RawCell integer_cell(std::string_view token, std::size_t at) {
  CellView cell{CellKind::integer};
  const char* end = token.data() + token.size();
  const auto result = std::from_chars(token.data(), end, cell.integer);
  if (result.ec != std::errc() || result.ptr != end)
    throw Fault{at,
                fmt::format("the integer {} is larger than any database holds", excerpt(token))};
  return {cell};
}

template <class Float>
Float parsed_float(std::string_view token, std::size_t at) {
  Float value = 0;
  const char* end = token.data() + token.size();
  const auto result = std::from_chars(token.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end)
    throw Fault{at,
                fmt::format("the number {} doesn't fit in {} bytes", excerpt(token), sizeof value)};
  return value;
}

RawCell float_cell(std::string_view token, Family family, std::size_t at) {
  if (family == Family::single) return {{CellKind::single, 0, parsed_float<float>(token, at), {}}};
  return {{CellKind::real, 0, parsed_float<double>(token, at), {}}};
}

RawCell named_float_cell(const JsonString& name, Family family, std::size_t at) {
  using Limits = std::numeric_limits<double>;
  const CellKind kind = family == Family::single ? CellKind::single : CellKind::real;
  const std::string text = decoded_escapes(name.text).value_or(std::string());
  if (text == "NaN") return {{kind, 0, Limits::quiet_NaN(), {}}};
  if (text == "Infinity") return {{kind, 0, Limits::infinity(), {}}};
  if (text == "-Infinity") return {{kind, 0, -Limits::infinity(), {}}};
  throw Fault{at, fmt::format("'{}' is not a number", excerpt(text))};
}

bool is_whole(std::string_view number) {
  return number.find_first_of(".eE") == std::string_view::npos;
}

RawCell number_cell(JsonCursor& in, Family family, bool lenient) {
  const std::size_t at = in.at();
  const std::string_view token = in.number();
  if (is_json(family)) return json_cell(token);
  const bool no_numbers =
      family == Family::text || family == Family::bytes || family == Family::array;
  if (no_numbers) refuse(at, "a number", family);
  if (!is_whole(token)) {
    if (family == Family::integer || family == Family::boolean) refuse(at, "a fraction", family);
    return float_cell(token, family, at);
  }
  if (!is_float(family)) return integer_cell(token, at);
  if (!lenient) refuse(at, "a number without point or exponent", family);
  return float_cell(token, family, at);
}

RawCell string_cell(JsonCursor& in, Family family) {
  const std::size_t at = in.at();
  if (is_json(family)) return json_cell(in.value());
  const JsonString string = in.string();
  switch (family) {
    case Family::integer:
    case Family::boolean:
      refuse(at, "a string", family);
    case Family::real:
    case Family::single:
      return named_float_cell(string, family, at);
    case Family::bytes:
      return base64_cell(CellKind::bytes, string);
    default:
      return text_cell(CellKind::text, string);
  }
}

RawCell word_cell(JsonCursor& in, Family family) {
  const std::size_t at = in.at();
  const std::string_view word = in.word();
  if (word == "null") return {};
  if (is_json(family)) return json_cell(word);
  if (family != Family::boolean) refuse(at, word, family);
  return {{CellKind::boolean, word == "true", 0, {}}};
}

RawCell tagged_number(const Tag& tag, std::size_t at) {
  JsonCursor value(tag.value, at);
  if (tag.type == "real" && value.peek() == '"')
    return named_float_cell(value.string(), Family::real, at);
  const std::string_view token = value.number();
  if (is_whole(token) == (tag.type == "real"))
    throw Fault{at, fmt::format("'{}' tagged as {}", excerpt(token), tag.type)};
  return tag.type == "real" ? float_cell(token, Family::real, at) : integer_cell(token, at);
}

RawCell tagged_cell(const Tag& tag, std::size_t at, Family family) {
  const bool value = !tag.value.empty(), base64 = tag.base64.has_value();
  if (tag.type == "json" && is_json(family)) {
    if (value) return json_cell(tag.value);
    return base64 ? base64_cell(CellKind::json, *tag.base64) : unchecked_json_cell(*tag.text);
  }
  if (tag.type == "blob" && base64) return base64_cell(CellKind::bytes, *tag.base64);
  if (tag.type == "text" && base64) return base64_cell(CellKind::text, *tag.base64);
  if (tag.type == "text" && value)
    return text_cell(CellKind::text, JsonCursor(tag.value, at).string());
  if ((tag.type == "integer" || tag.type == "real") && value) return tagged_number(tag, at);
  refuse(at, fmt::format("a value tagged as '{}'", excerpt(tag.type)), family);
}

// Decodes into `out`, which has room for the raw text; how many bytes it took.
std::size_t decode(const RawCell& raw, char* out, const JsonCursor& in) {
  std::string_view text = raw.cell.text;
  if (raw.form != RawCell::Form::base64) {
    const auto size = decode_escapes(text, out);
    if (!size) in.fail("half a surrogate pair in a text");
    if (raw.form == RawCell::Form::escaped) return *size;
    text = {out, *size};
  }
  if (const auto size = decode_base64(text, out)) return *size;
  in.fail("not base64");
}

// What came out of a string is JSON that nobody has looked at yet.
void check_json(std::string_view text, const JsonCursor& in) {
  try {
    JsonCursor value(text);
    value.value();
    value.end();
  } catch (const Fault& fault) {
    in.fail(fmt::format("the text tagged as json isn't JSON: {}", fault.what));
  }
}

}  // namespace

RawCell plain_cell(JsonCursor& in, Family family, bool lenient) {
  const char first = in.peek();
  if (first == '"') return string_cell(in, family);
  if (first == '-' || (first >= '0' && first <= '9')) return number_cell(in, family, lenient);
  if (first != '[') return word_cell(in, family);
  if (!is_json(family)) refuse(in.at(), "an array", family);
  return json_cell(in.value());
}

RawCell object_cell(std::string_view text, std::size_t offset, const std::optional<Tag>& tag,
                    Family family) {
  if (tag) return tagged_cell(*tag, offset, family);
  if (!is_json(family)) refuse(offset, "an object", family);
  return json_cell(text);
}

void add(Batch& batch, const RawCell& raw, const JsonCursor& in) {
  const CellView& cell = raw.cell;
  if (raw.form == RawCell::Form::as_is) return batch.add(cell);
  char* space = batch.add_space(cell.kind, cell.text.size());
  const std::size_t size = decode(raw, space, in);
  batch.shrink_last(size);
  if (cell.kind == CellKind::json) check_json({space, size}, in);
}

CellView decoded(const RawCell& raw, std::string& scratch, const JsonCursor& in) {
  if (raw.form == RawCell::Form::as_is) return raw.cell;
  scratch.resize(raw.cell.text.size());
  scratch.resize(decode(raw, scratch.data(), in));
  CellView cell = raw.cell;
  cell.text = scratch;
  if (cell.kind == CellKind::json) check_json(cell.text, in);
  return cell;
}

}  // namespace dbkeeper::export_json
