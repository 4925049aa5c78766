// What a reader refuses, and how it says so.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "core/schemas.h"
#include "support/catch.h"
#include "support/documents.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

Schema shop() {
  return schema({table_of_kinds("notes", {{"t", Family::text},
                                          {"b", Family::boolean},
                                          {"r", Family::real},
                                          {"f", Family::single},
                                          {"y", Family::bytes},
                                          {"j", Family::json},
                                          {"a", Family::any}}),
                 table("users")});
}

Batch notes() {
  Batch rows(8);
  for (int i = 0; i < 3; ++i) {
    rows.add_integer(i);
    rows.add(CellKind::text, i == 1 ? "two\nlines \xc3\xa9" : "word");
    rows.add_boolean(i == 1);
    rows.add_real(i / 4.0);
    rows.add_single(0.5f);
    rows.add(CellKind::bytes, "\x01\xff");
    rows.add(CellKind::json, R"({"k":[1,2]})");
    rows.add(CellKind::text, "any");
  }
  return rows;
}

const std::string& document() {
  static const std::string kText = [] {
    const Batch rows = notes();
    Batch users(1);
    users.add_integer(1);
    return written(shop(), std::vector<TableRows>{{Section::data, "notes", &rows},
                                                  {Section::references, "users", &users}});
  }();
  return kText;
}

// The error that reading the document ends with. Fails the test if there is none.
Error refusal(const std::string& text, bool edited = false) {
  const DocumentReading reading = read_document(text, edited);
  INFO(text);
  REQUIRE(reading.error);
  CHECK(reading.error->kind() == ErrorKind::input);
  CHECK_FALSE(reading.error->message().empty());
  return *reading.error;
}

Error refusal_with(std::string_view from, std::string_view to) {
  return refusal(replaced(document(), from, to));
}

std::int64_t line_of(const std::string& text, std::string_view piece) {
  const auto at = static_cast<std::ptrdiff_t>(text.find(piece));
  return std::count(text.begin(), text.begin() + at, '\n') + 1;
}

}  // namespace

TEST_CASE("the document that these tests break is whole") {
  const DocumentReading reading = read_document(document());
  CHECK_FALSE(reading.error);
  CHECK(reading.warnings.empty());
  CHECK(reading.content.at("data.notes").size() == 3);
  CHECK(reading.content.at("references.users").size() == 1);
}

TEST_CASE("a document cut anywhere is refused") {
  for (std::size_t length = 0; length + 2 < document().size(); ++length) {
    CAPTURE(length);
    const DocumentReading reading = read_document(document().substr(0, length));
    REQUIRE(reading.error);
    REQUIRE(reading.error->kind() == ErrorKind::input);
  }
}

TEST_CASE("a flipped bit is found, or changes nothing") {
  const Content whole = read_document(document()).content;
  for (std::size_t at = 0; at < document().size(); ++at) {
    std::string text = document();
    text[at] = static_cast<char>(text[at] ^ (1 << at % 8));
    const DocumentReading reading = read_document(text);
    if (reading.error && reading.error->kind() == ErrorKind::input) continue;
    CAPTURE(at, text.substr(at > 20 ? at - 20 : 0, 40));
    REQUIRE_FALSE(reading.error);
    REQUIRE(reading.content == whole);
  }
}

TEST_CASE("what is no export is refused") {
  CHECK_THAT(refusal("").message(), contains("empty") || contains("truncated"));
  CHECK_THAT(refusal("{\"a\":1}").message(), contains("not a dbkeeper export"));
  CHECK_THAT(refusal("[]").message(), contains("expected '{'"));
  refusal("{}");
  refusal("hello");
  refusal(std::string(200'000, '['));
  refusal(std::string(200'000, '{'));
  refusal(std::string("\0\x01", 2));
  refusal("\xff\xfe{");
}

TEST_CASE(
    "another major version is refused, a newer minor one is read with what is unknown warned of") {
  const Error other = refusal_with("\"version\":\"1.0\"", "\"version\":\"2.0\"");
  CHECK_THAT(other.message(), contains("2.0"));
  CHECK_FALSE(other.hint().empty());
  refusal_with("\"version\":\"1.0\"", "\"version\":\"one\"");

  CHECK_THAT(refusal_with("\"data\": {", "\"news\": [],\n\"data\": {").message(),
             contains("section 'news'"));
  CHECK_THAT(refusal_with("\"summary\": {", "\"summary\": {\"news\": 1, ").message(),
             contains("key 'news'"));
  std::string newer = replaced(document(), "\"version\":\"1.0\"", "\"version\":\"1.9\"");
  newer = replaced(newer, "\"data\": {", "\"news\": [{}],\n\"data\": {");
  newer = replaced(newer, "\"summary\": {", "\"summary\": {\"newer\": 1, ");
  const DocumentReading reading =
      read_document(newer, true);  // the header's digest has changed with it
  CHECK_FALSE(reading.error);
  REQUIRE(reading.warnings.size() >= 2);
  CHECK_THAT(reading.warnings[0], contains("news"));
}

TEST_CASE("a changed, lost or added row is found by the summary, with the table and its lines") {
  const Error changed = refusal_with("\"word\"", "\"Word\"");
  CHECK(changed.table() == "notes");
  CHECK(changed.line() == line_of(document(), "\"notes\": ["));
  CHECK_THAT(changed.message(), contains("digest"));
  const std::string lines = document().substr(document().find("{\"id\":0"));
  const std::string first_row = lines.substr(0, lines.find('\n') + 1);
  CHECK_THAT(refusal_with(first_row, "").message(), contains("2 rows") && contains("says 3"));
  CHECK_THAT(refusal_with(first_row, first_row + first_row).message(), contains("4 rows"));
  CHECK_THAT(refusal_with("\"rows\":3,", "\"rows\":4,").message(), contains("summary says 4"));
  CHECK_THAT(refusal_with("\"references\":{\"users\"", "\"references\":{\"user\"").message(),
             contains("'user"));
  refusal_with("\"tables\":{\"notes\"",
               "\"tables\":{\"more\":{\"rows\":0,\"digest\":\"xxh3-128:"
               "00000000000000000000000000000000\"},\"notes\"");
}

TEST_CASE("a changed head is found") {
  CHECK_THAT(refusal_with("\"database\":\"shop\"", "\"database\":\"shed\"").message(),
             contains("metadata and schema"));
  refusal_with("\"nullable\":true", "\"nullable\":false");
  refusal_with("\"header\":", "\"heder\":");
  refusal_with("\"version\":\"1.0\"", "\"version\":\"1.1\"");
}

TEST_CASE("a section, table, column or key that stands twice is refused") {
  refusal_with("\"data\": {", "\"data\": {}, \"data\": {");
  refusal_with("\"notes\": [", "\"notes\": [], \"notes\": [");
  refusal_with("\"database\":", "\"database\":\"shop\",\"database\":");
  refusal_with("{\"name\":\"t\"", "{\"name\":\"id\"");
  const Error twice = refusal_with("\"t\":\"word\"", "\"t\":\"word\",\"t\":\"word\"");
  CHECK(twice.column() == "t");
  CHECK(twice.table() == "notes");
  // In a row whose keys stand in another order than the first one's.
  CHECK(refusal_with("{\"id\":1,", "{\"b\":true,\"id\":1,").column() == "b");
  // The same key, once with an escape.
  refusal_with("\"t\":\"word\"", "\"t\":\"word\",\"\\u0074\":\"word\"");
}

TEST_CASE("a row with a key too few or too many is refused, with its line") {
  const Error missing = refusal_with("{\"id\":1,", "{");
  CHECK(missing.column() == "id");
  CHECK(missing.line() == line_of(document(), "{\"id\":1,"));
  CHECK(refusal_with("{\"id\":0,", "{\"zz\":1,\"id\":0,").column() == "zz");
  CHECK(refusal_with("{\"id\":1,", "{\"zz\":1,\"id\":1,").column() == "zz");
  CHECK_THAT(refusal_with("\"users\": [", "\"losers\": [").message(), contains("losers"));
}

TEST_CASE("a value that its column's kind doesn't allow is refused, with table, column and line") {
  const Error error = refusal_with("\"b\":false", "\"b\":\"false\"");
  CHECK(error.table() == "notes");
  CHECK(error.column() == "b");
  CHECK(error.line() == line_of(document(), "{\"id\":0"));
  CHECK_THAT(error.message(), contains("line") && contains("notes") && contains("boolean"));
  for (const auto& [from, to] : std::vector<std::pair<const char*, const char*>>{
           {"\"id\":0", "\"id\":0.5"},
           {"\"id\":0", "\"id\":99999999999999999999"},
           {"\"id\":0", "\"id\":00"},
           {"\"id\":0", "\"id\":[0]"},
           {"\"id\":0", "\"id\":true"},
           {"\"t\":\"word\"", "\"t\":1"},
           {"\"t\":\"word\"", "\"t\":{}"},
           {"\"t\":\"word\"", "\"t\":[\"word\"]"},
           {"\"t\":\"word\"", "\"t\":\"\\ud800\""},
           {"\"t\":\"word\"", "\"t\":\"\\x41\""},
           {"\"t\":\"word\"", "\"t\":\"wo\nrd\""},
           {"\"r\":0.0", "\"r\":0"},
           {"\"r\":0.0", "\"r\":\"zero\""},
           {"\"r\":0.0", "\"r\":1e999"},
           {"\"r\":0.0", "\"r\":.5"},
           {"\"f\":0.5", "\"f\":1e39"},
           {"\"y\":\"Af8=\"", "\"y\":\"Af8\""},
           {"\"y\":\"Af8=\"", "\"y\":\"Af9=\""},
           {"\"y\":\"Af8=\"", "\"y\":\"A=8=\""},
           {"\"y\":\"Af8=\"", "\"y\":\"Af8=====\""},
           {"\"j\":{\"k\":[1,2]}", "\"j\":{\"k\":[1,2}"},
           {"\"j\":{\"k\":[1,2]}", "\"j\":{\"k\":[1,02]}"},
           {"\"j\":{\"k\":[1,2]}", "\"j\":{\"k\":nul}"},
           {"\"j\":{\"k\":[1,2]}", "\"j\":{\"$type\":\"json\"}"},
           {"\"j\":{\"k\":[1,2]}", "\"j\":{\"$type\":\"json\",\"text\":\"{\"}"},
           {"\"j\":{\"k\":[1,2]}", "\"j\":{\"$type\":\"yaml\",\"text\":\"\"}"},
           {"\"j\":{\"k\":[1,2]}", "\"j\":{\"$type\":\"blob\",\"value\":\"\"}"},
           {"\"a\":\"any\"", "\"a\":false"},
           {"\"a\":\"any\"", "\"a\":{\"$type\":\"real\",\"value\":1}"},
           {"\"a\":\"any\"", "\"a\":{\"$type\":\"integer\",\"value\":1.5}"},
           {"\"a\":\"any\"", "\"a\":{\"$type\":\"blob\",\"base64\":\"\",\"more\":1}"},
           {"\"a\":\"any\"", "\"a\":{\"$type\":\"blob\",\"$type\":\"blob\",\"base64\":\"\"}"}}) {
    CAPTURE(from, to);
    const Error bad = refusal_with(from, to);
    CHECK(bad.table() == "notes");
    CHECK(bad.line() >= line_of(document(), "{\"id\":0"));
    CHECK_FALSE(bad.hint().empty());
  }
}

TEST_CASE("bytes that are not UTF-8 and control characters are refused wherever they stand") {
  const Error error = refusal_with("\xc3\xa9", "\xc3");
  CHECK(error.line() == line_of(document(), "{\"id\":1,"));
  refusal_with("word", "\xed\xa0\x80");
  refusal_with("word", "\xc0\xaf");
  refusal_with("\"database\":\"shop\"", "\"database\":\"\xff\"");
  refusal_with("word", std::string(1, '\0'));
  refusal_with("\n{\"id\":0", std::string("\n\0{\"id\":0", 9));
}

TEST_CASE("nesting deeper than 1,000 is refused, as deep is not") {
  const auto nested = [](std::size_t levels) {
    return "\"j\":" + std::string(levels, '[') + std::string(levels, ']');
  };
  const char* json = "\"j\":{\"k\":[1,2]}";
  // The row's own level is the fourth.
  CHECK_THAT(refusal_with(json, nested(996)).message(), contains("digest"));
  CHECK_THAT(refusal_with(json, nested(997)).message(), contains("deeper"));
}

TEST_CASE("something behind the document is refused") {
  refusal(document() + "{}");
  refusal(document() + "x");
  refusal(document() + std::string(1, '\0'));
  CHECK_FALSE(read_document(document() + " \r\n\t").error);
}

TEST_CASE("an edited document is read with warnings, but not without its summary") {
  const std::string first = "{\"id\":0,\"t\":\"word\",";
  std::string text = replaced(document(), first, "{\"id\":0,");  // a key less
  text = replaced(text, "\"r\":0.25", "\"r\":1");                // as jq may write it
  text = replaced(text, "\"b\":true,", "");
  text = replaced(text, "\"database\":\"shop\"", "\"database\":\"shed\"");
  CHECK(read_document(text).error);
  const DocumentReading reading = read_document(text, true);
  REQUIRE_FALSE(reading.error);
  CHECK(reading.warnings.size() == 2);
  const Content content = read_document(document()).content;
  const auto& rows = reading.content.at("data.notes");
  const auto& whole = content.at("data.notes");
  REQUIRE(rows.size() == 3);
  CHECK(std::count_if(rows.begin(), rows.end(), [&](const std::string& row) {
          return std::find(whole.begin(), whole.end(), row) != whole.end();
        }) == 1);  // the one that was left alone

  refusal(replaced(text, "\"summary\"", "\"sumary\""), true);
  refusal(text.substr(0, text.size() - 4), true);
  refusal(replaced(text, "\"id\":1", "\"id\":\"one\""), true);
}

namespace {

// Of this process alone: the machine may do something else.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double seconds_to_read(int tables) {
  std::vector<Table> all;
  for (int i = 0; i < tables; ++i) all.push_back(table(fmt::format("t{:06}", i)));
  const std::string text =
      written(schema(std::move(all)), std::vector<const Batch*>(static_cast<std::size_t>(tables)));
  const double begin = processor_seconds();
  CHECK_FALSE(read_document(text).error);
  return processor_seconds() - begin;
}

}  // namespace

TEST_CASE("the time for a file of many tables grows as they do") {
  constexpr double kFloor = 0.05;
  CHECK(seconds_to_read(8'000) < 8 * std::max(seconds_to_read(2'000), kFloor));
}

TEST_CASE("a row of more keys than any database has columns is refused at once") {
  const std::string first = "{\"id\":0,\"t\":\"word\"";
  std::string row = "{\"k0\":0";
  for (int i = 1; i < 300'000; ++i) row += fmt::format(",\"k{}\":0", i);
  const std::string text = replaced(document(), first, row + "}," + first);
  const double begin = processor_seconds();
  const auto error = read_document(text).error;
  CHECK(processor_seconds() - begin < 2);
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::input);
  CHECK_THAT(error->message(), contains("more than 32,767 keys"));
}

TEST_CASE("a message shows the beginning of what a file says, however long that is") {
  const std::string digits(1'000'000, '9');
  for (const auto& [from, to] :
       {std::pair(std::string("\"id\":0"), "\"id\":" + digits),
        std::pair(std::string("\"r\":0.25"), "\"r\":\"" + digits + "\""),
        std::pair(std::string("{\"id\":0,"), "{\"" + digits + "\":0,\"id\":0,")}) {
    const Error error = refusal_with(from, to);
    CHECK(error.message().size() < 1'000);
  }
}
