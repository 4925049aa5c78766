#include "dbkeeper/base/json_text.h"

#include <cmath>

#include "support/catch.h"
#include "support/seed.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

std::string in_quotes(std::string_view text) {
  Buffer out;
  append_json_string(out, text);
  return std::string(out.view());
}

std::string canonical(std::string_view json) {
  Buffer out;
  append_canonical_json(out, json);
  return std::string(out.view());
}

// The same, byte by byte.
std::string slowly_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    constexpr std::string_view kShort = "\"\"\\\\\bb\ff\nn\rr\tt";
    std::size_t at = 0;
    while (at < kShort.size() && kShort[at] != c) at += 2;
    if (at < kShort.size()) {
      out += '\\';
      out += kShort[at + 1];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += "01"[c >> 4];
      out += "0123456789abcdef"[c & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

TEST_CASE("a JSON string has no more escapes than it needs") {
  CHECK(in_quotes("") == "\"\"");
  CHECK(in_quotes("plain / text \x7f \xc3\xa9") == "\"plain / text \x7f \xc3\xa9\"");
  CHECK(in_quotes("\"\\\b\f\n\r\t") == R"("\"\\\b\f\n\r\t")");
  CHECK(in_quotes(std::string_view("\0\x01\x1f", 3)) == R"("\u0000\u0001\u001f")");
}

TEST_CASE("long strings are escaped like short ones, wherever the dice put what needs it") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  for (int i = 0; i < rounds(2000); ++i) {
    std::string text;
    for (std::size_t size = dice() % 80; size > 0; --size)
      text += static_cast<char>(dice() % 8 == 0 ? dice() % 256 : 'a' + dice() % 26);
    REQUIRE(in_quotes(text) == slowly_quoted(text));
  }
}

TEST_CASE("JSON texts of the same tokens have one canonical form") {
  CHECK(canonical(" { \"a\" : [ 1 , 2.50 ,\n\t-0.0e+5 ] , \"b\":null}\r\n") ==
        R"({"a":[1,2.50,-0.0e+5],"b":null})");
  CHECK(canonical(R"("\u0041\u00e9\u20AC\ud83d\ude00\/")") ==
        "\"A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80/\"");
  CHECK(canonical(R"("\u0022\u005c\u000a\u0001 \"\\\n")") == R"("\"\\\n\u0001 \"\\\n")");
  CHECK(canonical(R"("\uD800 \uDC00\uD83D x")") == R"("\ud800 \udc00\ud83d x")");
  CHECK(canonical("\" white  space \"") == "\" white  space \"");
}

TEST_CASE("what an escape hides stays apart from what it doesn't") {
  CHECK(canonical(R"(["a","b"])") != canonical(R"(["a\",\"b"])"));
}

TEST_CASE("values become JSON in the order given or by name") {
  const Value value = Value().set("b", 1).set("a", Value::list({"x", "\n"})).set("c", Value());
  CHECK(json_of(value) == R"({"b":1,"a":["x","\n"],"c":null})");
  CHECK(json_of(value, MemberOrder::by_name) == R"({"a":["x","\n"],"b":1,"c":null})");
  CHECK(json_of(Value(Value::List{Value(true), Value(1.5), Value(Value::object())})) ==
        "[true,1.5,{}]");
}

TEST_CASE("what is no number in JSON becomes a string") {
  CHECK(json_of(Value(Value::List{Value(std::nan("")), Value(HUGE_VAL), Value(-HUGE_VAL)})) ==
        R"(["NaN","Infinity","-Infinity"])");
}
