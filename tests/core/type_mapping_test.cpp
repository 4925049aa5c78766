// Every line of docs/type-mapping.md through the conversion and the columns' own rules, without a
// database: PostgreSQL's by what its wire format takes, SQLite's by what it documents of affinity.
#include <charconv>
#include <cmath>
#include <map>

#include "core/cell_conversion.h"
#include "core/number_text.h"
#include "dbkeeper/model/schema.h"
#include "engines/postgres/array_text.h"
#include "engines/postgres/cell_text.h"
#include "engines/postgres/copy_field.h"
#include "engines/postgres/families.h"
#include "engines/postgres/oids.h"
#include "engines/sqlite/column_type.h"
#include "support/catch.h"
#include "support/type_mapping.h"

namespace dbkeeper::testing {
namespace {

namespace oid = postgres::oid;

Type postgres_type(const std::string& name) {
  static const std::map<std::string, std::uint32_t> kNumbers = {{"boolean", oid::kBool},
                                                                {"smallint", oid::kInt2},
                                                                {"integer", oid::kInt4},
                                                                {"bigint", oid::kInt8},
                                                                {"numeric", oid::kNumeric},
                                                                {"real", oid::kFloat4},
                                                                {"double precision", oid::kFloat8},
                                                                {"text", oid::kText},
                                                                {"varchar", oid::kVarchar},
                                                                {"bytea", oid::kBytea},
                                                                {"json", oid::kJson},
                                                                {"jsonb", oid::kJsonb},
                                                                {"uuid", oid::kUuid},
                                                                {"date", oid::kDate},
                                                                {"time", oid::kTime},
                                                                {"timestamp", oid::kTimestamp},
                                                                {"timestamptz", oid::kTimestamptz}};
  Type out{.name = name};
  if (name.ends_with("[]")) {
    out.family = Family::array;
    out.element = {postgres_type(name.substr(0, name.size() - 2))};
    return out;
  }
  if (const auto at = kNumbers.find(name.substr(0, name.find('('))); at != kNumbers.end())
    out.engine_id = at->second;
  out.family = postgres::family_of(out.engine_id);
  if (name == "mood") out.labels = {"sad", "glad"};
  return out;
}

void unhex(std::string_view digits, Batch& out) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    unsigned byte = 0;
    std::from_chars(digits.data() + i, digits.data() + i + 2, byte, 16);
    bytes += static_cast<char>(byte);
  }
  out.add(CellKind::bytes, bytes);
}

// An SQL literal without quotes in it.
void add_literal(const std::string& literal, Batch& out) {
  if (literal.starts_with('\''))
    out.add(CellKind::text, literal.substr(1, literal.size() - 2));
  else if (literal.starts_with("x'"))
    unhex(literal.substr(2, literal.size() - 3), out);
  else if (const auto integer = written_integer(literal))
    out.add_integer(*integer);
  else
    out.add_real(std::stod(literal));
}

// A value's text as an export has the value.
void add_postgres(const std::string& text, const Type& type, Batch& out) {
  if (type.family == Family::bytes) return unhex(text.substr(2), out);
  const auto encode = postgres::wire::encoder(type);
  if (!encode) return out.add(CellKind::text, text);
  std::string bytes;
  REQUIRE(encode({CellKind::text, 0, 0, text}, bytes));
  postgres::wire::decoder(type)(bytes, out);
}

// What PostgreSQL shows of a value that is on its way to the column, or "refused: ".
std::string shown_in_postgres(const CellView& cell, const Column& column) {
  const postgres::CopyField field(column, false);
  std::string bytes;
  if (!field.has_binary())
    return field.append_text(cell, bytes) ? bytes : "refused: " + field.complaint(cell);
  if (!field.append_binary(cell, bytes)) return "refused: " + field.complaint(cell);
  Batch stored(1);
  postgres::wire::decoder(column.type)(bytes, stored);
  const CellView value = stored.at(0, 0);
  if (value.kind == CellKind::array) {
    std::string text;
    postgres::append_array_text(text, value.text, ',');
    std::erase(text, '"');
    return text;
  }
  std::string text = postgres::text_of(value);
  if (value.kind == CellKind::plain && text.size() > 10 && text[10] == 'T') {
    text[10] = ' ';
    if (text.back() == 'Z') text.replace(text.size() - 1, 1, "+00");
  }
  return text;
}

// As SQLite's quote() shows what the column makes of a value.
std::string stored_in_sqlite(const CellView& cell, Affinity affinity) {
  switch (cell.kind) {
    case CellKind::integer:
      if (affinity == Affinity::text) return "'" + std::to_string(cell.integer) + "'";
      if (affinity == Affinity::real) return float_text(static_cast<double>(cell.integer));
      return std::to_string(cell.integer);
    case CellKind::real:
      if (const auto integer = integer_in(cell.real); integer && affinity != Affinity::real)
        return std::to_string(*integer);
      return float_text(cell.real);
    case CellKind::bytes: {
      std::string out = "X'";
      for (const char c : cell.text)
        for (const int shift : {4, 0})
          out += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> shift & 15];
      return out + "'";
    }
    default:
      return "'" + std::string(cell.text) + "'";
  }
}

std::string expected(const MappingExample& example) {
  return example.refused.empty() ? example.arrives : "refused: " + example.refused;
}

}  // namespace

TEST_CASE("each example from SQLite to PostgreSQL arrives as the manual says, or is refused so") {
  for (const MappingExample& example : mapping_examples(Direction::into_postgres)) {
    CAPTURE(example.line, example.value, example.into);
    const Column column{.name = "v", .type = postgres_type(example.into)};
    Batch given(1), out(1);
    add_literal(example.value, given);
    const auto why =
        make_converter(sqlite::column_type(example.from), column, {})->convert(given.at(0, 0), out);
    std::string arrived = why ? "refused: " + *why : shown_in_postgres(out.at(0, 0), column);
    // The server fills up to the column's scale.
    if (example.into == "numeric(10,2)" && arrived == "7") arrived = "7.00";
    CHECK(arrived == expected(example));
  }
}

TEST_CASE("each example from PostgreSQL to SQLite arrives as the manual says, or is refused so") {
  for (const MappingExample& example : mapping_examples(Direction::into_sqlite)) {
    CAPTURE(example.line, example.value, example.into);
    const Type from = postgres_type(example.from);
    const Column column{.name = "v", .type = sqlite::column_type(example.into)};
    Batch given(1), out(1);
    add_postgres(example.value, from, given);
    const auto why = make_converter(from, column, {})->convert(given.at(0, 0), out);
    CHECK((why ? "refused: " + *why : stored_in_sqlite(out.at(0, 0), column.type.affinity)) ==
          expected(example));
  }
}

}  // namespace dbkeeper::testing
