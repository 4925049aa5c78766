#include "formats/export_json/text_decoding.h"

#include "formats/export_json/json_cursor.h"
#include "formats/export_json/json_text.h"
#include "support/catch.h"

using namespace dbkeeper::export_json;

namespace {

std::optional<std::string> decoded_base64_text(std::string_view text) {
  std::string out(text.size(), '\0');
  const auto size = decode_base64(text, out.data());
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

bool is_json(std::string_view text) {
  try {
    JsonCursor in(text);
    const std::string_view value = in.value();
    in.end();
    return !value.empty();
  } catch (const dbkeeper::Fault&) {
    return false;
  }
}

}  // namespace

TEST_CASE("base64 of any length is decoded to what was encoded") {
  std::string bytes;
  for (int length = 0; length < 300; ++length) {
    dbkeeper::Buffer text;
    append_base64(text, bytes);
    CHECK(decoded_base64_text(text.view()) == bytes);
    bytes += static_cast<char>(length * 7);
  }
}

TEST_CASE("base64 that could be written otherwise, or is none, is refused") {
  for (const char* text : {"A", "AA", "AAA", "A===", "====", "=AAA", "AA=A", "AB==", "AAB=", "AA A",
                           "AAA-", "AAAA=", "AAAAA", "AA==AAAA", "\xc3\xa9=="})
    CHECK_FALSE(decoded_base64_text(text));
}

TEST_CASE("every escape means what JSON says, and half a pair means nothing") {
  CHECK(decoded_escapes(R"(a\"\\\/\b\f\n\r\tz)") == "a\"\\/\b\f\n\r\tz");
  CHECK(decoded_escapes(R"(\u0041\u00e9\u20AC\ud83d\ude00)") ==
        "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
  CHECK(decoded_escapes(R"(\u0000)") == std::string(1, '\0'));
  CHECK(decoded_escapes("plain \xc3\xa9") == "plain \xc3\xa9");
  for (const char* text :
       {R"(\ud83d)", R"(\ude00)", R"(\ud83dx)", R"(\ud83d\n)", R"(\ud83d\u0041)"})
    CHECK_FALSE(decoded_escapes(text));
}

TEST_CASE("what is JSON is taken, and nothing else") {
  for (const char* text :
       {"null", "true", "false", "0", "-0", "10", "-1.50e+7", "1E5", "\"\"", "[]", "{}",
        "[1,[],{}]", R"({"a":{"b":[null,"\u12aF\""]},"c":1})", " [ 1 , 2 ] "})
    CHECK(is_json(text));
  for (const char* text :
       {"",      "nul",     "nulll",       "True",    "01",       "-",          "+1",
        "1.",    ".5",      "1e",          "1e+",     "0x1",      "NaN",        "'a'",
        "\"",    "\"\\x\"", "\"\\u12g4\"", "\"\n\"",  "[",        "]",          "[1,]",
        "[,1]",  "[1 2]",   "{",           "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
        "{1:1}", "[1}",     "{\"a\":1]",   "1 2",     "[]]"})
    CHECK_FALSE(is_json(text));
}
