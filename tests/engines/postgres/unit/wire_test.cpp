// The binary format against byte strings that a server (15) sent.
#include "engines/postgres/wire.h"

#include <cmath>
#include <limits>
#include <optional>

#include "dbkeeper/base/error.h"
#include "engines/postgres/oids.h"
#include "support/catch.h"

namespace dbkeeper::postgres {
namespace {

std::string unhex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return out;
}

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[c & 15];
  }
  return out;
}

Type type(std::uint32_t oid) {
  Type out;
  out.engine_id = oid;
  return out;
}

Batch decoded(std::uint32_t oid, std::string_view bytes) {
  Batch batch(1);
  wire::decoder(type(oid))(bytes, batch);
  return batch;
}

std::string text(std::uint32_t oid, std::string_view hex_bytes) {
  const Batch batch = decoded(oid, unhex(hex_bytes));
  return std::string(batch.at(0, 0).text);
}

CellView plain(std::string_view value) { return {CellKind::plain, 0, 0, value}; }
CellView integer(std::int64_t value) { return {CellKind::integer, value, 0, {}}; }
CellView boolean(bool value) { return {CellKind::boolean, value, 0, {}}; }
CellView real(double value) { return {CellKind::real, 0, value, {}}; }
CellView single(float value) { return {CellKind::single, 0, value, {}}; }

// As hexadecimal digits; nothing if the value doesn't fit.
std::optional<std::string> encoded(std::uint32_t oid, const CellView& cell) {
  std::string out;
  if (!wire::encoder(type(oid))(cell, out)) return std::nullopt;
  return hex(out);
}

}  // namespace

TEST_CASE("integers are read in network order, with their sign") {
  CHECK(decoded(oid::kInt2, unhex("8000")).at(0, 0).integer == -32768);
  CHECK(decoded(oid::kInt4, unhex("fffffffe")).at(0, 0).integer == -2);
  CHECK(decoded(oid::kInt8, unhex("8000000000000000")).at(0, 0).integer ==
        std::numeric_limits<std::int64_t>::min());
  CHECK(decoded(oid::kOid, unhex("ffffffff")).at(0, 0).integer == 4294967295);
}

TEST_CASE("bytes of the wrong length are damage, not a value") {
  CHECK_THROWS_AS(decoded(oid::kInt4, "abc"), Error);
  CHECK_THROWS_AS(decoded(oid::kUuid, "abc"), Error);
  CHECK_THROWS_AS(decoded(oid::kBool, ""), Error);
  CHECK_THROWS_AS(decoded(oid::kJsonb, ""), Error);
  CHECK_THROWS_AS(decoded(oid::kJsonb, "\x02{}"), Error);
  CHECK_THROWS_AS(decoded(oid::kDate, "12345"), Error);
  CHECK_THROWS_AS(decoded(oid::kNumeric, unhex("0001000000000000")), Error);
  CHECK_THROWS_AS(decoded(oid::kNumeric, unhex("00010000000000002710")), Error);
  CHECK_THROWS_AS(decoded(oid::kNumeric, unhex("0000000012340000")), Error);
  CHECK_THROWS_AS(decoded(oid::kTime, unhex("ffffffffffffffff")), Error);
}

TEST_CASE("floats keep their kind and every bit") {
  const Batch half = decoded(oid::kFloat4, unhex("3dcccccd"));
  CHECK(half.at(0, 0).kind == CellKind::single);
  CHECK(static_cast<float>(half.at(0, 0).real) == 0.1f);
  const Batch zero = decoded(oid::kFloat8, unhex("8000000000000000"));
  CHECK(zero.at(0, 0).real == 0);
  CHECK(std::signbit(zero.at(0, 0).real));
  CHECK(decoded(oid::kFloat8, unhex("0000000000000001")).at(0, 0).real == 5e-324);
  CHECK(std::isnan(decoded(oid::kFloat8, unhex("7ff8000000000000")).at(0, 0).real));
}

TEST_CASE("numeric is read digit for digit, zeros at the end too") {
  CHECK(text(oid::kNumeric, "0000000000000000") == "0");
  CHECK(text(oid::kNumeric, "0000000000000002") == "0.00");
  CHECK(text(oid::kNumeric, "0002000000000002000113ec") == "1.51");
  CHECK(text(oid::kNumeric,
             "00020000000000020001"
             "1388") == "1.50");
  CHECK(text(oid::kNumeric,
             "0001000100000000"
             "0001") == "10000");
  CHECK(text(oid::kNumeric,
             "0003000140000003"
             "0001"
             "0929"
             "1388") == "-12345.500");
  CHECK(text(oid::kNumeric,
             "0001ffff00000004"
             "0001") == "0.0001");
  CHECK(text(oid::kNumeric,
             "0001ffe700000064"
             "0001") == "0." + std::string(99, '0') + "1");
  CHECK(text(oid::kNumeric, "00000000c0000000") == "NaN");
  CHECK(text(oid::kNumeric, "00000000d0000020") == "Infinity");
  CHECK(text(oid::kNumeric, "00000000f0000020") == "-Infinity");
}

TEST_CASE("numeric is written as the server sends it") {
  for (const char* value :
       {"0", "0.00", "1.51", "1.50", "10000", "-12345.500", "0.0001", "NaN", "Infinity",
        "-Infinity", "99999999999999999999999999999999.99999", "-0.00012345", "100000000"}) {
    INFO(value);
    const auto bytes = encoded(oid::kNumeric, plain(value));
    REQUIRE(bytes);
    CHECK(text(oid::kNumeric, *bytes) == value);
  }
  CHECK(encoded(oid::kNumeric, plain("1.51")) == "0002000000000002000113ec");
  CHECK(encoded(oid::kNumeric, plain("-0.0")) == "0000000000000001");
  CHECK(text(oid::kNumeric, *encoded(oid::kNumeric, plain("1e-3"))) == "0.001");
  CHECK(text(oid::kNumeric, *encoded(oid::kNumeric, plain("+1.25E+3"))) == "1250");
  CHECK(text(oid::kNumeric, *encoded(oid::kNumeric, plain("00012.5"))) == "12.5");
  CHECK(text(oid::kNumeric, *encoded(oid::kNumeric, real(0.1))) == "0.1");
  CHECK(text(oid::kNumeric, *encoded(oid::kNumeric, single(0.1f))) == "0.1");
  CHECK(text(oid::kNumeric, *encoded(oid::kNumeric, integer(-7))) == "-7");
}

TEST_CASE("what is no number is no numeric") {
  for (const char* value : {"", "-", ".", "1.2.3", "1e", "1e+", "0x10", "1,5", " 1", "1 ", "abc",
                            "1e999999999999", "1e200000"})
    CHECK_FALSE(encoded(oid::kNumeric, plain(value)));
  CHECK_FALSE(encoded(oid::kNumeric, plain("0." + std::string(16384, '1'))));
}

TEST_CASE("dates and times are ISO 8601, and the engine's own beyond it") {
  CHECK(text(oid::kDate, "00000000") == "2000-01-01");
  CHECK(text(oid::kDate, "ffffffff") == "1999-12-31");
  CHECK(text(oid::kDate, "7fffffff") == "infinity");
  CHECK(text(oid::kDate, "80000000") == "-infinity");
  CHECK(text(oid::kDate, "ffda97a7") == "4714-11-24 BC");
  CHECK(text(oid::kTime, "0000000000000000") == "00:00:00");
  CHECK(text(oid::kTime, "000000141dd76000") == "24:00:00");
  CHECK(text(oid::kTime, "0000000000000001") == "00:00:00.000001");
  CHECK(text(oid::kTimestamp, "0000000000000000") == "2000-01-01T00:00:00");
  CHECK(text(oid::kTimestamp, "ffffffffffffffff") == "1999-12-31T23:59:59.999999");
  CHECK(text(oid::kTimestamptz, "000000000007a120") == "2000-01-01T00:00:00.5Z");
  CHECK(text(oid::kTimestamp, "7fffffffffffffff") == "infinity");
  CHECK(text(oid::kTimestamptz, "8000000000000000") == "-infinity");
}

TEST_CASE("dates and times read back what they wrote") {
  for (const char* value :
       {"2026-01-02T03:04:05.678", "9999-12-31T23:59:59.999999", "0001-01-01T00:00:00",
        "0001-12-31 23:59:59 BC", "4714-11-24 00:00:00 BC", "294276-12-31 23:59:59.999999",
        "10000-01-01 00:00:00", "infinity", "-infinity"}) {
    INFO(value);
    const auto bytes = encoded(oid::kTimestamp, plain(value));
    REQUIRE(bytes);
    CHECK(text(oid::kTimestamp, *bytes) == value);
  }
  for (const char* value : {"2026-01-02T03:04:05Z", "0044-03-15 12:00:00+00 BC",
                            "294276-12-31 23:59:59.999999+00", "infinity"}) {
    INFO(value);
    const auto bytes = encoded(oid::kTimestamptz, plain(value));
    REQUIRE(bytes);
    CHECK(text(oid::kTimestamptz, *bytes) == value);
  }
  for (const char* value :
       {"2024-02-29", "0004-02-29", "5874897-12-31", "4714-11-24 BC", "0001-12-31 BC"}) {
    INFO(value);
    const auto bytes = encoded(oid::kDate, plain(value));
    REQUIRE(bytes);
    CHECK(text(oid::kDate, *bytes) == value);
  }
}

TEST_CASE("other ways to write the same moment are understood") {
  const auto noon = encoded(oid::kTimestamptz, plain("2026-07-01T12:00:00Z"));
  CHECK(encoded(oid::kTimestamptz, plain("2026-07-01 14:00:00+02")) == noon);
  CHECK(encoded(oid::kTimestamptz, plain("2026-07-01T08:30:00-03:30")) == noon);
  CHECK(encoded(oid::kTimestamptz, plain("2026-07-01 12:00:00.000000+00:00")) == noon);
  CHECK(encoded(oid::kTimestamptz, plain("2026-07-01 12:00")) == noon);
  CHECK(encoded(oid::kTimestamp, plain("2026-07-01")) ==
        encoded(oid::kTimestamp, plain("2026-07-01T00:00:00.0000000")));
}

TEST_CASE("a moment that the column would change doesn't fit") {
  CHECK_FALSE(encoded(oid::kTimestamp, plain("2026-07-01T12:00:00Z")));
  CHECK_FALSE(encoded(oid::kTimestamp, plain("2026-07-01T12:00:00.1234567")));
  CHECK_FALSE(encoded(oid::kTimestamp, plain("2023-02-29T00:00:00")));
  CHECK_FALSE(encoded(oid::kTimestamp, plain("294277-01-01 00:00:00")));
  CHECK_FALSE(encoded(oid::kTimestamptz, plain("2026-07-01T12:00:00 Europe/Berlin")));
  CHECK_FALSE(encoded(oid::kDate, plain("4714-11-23 BC")));
  CHECK_FALSE(encoded(oid::kDate, plain("2026-07-01T00:00:00")));
  CHECK_FALSE(encoded(oid::kDate, plain("0000-01-01")));
  CHECK_FALSE(encoded(oid::kTime, plain("24:00:00.000001")));
  CHECK_FALSE(encoded(oid::kTime, plain("12:60:00")));
  CHECK_FALSE(encoded(oid::kDate, integer(20260701)));
}

TEST_CASE("integers are kept in the range of their column") {
  CHECK(encoded(oid::kInt2, integer(-32768)) == "8000");
  CHECK_FALSE(encoded(oid::kInt2, integer(32768)));
  CHECK_FALSE(encoded(oid::kInt4, integer(2147483648)));
  CHECK(encoded(oid::kInt4, plain("-2")) == "fffffffe");
  CHECK_FALSE(encoded(oid::kInt4, plain("1.0")));
  CHECK(encoded(oid::kInt4, real(-2)) == "fffffffe");
  CHECK_FALSE(encoded(oid::kInt4, real(1.5)));
  CHECK_FALSE(encoded(oid::kInt8, real(9223372036854775808.0)));
  CHECK_FALSE(encoded(oid::kInt8, real(std::numeric_limits<double>::quiet_NaN())));
  CHECK_FALSE(encoded(oid::kInt8, real(-0.0)));
  CHECK(encoded(oid::kInt2, boolean(true)) == "0001");
  CHECK(encoded(oid::kOid, integer(4294967295)) == "ffffffff");
  CHECK_FALSE(encoded(oid::kOid, integer(-1)));
}

TEST_CASE("a float takes what it can hold, exactly or as it is written") {
  CHECK(encoded(oid::kFloat4, real(0.1)) == "3dcccccd");
  CHECK(encoded(oid::kFloat4, real(0.5)) == "3f000000");
  CHECK_FALSE(encoded(oid::kFloat4, real(0.12345678901)));
  CHECK_FALSE(encoded(oid::kFloat4, real(1e300)));
  CHECK(encoded(oid::kFloat8, single(0.5f)) == "3fe0000000000000");
  CHECK(encoded(oid::kFloat8, plain("-Infinity")) == "fff0000000000000");
  CHECK(encoded(oid::kFloat8, integer(std::int64_t{1} << 53)));
  CHECK_FALSE(encoded(oid::kFloat8, integer((std::int64_t{1} << 53) + 1)));
  CHECK_FALSE(encoded(oid::kFloat8, plain("1e999")));
  CHECK(encoded(oid::kFloat8, plain("0.10")) == encoded(oid::kFloat8, real(0.1)));
  CHECK(encoded(oid::kFloat8, plain("1200")) == encoded(oid::kFloat8, real(1.2e3)));
  CHECK_FALSE(encoded(oid::kFloat8, plain("0.12345678901234567890")));
  CHECK_FALSE(encoded(oid::kFloat4, plain("0.123456789")));
  CHECK(encoded(oid::kFloat8, plain("-0.0")) == "8000000000000000");
}

TEST_CASE("texts, bytes, json and uuid pass through as they are") {
  CHECK(text(oid::kUuid, "a0eebc999c0b4ef8bb6d6bb9bd380a11") ==
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  CHECK(encoded(oid::kUuid, plain("{A0EEBC99-9C0B4EF8-bb6d-6bb9bd380a11}")) ==
        "a0eebc999c0b4ef8bb6d6bb9bd380a11");
  CHECK_FALSE(encoded(oid::kUuid, plain("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1")));
  CHECK_FALSE(encoded(oid::kUuid, plain("a0e-ebc999c0b4ef8bb6d6bb9bd380a11")));
  CHECK(decoded(oid::kJsonb, std::string("\x01") + "{\"a\": 1.50}").at(0, 0).text ==
        "{\"a\": 1.50}");
  CHECK(decoded(oid::kBytea, std::string_view("\0\xff", 2)).at(0, 0).kind == CellKind::bytes);
  CHECK_FALSE(encoded(oid::kBytea, plain("abc")));
  CHECK(encoded(oid::kBool, integer(1)) == "01");
  CHECK_FALSE(encoded(oid::kBool, integer(2)));
}

TEST_CASE("numbers and booleans become text and JSON, bytes and arrays don't") {
  CHECK(encoded(oid::kText, integer(-5)) == hex("-5"));
  CHECK(encoded(oid::kVarchar, real(0.1)) == hex("0.1"));
  CHECK(encoded(oid::kText, boolean(true)) == hex("true"));
  CHECK(encoded(oid::kJson, real(1e23)) == hex("1e+23"));
  CHECK(encoded(oid::kJsonb, boolean(false)) == hex("\x01"
                                                    "false"));
  CHECK_FALSE(encoded(oid::kJson, real(std::numeric_limits<double>::infinity())));
  CHECK_FALSE(encoded(oid::kText, {CellKind::bytes, 0, 0, "abc"}));
  CHECK_FALSE(encoded(oid::kJsonb, {CellKind::array, 0, 0, {}}));
}

TEST_CASE("an enum is its label, and an unknown type has no codec") {
  Type mood = type(123456);
  CHECK_FALSE(wire::decoder(mood));
  CHECK_FALSE(wire::encoder(mood));
  mood.labels = {"sad", "happy"};
  Batch batch(1);
  wire::decoder(mood)("happy", batch);
  CHECK(batch.at(0, 0).text == "happy");
  CHECK(wire::encoder(mood));
}

TEST_CASE("a \"char\" is one byte, over ASCII in octal digits") {
  CHECK(decoded(oid::kChar, "x").at(0, 0).text == "x");
  CHECK(decoded(oid::kChar, std::string_view("\0", 1)).at(0, 0).text.empty());
  CHECK(decoded(oid::kChar, "\xfc").at(0, 0).text == "\\374");
  CHECK(decoded(oid::kChar, "\\").at(0, 0).text == "\\");
  for (int byte = 0; byte < 256; ++byte) {
    const std::string bytes(1, static_cast<char>(byte));
    const Batch batch = decoded(oid::kChar, bytes);
    CHECK(encoded(oid::kChar, batch.at(0, 0)) == hex(bytes));
  }
  CHECK_FALSE(encoded(oid::kChar, plain("xy")));
  CHECK_FALSE(encoded(oid::kChar, plain("\\478")));
  CHECK_FALSE(encoded(oid::kChar, integer(5)));
}

}  // namespace dbkeeper::postgres
