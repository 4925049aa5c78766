#include "formats/export_json/row_parser.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "dbkeeper/base/error.h"
#include "formats/export_json/json_text.h"

namespace dbkeeper::export_json {
namespace {

namespace ondemand = simdjson::ondemand;

[[noreturn]] void fail(std::string_view column, std::string_view what) {
  throw Error(ErrorKind::input, fmt::format("column '{}': {}", column, what))
      .column(std::string(column));
}

// A value on its way into the batch: rows may give their columns in any order, batches may not.
struct Parsed {
  bool seen = false;
  CellKind kind = CellKind::null;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;

  void add_to(Batch& batch) const {
    switch (kind) {
      case CellKind::null:
        batch.add_null();
        return;
      case CellKind::boolean:
        batch.add_boolean(integer != 0);
        return;
      case CellKind::integer:
        batch.add_integer(integer);
        return;
      case CellKind::real:
        batch.add_real(real);
        return;
      case CellKind::single:
        batch.add_single(static_cast<float>(real));
        return;
      default:
        batch.add(kind, text);
        return;
    }
  }
};

std::string_view trimmed(std::string_view token) {
  while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
  return token;
}

void take_number(std::string_view token, Family family, Parsed& out) {
  const bool whole = token.find_first_of(".eE") == std::string_view::npos;
  if (whole && family != Family::real && family != Family::single) {
    const auto [end, error] =
        std::from_chars(token.data(), token.data() + token.size(), out.integer);
    out.kind = CellKind::integer;
    if (error == std::errc() && end == token.data() + token.size()) return;
  } else if (family != Family::decimal) {
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), out.real);
    out.kind = family == Family::single ? CellKind::single : CellKind::real;
    if (error == std::errc() && end == token.data() + token.size()) return;
  }
  out.kind = CellKind::plain;  // more digits than a machine number holds
  out.text = token;
}

void take_string(std::string_view text, Family family, std::string_view column, Parsed& out) {
  if (family == Family::bytes) {
    auto bytes = decoded_base64(text);
    if (!bytes) fail(column, "not base64");
    out.kind = CellKind::bytes;
    out.text = *std::move(bytes);
    return;
  }
  if (family == Family::real || family == Family::single) {
    out.kind = family == Family::real ? CellKind::real : CellKind::single;
    if (text == "NaN")
      out.real = std::numeric_limits<double>::quiet_NaN();
    else if (text == "Infinity")
      out.real = std::numeric_limits<double>::infinity();
    else if (text == "-Infinity")
      out.real = -std::numeric_limits<double>::infinity();
    else
      fail(column, fmt::format("'{}' is not a number", text));
    return;
  }
  out.kind = CellKind::text;
  out.text = text;
}

std::string_view raw_text(ondemand::value& value, ondemand::json_type type) {
  switch (type) {
    case ondemand::json_type::object:
      return value.get_object().value().raw_json().value();
    case ondemand::json_type::array:
      return value.get_array().value().raw_json().value();
    default:
      return trimmed(value.raw_json_token());
  }
}

void take_value(ondemand::value value, Family family, std::string_view column, Parsed& out) {
  const ondemand::json_type type = value.type();
  if (type == ondemand::json_type::null) {
    if (!value.is_null()) fail(column, "not a JSON value");
    out.kind = CellKind::null;
  } else if (family == Family::json || family == Family::jsonb ||
             type == ondemand::json_type::object || type == ondemand::json_type::array) {
    out.kind = CellKind::json;
    out.text = raw_text(value, type);
  } else if (type == ondemand::json_type::boolean) {
    out.kind = CellKind::boolean;
    out.integer = value.get_bool().value();
  } else if (type == ondemand::json_type::number) {
    take_number(trimmed(value.raw_json_token()), family, out);
  } else {
    take_string(value.get_string().value(), family, column, out);
  }
}

}  // namespace

class RowParser::State {
 public:
  State(std::vector<std::string> columns, std::vector<Family> families)
      : columns_(std::move(columns)), families_(std::move(families)), cells_(columns_.size()) {}

  void parse(std::string_view text, Batch& batch) {
    padded_.assign(text);
    padded_.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    for (Parsed& cell : cells_) cell.seen = false;
    ondemand::document document =
        parser_.iterate(padded_.data(), text.size(), padded_.capacity()).value();
    std::size_t expected = 0;
    for (auto field : document.get_object()) {
      const std::string_view name = field.unescaped_key().value();
      const std::size_t at = find(name, expected);
      if (cells_[at].seen) fail(name, "stands twice in one row");
      cells_[at].seen = true;
      take_value(field.value(), families_[at], name, cells_[at]);
      expected = at + 1;
    }
    for (std::size_t at = 0; at < cells_.size(); ++at) {
      if (!cells_[at].seen) fail(columns_[at], "is missing in this row");
      cells_[at].add_to(batch);
    }
    if (columns_.empty()) batch.add_empty_row();
  }

 private:
  std::size_t find(std::string_view name, std::size_t expected) const {
    if (expected < columns_.size() && columns_[expected] == name) return expected;
    for (std::size_t at = 0; at < columns_.size(); ++at)
      if (columns_[at] == name) return at;
    fail(name, "is not listed in the file's schema");
  }

  std::vector<std::string> columns_;
  std::vector<Family> families_;
  std::vector<Parsed> cells_;
  std::string padded_;
  ondemand::parser parser_;
};

RowParser::RowParser(std::vector<std::string> columns, std::vector<Family> families)
    : state_(std::make_unique<State>(std::move(columns), std::move(families))) {}
RowParser::~RowParser() = default;

void RowParser::parse(std::string_view text, Batch& batch) {
  try {
    state_->parse(text, batch);
  } catch (const simdjson::simdjson_error& error) {
    throw Error(ErrorKind::input, fmt::format("not a row: {}", error.what()));
  }
}

}  // namespace dbkeeper::export_json
