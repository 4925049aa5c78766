#include <limits>
#include <nlohmann/json.hpp>

#include "core/schemas.h"
#include "dbkeeper/formats/export_writer.h"
#include "dbkeeper/model/array.h"
#include "formats/export_json/embedded_json.h"
#include "support/catch.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;
using export_json::Embedding;
using export_json::embedding_of;

namespace {

// How a value stands in a column of that kind.
std::string encoded(Family family, const CellView& cell, Family element = Family::other) {
  Table values = table("values");
  values.columns = {column("v", family)};
  if (family == Family::array) {
    values.columns[0].type.element.emplace_back();
    values.columns[0].type.element[0].family = element;
  }
  Batch batch(1);
  batch.add(cell);
  Buffer buffer;
  RowEncoder(values, {"v"}).append(batch, buffer);
  const std::string_view out = buffer.view();
  constexpr std::string_view kBefore = ",\n{\"v\":";
  REQUIRE(out.starts_with(kBefore));
  return std::string(out.substr(kBefore.size(), out.size() - kBefore.size() - 1));
}

CellView integer(std::int64_t value) { return {CellKind::integer, value, 0, {}}; }
CellView real(double value) { return {CellKind::real, 0, value, {}}; }
CellView text(std::string_view value) { return {CellKind::text, 0, 0, value}; }
CellView bytes(std::string_view value) { return {CellKind::bytes, 0, 0, value}; }
CellView json(std::string_view value) { return {CellKind::json, 0, 0, value}; }

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("a value of its column's kind stands as it is") {
  CHECK(encoded(Family::integer, integer(INT64_MIN)) == "-9223372036854775808");
  CHECK(encoded(Family::real, real(2)) == "2.0");
  CHECK(encoded(Family::real, real(-0.0)) == "-0.0");
  CHECK(encoded(Family::real, real(1e23)) == "1e+23");
  CHECK(encoded(Family::real, real(5e-324)) == "5e-324");
  CHECK(encoded(Family::real, real(0.1 + 0.2)) == "0.30000000000000004");
  CHECK(encoded(Family::real, real(-kInfinity)) == "\"-Infinity\"");
  CHECK(encoded(Family::single, {CellKind::single, 0, 0.1f, {}}) == "0.1");
  CHECK(encoded(Family::boolean, {CellKind::boolean, 1, 0, {}}) == "true");
  CHECK(encoded(Family::decimal, {CellKind::plain, 0, 0, "12.50"}) == "\"12.50\"");
  CHECK(encoded(Family::text, text("a\"b\n\x01\xc3\xa9")) == "\"a\\\"b\\n\\u0001\xc3\xa9\"");
  CHECK(encoded(Family::text, text(std::string_view("a\0b", 3))) == "\"a\\u0000b\"");
  CHECK(encoded(Family::bytes, bytes("")) == "\"\"");
  CHECK(encoded(Family::bytes, bytes("a")) == "\"YQ==\"");
  CHECK(encoded(Family::bytes, bytes("ab")) == "\"YWI=\"");
  CHECK(encoded(Family::bytes, bytes("abc")) == "\"YWJj\"");
  CHECK(encoded(Family::json, {}) == "null");
}

TEST_CASE("a value of another kind says what it is, where that is not plain") {
  CHECK(encoded(Family::text, bytes("a")) == R"({"$type":"blob","base64":"YQ=="})");
  CHECK(encoded(Family::any, bytes("a")) == R"({"$type":"blob","base64":"YQ=="})");
  CHECK(encoded(Family::bytes, text("a")) == R"({"$type":"text","value":"a"})");
  CHECK(encoded(Family::integer, text("7")) == R"({"$type":"text","value":"7"})");
  CHECK(encoded(Family::real, text("Infinity")) == R"({"$type":"text","value":"Infinity"})");
  CHECK(encoded(Family::text, integer(7)) == R"({"$type":"integer","value":7})");
  CHECK(encoded(Family::real, integer(7)) == R"({"$type":"integer","value":7})");
  CHECK(encoded(Family::integer, real(2.5)) == R"({"$type":"real","value":2.5})");
  CHECK(encoded(Family::any, real(kInfinity)) == R"({"$type":"real","value":"Infinity"})");
  CHECK(encoded(Family::decimal, real(-kInfinity)) == R"({"$type":"real","value":"-Infinity"})");
  CHECK(encoded(Family::text, text("a\xff")) == R"({"$type":"text","base64":"Yf8="})");
  CHECK(encoded(Family::any, integer(7)) == "7");
  CHECK(encoded(Family::any, real(2)) == "2.0");
  CHECK(encoded(Family::decimal, real(2.5)) == "2.5");
  CHECK(encoded(Family::timestamp, integer(1'700'000'000)) == "1700000000");
  CHECK(encoded(Family::boolean, integer(1)) == "1");
}

TEST_CASE("JSON is embedded as it stands unless it would be taken for something else") {
  CHECK(encoded(Family::json, json("{\"a\": [1, 2.50]}")) == "{\"a\": [1, 2.50]}");
  CHECK(encoded(Family::json, json("null")) == R"({"$type":"json","value":null})");
  CHECK(encoded(Family::json, json("{\"$type\":1}")) == R"({"$type":"json","value":{"$type":1}})");
  CHECK(encoded(Family::json, json("{\"\\u0024type\":1}")) ==
        R"({"$type":"json","value":{"\u0024type":1}})");
  CHECK(encoded(Family::json, json("[{\"$type\":1}]")) == "[{\"$type\":1}]");
  CHECK(encoded(Family::json, json("{\n}")) == R"({"$type":"json","text":"{\n}"})");
  CHECK(encoded(Family::json, json("{\"a\":1,\"a\":2}")) ==
        R"({"$type":"json","text":"{\"a\":1,\"a\":2}"})");
  CHECK(encoded(Family::json, json("\"\xff\"")) == R"({"$type":"json","base64":"Iv8i"})");
}

TEST_CASE("what would not survive being embedded is told apart") {
  CHECK(embedding_of("{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}") == Embedding::plain);
  CHECK(embedding_of("{\"a\":1,\"\\u0061\":2}") == Embedding::text);
  CHECK(embedding_of("[{\"x\":{\"a\":1,\"b\":2,\"a\":3}}]") == Embedding::text);
  CHECK(embedding_of("\"a\\nb, \\\" {\"") == Embedding::plain);
  CHECK(embedding_of("[1,\r2]") == Embedding::text);
  CHECK(embedding_of(" 1") == Embedding::text);
  CHECK(embedding_of("1 ") == Embedding::text);
  CHECK(embedding_of(std::string(900, '[') + std::string(900, ']')) == Embedding::plain);
  CHECK(embedding_of(std::string(901, '[') + std::string(901, ']')) == Embedding::text);
  CHECK(embedding_of("\"null\"") == Embedding::plain);
}

TEST_CASE("arrays are arrays, bounds and depth and JSON within kept apart") {
  ArrayBuilder array;
  const auto of = [&](Family element) {
    return encoded(Family::array, {CellKind::array, 0, 0, array.bytes()}, element);
  };
  array.begin({});
  CHECK(of(Family::integer) == "[]");
  array.begin({{.length = 2}, {.length = 2}});
  for (const int i : {1, 2, 3}) array.add(integer(i));
  array.add({});
  CHECK(of(Family::integer) == "[[1,2],[3,null]]");
  array.begin({{.lower = 0, .length = 1}, {.lower = -2, .length = 1}});
  array.add(text("x"));
  CHECK(of(Family::text) == R"({"$type":"array","lower":[0,-2],"value":[["x"]]})");
  array.begin({{.length = 4}});
  for (const char* value : {"[1]", "{\"a\":1}", "null", "7"}) array.add(json(value));
  CHECK(of(Family::jsonb) ==
        R"([{"$type":"json","value":[1]},{"a":1},{"$type":"json","value":null},7])");
}

TEST_CASE("rows stand one a line under their columns' names") {
  Table values = table("values");
  values.columns = {column("odd \"name\""), column("b", Family::text)};
  Batch batch(2);
  batch.add_integer(1);
  batch.add(CellKind::text, "x");
  batch.add_integer(2);
  batch.add_null();
  RowEncoder encoder(values, {"odd \"name\"", "b"});
  Buffer out;
  encoder.append(batch, out);
  CHECK(out.view() ==
        ",\n{\"odd \\\"name\\\"\":1,\"b\":\"x\"},\n{\"odd \\\"name\\\"\":2,\"b\":null}");
  CHECK(encoder.rows() == 2);
  Batch none(0);
  none.add_empty_row();
  out.clear();
  RowEncoder(values, {}).append(none, out);
  CHECK(out.view() == ",\n{}");
}
