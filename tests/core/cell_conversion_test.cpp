// What docs/type-mapping.md has no line for: units told by a file, rows' numbers, untyped columns.
#include "core/cell_conversion.h"

#include <cmath>

#include "core/batch_conversion.h"
#include "core/cell_value.h"
#include "core/number_text.h"
#include "dbkeeper/model/array.h"
#include "support/catch.h"

namespace dbkeeper::testing {
namespace {

Column column(Family family, Affinity affinity = Affinity::typed, Origin origin = Origin::given) {
  return {.name = "v",
          .type = {.name = "NUMERIC", .family = family, .affinity = affinity},
          .origin = origin};
}

Column leaning(Affinity affinity) { return column(Family::any, affinity); }

CellView text(std::string_view value) { return {CellKind::text, 0, 0, value}; }
CellView integer(std::int64_t value) { return {CellKind::integer, value, 0, {}}; }
CellView real(double value) { return {CellKind::real, 0, value, {}}; }

// The kind's number and the value, or "refused".
std::string converted(const CellView& cell, const Column& to, Family from = Family::text,
                      const ForeignValues& values = {}) {
  Batch out(1);
  const auto why = make_converter({.family = from}, to, values)->convert(cell, out);
  CHECK(out.rows() == (why ? 0U : 1U));
  return why ? "refused" : shown(out.at(0, 0));
}

}  // namespace

TEST_CASE("integers are milliseconds where the file says so") {
  const Column to = column(Family::timestamp);
  CHECK(converted(integer(10368000000), to, Family::timestamp) == "refused");
  CHECK(converted(integer(10368000000), to, Family::timestamp, {.milliseconds = true}) ==
        "'1970-05-01T00:00:00'");
}

TEST_CASE("a time of day is no number, a date no time of day") {
  CHECK(converted(integer(3600), column(Family::time)) == "refused");
  CHECK(converted(text("2026-01-02 03:04:05"), column(Family::time)) == "refused");
  CHECK(converted(text("03:04:05"), column(Family::timestamp)) == "refused");
  CHECK(converted({CellKind::bytes, 0, 0, "x"}, column(Family::date)) == "refused");
  CHECK(converted({CellKind::boolean, 1, 0, {}}, column(Family::date)) == "refused");
}

TEST_CASE("the number of a row is an integer, whatever else the engine would take") {
  const Column id = column(Family::integer, Affinity::integer, Origin::rowid);
  CHECK(converted(integer(7), id) == "7");
  CHECK(converted(text("7"), id) == "7");
  CHECK(converted(text("7"), id, Family::decimal) == "7");
  CHECK(converted(real(7), id) == "7");
  for (const CellView& cell : {text("seven"), text("7.5"), real(7.5), real(-0.0),
                               CellView{CellKind::bytes, 0, 0, "7"}, text("07")})
    CHECK(converted(cell, id) == "refused");
  CHECK(converted(text("7.5"), id, Family::decimal) == "refused");
  CHECK(converted(text("NaN"), id, Family::decimal) == "refused");
}

TEST_CASE("a column that leans nowhere keeps what it is given") {
  const Column any = leaning(Affinity::none);
  CHECK(converted(text("007"), any) == "'007'");
  CHECK(converted(text("1.50"), any, Family::decimal) == "'1.50'");
  CHECK(converted(real(-0.0), any) == "-0.0");
  CHECK(converted(real(std::nan("")), any) == "refused");
}

TEST_CASE("text stays text where no number is made of it") {
  for (const char* value : {"", " ", "-", ".", "1e", "1e+", "0x1F", "1 2", "1_000", "--1", "inf",
                            "NaN", "2026-01-02 03:04:05", "5a", "e5"}) {
    CAPTURE(value);
    for (const Affinity affinity : {Affinity::numeric, Affinity::integer, Affinity::real})
      CHECK(converted(text(value), leaning(affinity)) == "'" + std::string(value) + "'");
  }
}

TEST_CASE("text of which a number is made must be written as the number is") {
  const Column numeric = leaning(Affinity::numeric), floats = leaning(Affinity::real);
  for (const char* value : {"0", "-5", "9223372036854775807"})
    CHECK(converted(text(value), numeric) == value);
  CHECK(converted(text("1.5"), numeric) == "1.5");
  CHECK(converted(text("2.0"), floats) == "2.0");
  for (const char* value : {"2.0", "+5", " 5", "5 ", "05", "-0", "1.", ".5", "1e5", "1.50", "\t1\n",
                            "9223372036854775808", "1e999999", "0.1234567890123456789"}) {
    CAPTURE(value);
    CHECK(converted(text(value), numeric) == "refused");
  }
  CHECK(converted(text("5"), floats) == "refused");
}

TEST_CASE("decimals become the number that has all their digits") {
  const Column numeric = leaning(Affinity::numeric);
  const auto decimal = [&](std::string_view value) {
    return converted(text(value), numeric, Family::decimal);
  };
  CHECK(decimal("0") == "0");
  CHECK(decimal("0.00") == "0");
  CHECK(decimal("-1200") == "-1200");
  CHECK(decimal("9223372036854775807") == "9223372036854775807");
  CHECK(decimal("-9223372036854775808.000") == "-9223372036854775808");
  CHECK(decimal("0.1") == "0.1");
  CHECK(decimal("-0.000010") == "-1e-05");
  CHECK(decimal("100000000000000000000000") == "1e+23");
  CHECK(decimal("Infinity") == "Infinity");
  CHECK(decimal("-Infinity") == "-Infinity");
  CHECK(decimal("9223372036854775809") == "refused");
  CHECK(decimal("0.12345678901234567891") == "refused");
  CHECK(converted(text("9007199254740993"), leaning(Affinity::real), Family::decimal) == "refused");
}

TEST_CASE("floats keep their sign where a column has one, and their kind of zero is told") {
  CHECK(converted(real(-0.0), column(Family::decimal)) == "refused");
  CHECK(converted(text("-0.00"), column(Family::decimal)) == "refused");
  CHECK(converted(text("0.00"), column(Family::decimal)) == "'0.00'");
  CHECK(converted(real(-0.0), column(Family::integer)) == "refused");
  CHECK(converted(real(-0.0), column(Family::real)) == "-0.0");
  CHECK(converted(real(-0.0), leaning(Affinity::numeric)) == "refused");
  CHECK(converted(real(-0.0), leaning(Affinity::text)) == "'-0.0'");
}

TEST_CASE("a column of a type of its own takes no blob and no number for a text form") {
  const CellView blob{CellKind::bytes, 0, 0, "ab"};
  for (const Family family : {Family::boolean, Family::integer, Family::decimal, Family::real,
                              Family::text, Family::jsonb, Family::json, Family::other})
    CHECK(converted(blob, column(family)) == "refused");
  CHECK(converted(integer(5), column(Family::other)) == "refused");
  CHECK(converted(real(5), column(Family::uuid)) == "refused");
}

TEST_CASE("a batch arrives with NULL where a value was refused, and each refusal is told") {
  Table from{.columns = {column(Family::text), column(Family::text)}};
  from.columns[1].name = "w";
  Table to{.columns = {column(Family::boolean), column(Family::integer)}};
  to.columns[1].name = "w";
  std::vector<std::string> told;
  BatchConversion conversion(
      from, to, {"w", "v"}, {},
      [&](std::size_t at, const std::string& why, const Batch& batch, std::size_t row) {
        told.push_back(std::to_string(at) + " " + std::to_string(row) + " " +
                       shown(batch.at(row, at)) + " " + why);
      });
  Batch batch(2);
  for (const char* value : {"5", "t", "five", "maybe"}) batch.add(CellKind::text, value);
  batch.add_null();
  batch.add_null();
  for (int again = 0; again < 2; ++again) {
    const Batch& out = conversion.convert(batch);
    REQUIRE(out.rows() == 3);
    CHECK(shown(out.at(0, 0)) == "5");
    CHECK(shown(out.at(0, 1)) == "true");
    for (const std::size_t row : {1, 2})
      for (const std::size_t at : {0, 1}) CHECK(shown(out.at(row, at)) == "NULL");
  }
  REQUIRE(told.size() == 4);
  CHECK(told[0] == "0 1 'five' is no integer");
  CHECK(told[1] == "1 1 'maybe' is neither 1 nor 0, true nor false");
}

TEST_CASE("rows of a table without columns in common are still rows") {
  const Table table;
  BatchConversion conversion(table, table, {}, {}, nullptr);
  Batch batch(0);
  batch.add_empty_row();
  CHECK(conversion.convert(batch).rows() == 1);
}

}  // namespace dbkeeper::testing
