// The same document in any layout: who reads it must not depend on how it was written.
#include <nlohmann/json.hpp>

#include "core/schemas.h"
#include "support/catch.h"
#include "support/documents.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

// An object keeps the order of its keys.
using Json = nlohmann::ordered_json;

std::string document() {
  const Schema shop = schema({table("links", {"users"}),
                              table_of_kinds("notes", {{"t", Family::text},
                                                       {"r", Family::real},
                                                       {"y", Family::bytes},
                                                       {"j", Family::jsonb},
                                                       {"a", Family::any}}),
                              table("users")});
  Batch notes(6);
  for (int i = 0; i < 300; ++i) {
    notes.add_integer(i);
    notes.add(CellKind::text, "line\n\xc3\xa9\xf0\x9f\x98\x80 \x01\" " + std::to_string(i));
    notes.add_real(i / 8.0);
    notes.add(CellKind::bytes, "\x01\xff");
    notes.add(CellKind::json, R"({"k":[1,null]})");
    if (i % 2 == 0)
      notes.add(CellKind::bytes, "\xff");
    else
      notes.add(CellKind::text, "text");
  }
  Batch users(1), links(2);
  users.add_integer(7);
  links.add_integer(1);
  links.add_integer(7);
  return written(shop, std::vector<TableRows>{{Section::references, "users", &users},
                                              {Section::data, "notes", &notes},
                                              {Section::relationships, "links", &links}});
}

void check_same(const std::string& text) {
  static const Content kWhole = read_document(document()).content;
  for (const bool pipe : {false, true})
    for (const std::size_t piece : {std::size_t{5}, std::size_t{1} << 20}) {
      const DocumentReading reading =
          read_document(std::make_unique<TextSource>(text, piece, pipe));
      INFO((reading.error ? reading.error->message() : ""));
      REQUIRE_FALSE(reading.error);
      CHECK(reading.warnings.empty());
      REQUIRE(reading.content == kWhole);
    }
}

Json reversed(const Json& value) {
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& item : value) out.push_back(reversed(item));
    return out;
  }
  if (!value.is_object()) return value;
  std::vector<std::string> keys;
  for (const auto& [key, item] : value.items()) keys.push_back(key);
  Json out = Json::object();
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) out[*key] = reversed(value[*key]);
  return out;
}

// Every character of every string as an escape.
std::string escaped_throughout(const std::string& text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  bool inside = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') inside = !inside;
    if (inside && c == '\\') {
      out += c;
      out += text[++at];
    } else if (inside && c != '"' && c > 0 && text[at - 1] != 'u') {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a pretty-printed document is the same") { check_same(Json::parse(document()).dump(2)); }

TEST_CASE("a document on one line is the same") { check_same(Json::parse(document()).dump()); }

TEST_CASE("sections, tables and keys may stand in any order") {
  const Json other = reversed(Json::parse(document()));
  check_same(other.dump(1));
  check_same(other.dump());
}

TEST_CASE("rows may have their keys in different orders") {
  Json parsed = Json::parse(document());
  for (std::size_t i = 1; i < 300; i += 2)
    parsed["data"]["notes"][i] = reversed(parsed["data"]["notes"][i]);
  check_same(parsed.dump());
}

TEST_CASE("a byte order mark, CRLF and white space anywhere change nothing") {
  std::string text = "\xEF\xBB\xBF";
  for (const char c : Json::parse(document()).dump(1, '\t')) {
    if (c == '\n') text += '\r';
    text += c;
  }
  check_same(text + "\r\n\r\n");
}

TEST_CASE("escapes may stand for any character, in keys and names of sections too") {
  check_same(Json::parse(document()).dump(-1, ' ', true));  // beyond ASCII
  std::string text = document();
  for (std::size_t at = 0; (at = text.find("\\u0001", at)) != std::string::npos; ++at)
    text.replace(at, 6, "\\b");  // the test's own escaping knows no \u
  const Content expected = read_document(text, true).content;
  const DocumentReading reading = read_document(escaped_throughout(text), true);
  INFO((reading.error ? reading.error->message() : ""));
  CHECK_FALSE(reading.error);
  CHECK(reading.content == expected);
}

TEST_CASE(
    "a row much larger than any buffer is read, and what was read before it from a pipe kept") {
  const Schema shop = schema({table_of_kinds("notes", {{"t", Family::text}})});
  Batch rows(2);
  for (int i = 0; i < 4; ++i) {
    rows.add_integer(i);
    rows.add(CellKind::text, "\"" + std::string(i == 1 ? 3 << 20 : 10, 'x'));
  }
  const std::string text = written(shop, {&rows});
  const Content whole = read_document(text).content;
  CHECK(whole.at("data.notes").size() == 4);
  const std::string other = reversed(Json::parse(text)).dump(1);
  const DocumentReading reading = read_document(std::make_unique<TextSource>(other, 1 << 16, true));
  CHECK_FALSE(reading.error);
  CHECK(reading.content == whole);
}
