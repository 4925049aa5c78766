#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "dbkeeper/base/json_text.h"
#include "dbkeeper/base/utf8.h"
#include "dbkeeper/formats/export_writer.h"
#include "dbkeeper/formats/json_value.h"
#include "dbkeeper/model/array.h"
#include "formats/export_json/embedded_json.h"
#include "formats/export_json/json_text.h"

namespace dbkeeper {
namespace {

using namespace export_json;

bool is_float(Family family) { return family == Family::real || family == Family::single; }

void append_integer(Buffer& out, std::int64_t value) {
  constexpr std::size_t kLongest = 20;
  const std::size_t before = out.size();
  char* const begin = out.grow(kLongest);
  const char* const end = std::to_chars(begin, begin + kLongest, value).ptr;
  out.shorten_to(before + static_cast<std::size_t>(end - begin));
}

// An object that says what it is: {"$type":"blob","base64":"…"}
template <class Append>
void append_tagged(Buffer& out, std::string_view type, std::string_view key, Append append) {
  for (const std::string_view part : {std::string_view("{\"$type\":\""), type,
                                      std::string_view("\",\""), key, std::string_view("\":")})
    out += part;
  append();
  out += '}';
}

void append_quoted_base64(Buffer& out, std::string_view bytes) {
  out += '"';
  append_base64(out, bytes);
  out += '"';
}

void append_plain(Buffer& out, std::string_view text) {
  char* to = out.grow(text.size() + 2);
  *to++ = '"';
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
  to[text.size()] = '"';
}

// The rest of what the document's tags are for: a value that its column's kind
// doesn't tell.
void append_integer_cell(Buffer& out, std::int64_t value, Family family) {
  if (is_float(family) || family == Family::text || family == Family::bytes)
    append_tagged(out, "integer", "value", [&] { append_integer(out, value); });
  else
    append_integer(out, value);
}

void append_real_cell(Buffer& out, double value, Family family) {
  const bool foreign = family == Family::integer || family == Family::boolean ||
                       family == Family::text || family == Family::bytes;
  if (foreign || (!std::isfinite(value) && !is_float(family)))
    append_tagged(out, "real", "value", [&] { append_real(out, value); });
  else
    append_real(out, value);
}

void append_text_cell(Buffer& out, std::string_view text, Family family) {
  const bool foreign = family == Family::integer || family == Family::boolean || is_float(family) ||
                       family == Family::bytes;
  if (!is_utf8(text))
    append_tagged(out, "text", "base64", [&] { append_quoted_base64(out, text); });
  else if (foreign)
    append_tagged(out, "text", "value", [&] { append_json_string(out, text); });
  else
    append_json_string(out, text);
}

void append_bytes_cell(Buffer& out, std::string_view bytes, Family family) {
  if (family == Family::bytes)
    append_quoted_base64(out, bytes);
  else
    append_tagged(out, "blob", "base64", [&] { append_quoted_base64(out, bytes); });
}

void append_json_cell(Buffer& out, std::string_view json, bool in_array) {
  if (!is_utf8(json))
    return append_tagged(out, "json", "base64", [&] { append_quoted_base64(out, json); });
  switch (embedding_of(json)) {
    case Embedding::plain:
      // Within an array it would be taken for another dimension.
      if (!in_array || json.front() != '[') {
        out += json;
        return;
      }
      [[fallthrough]];
    case Embedding::value:
      return append_tagged(out, "json", "value", [&] { out += json; });
    case Embedding::text:
      return append_tagged(out, "json", "text", [&] { append_json_string(out, json); });
  }
}

void append_array_cell(Buffer& out, std::string_view bytes, Family element);

void append_cell(Buffer& out, const CellView& cell, Family family, Family element,
                 bool in_array = false) {
  switch (cell.kind) {
    case CellKind::null:
      out += std::string_view("null");
      return;
    case CellKind::boolean:
      out += std::string_view(cell.integer != 0 ? "true" : "false");
      return;
    case CellKind::integer:
      return append_integer_cell(out, cell.integer, family);
    case CellKind::real:
      return append_real_cell(out, cell.real, family);
    case CellKind::single:
      return append_single(out, static_cast<float>(cell.real));
    case CellKind::plain:
      return append_plain(out, cell.text);
    case CellKind::text:
      return append_text_cell(out, cell.text, family);
    case CellKind::json:
      return append_json_cell(out, cell.text, in_array);
    case CellKind::bytes:
      return append_bytes_cell(out, cell.text, family);
    case CellKind::array:
      return append_array_cell(out, cell.text, element);
  }
}

// The elements from dimension `depth` on, as many brackets as there are
// dimensions left.
void append_dimension(Buffer& out, ArrayView& array, std::size_t depth, Family element) {
  out += '[';
  for (std::uint32_t i = 0; i < array.dimensions()[depth].length; ++i) {
    if (i > 0) out += ',';
    if (depth + 1 < array.dimensions().size())
      append_dimension(out, array, depth + 1, element);
    else
      append_cell(out, array.next(), element, element, true);
  }
  out += ']';
}

// {"$type":"array","lower":[0,1],"value":
void append_lower_bounds(Buffer& out, const std::vector<ArrayDimension>& dimensions) {
  out += std::string_view("{\"$type\":\"array\",\"lower\":");
  char separator = '[';
  for (const ArrayDimension& dimension : dimensions) {
    out += separator;
    append_integer(out, dimension.lower);
    separator = ',';
  }
  out += std::string_view("],\"value\":");
}

void append_array_cell(Buffer& out, std::string_view bytes, Family element) {
  ArrayView array(bytes);
  const bool ordinary =
      std::all_of(array.dimensions().begin(), array.dimensions().end(),
                  [](const ArrayDimension& dimension) { return dimension.lower == 1; });
  if (!ordinary) append_lower_bounds(out, array.dimensions());
  if (array.dimensions().empty())
    out += std::string_view("[]");
  else
    append_dimension(out, array, 0, element);
  if (!ordinary) out += '}';
}

}  // namespace

std::string json_of_array(std::string_view bytes, Family element) {
  Buffer out;
  append_array_cell(out, bytes, element);
  return std::string(out.view());
}

RowEncoder::RowEncoder(const Table& table, const std::vector<std::string>& columns)
    : digest_(columns) {
  for (const std::string& name : columns) {
    const Type& type = table.find_column(name)->type;
    const char* before = columns_.empty() ? ",\n{" : ",";
    columns_.push_back({before + json_of(name) + ":", type.family,
                        type.element.empty() ? Family::other : type.element.front().family});
  }
}

void RowEncoder::append(const Batch& batch, Buffer& out) {
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    if (columns_.empty()) out += std::string_view(",\n{");
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      const ColumnForm& form = columns_[column];
      out += form.key;
      append_cell(out, batch.at(row, column), form.family, form.element);
    }
    out += '}';
    digest_.add(batch, row);
  }
}

}  // namespace dbkeeper
