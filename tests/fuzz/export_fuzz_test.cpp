// Documents broken at random: what a reader makes of them is an Error(input) or the same cells as
// before, never a crash, and never other cells.
#include <algorithm>
#include <random>
#include <vector>

#include "core/schemas.h"
#include "dbkeeper/model/array.h"
#include "support/catch.h"
#include "support/documents.h"
#include "support/seed.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

Batch rows_of_every_kind() {
  Batch rows(10);
  ArrayBuilder array;
  for (int i = 0; i < 3; ++i) {
    rows.add_integer(i == 0 ? INT64_MIN : i);
    rows.add(CellKind::text, i == 1 ? "two\nlines \xc3\xa9 \\ \"" : "word");
    rows.add_boolean(i == 1);
    rows.add_real(i / 3.0);
    rows.add_single(0.1f);
    rows.add(CellKind::plain, "12345678901234567890.10");
    rows.add(CellKind::bytes, "\x01\xff");
    rows.add(CellKind::json, i == 1 ? R"({"$type":1,"k":[1,2.50]})" : R"(["\ud800", {"a":null}])");
    if (i == 0)
      rows.add_integer(7);
    else if (i == 1)
      rows.add(CellKind::text, "\xff");
    else
      rows.add(CellKind::bytes, "blob");
    array.begin({{i == 1 ? 0 : 1, 2}, {1, 1}});
    array.add({CellKind::integer, i, 0, {}});
    array.add({});
    rows.add(CellKind::array, array.bytes());
  }
  return rows;
}

std::string document() {
  Table things = table_of_kinds("things", {{"t", Family::text},
                                           {"b", Family::boolean},
                                           {"r", Family::real},
                                           {"f", Family::single},
                                           {"d", Family::decimal},
                                           {"y", Family::bytes},
                                           {"j", Family::jsonb},
                                           {"any", Family::any},
                                           {"a", Family::array}});
  things.columns.back().type.element.push_back({.name = "integer", .family = Family::integer});
  const Schema schema = testing::schema({things, table("users")});
  const Batch rows = rows_of_every_kind();
  Batch users(1);
  for (int i = 0; i < 5; ++i) users.add_integer(i);
  return written(schema, std::vector<TableRows>{{Section::data, "things", &rows},
                                                {Section::references, "users", &users}});
}

// Changes a text at random places, by pieces that a JSON text is made of.
class Mutator {
 public:
  explicit Mutator(std::mt19937_64 dice) : dice_(std::move(dice)) {}

  std::string mutated(std::string text) {
    for (std::size_t times = 1 + below(3); times > 0; --times) mutate(text);
    return text;
  }
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : dice_() % limit; }

 private:
  void mutate(std::string& text) {
    const std::size_t at = below(text.size()), other = below(text.size());
    const std::size_t length = 1 + below(below(4) == 0 ? 200 : 12);
    switch (below(8)) {
      case 0:
        if (!text.empty()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        return;
      case 1:
        text.resize(at);
        return;
      case 2:
        text.erase(at, length);
        return;
      case 3:
        text.insert(at, text.substr(other, length));
        return;
      case 4: {
        const std::string piece = text.substr(other, length);
        text.replace(at, piece.size(), piece);
        return;
      }
      case 5:
        text.insert(at, token());
        return;
      case 6:
        swap_lines(text);
        return;
      default:
        text.insert(at, std::string(below(2000), "[{ \""[below(4)]));
        return;
    }
  }

  std::string_view token() {
    static constexpr std::string_view kTokens[] = {
        "{",    "}",    "[",        "]",           ",",         ":",       "\"",   "\\",
        "null", "true", "0",        "-1",          "1e999",     "1.5",     "\"\"", "\\u0000",
        "\n",   "\xff", "\"id\":1", "\"data\":{}", "\"$type\"", "\"NaN\"", " ",    "\\ud800"};
    return kTokens[below(std::size(kTokens))];
  }

  // Each line moves with the line break before it.
  void swap_lines(std::string& text) {
    std::vector<std::string> lines = {""};
    for (const char c : text) {
      if (c == '\n') lines.emplace_back();
      lines.back() += c;
    }
    std::swap(lines[below(lines.size())], lines[below(lines.size())]);
    text.clear();
    for (const std::string& line : lines) text += line;
  }

  std::mt19937_64 dice_;
};

}  // namespace

TEST_CASE("a document broken at random is refused, or says what it said") {
  const Seed seed;
  INFO(seed.hint());
  Mutator mutator(seed.dice());
  const std::string whole = document();
  const Content content = read_document(whole).content;
  REQUIRE(content.size() == 2);
  for (int round = 0; round < rounds(4000); ++round) {
    const std::string text = mutator.mutated(whole);
    const std::size_t piece = 1 + mutator.below(mutator.below(2) == 0 ? 64 : 1 << 20);
    const DocumentReading reading =
        read_document(std::make_unique<TextSource>(text, piece, mutator.below(2) == 0));
    if (reading.error && reading.error->kind() == ErrorKind::input) continue;
    CAPTURE(round, text);
    REQUIRE_FALSE(reading.error);
    REQUIRE(reading.content == content);
  }
}

TEST_CASE("an edited document broken at random never crashes its reader") {
  const Seed seed;
  INFO(seed.hint());
  Mutator mutator(seed.dice());
  const std::string whole = document();
  for (int round = 0; round < rounds(2000); ++round) {
    const std::string text = mutator.mutated(whole);
    const DocumentReading reading = read_document(text, true);
    if (!reading.error || reading.error->kind() == ErrorKind::input) continue;
    CAPTURE(round, text);
    FAIL(reading.error->message());
  }
}
