#include "dbkeeper/model/copy_rows.h"

#include <optional>
#include <string>
#include <vector>

#include "dbkeeper/base/error.h"
#include "support/catch.h"
#include "support/copies.h"
#include "support/seed.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

using Row = std::vector<std::optional<std::string>>;

bool is_refused(const std::string& stream) {
  try {
    binary_copy_rows(stream);
    return false;
  } catch (const Error& error) {
    return error.kind() == ErrorKind::input;
  }
}

std::string changed(std::string text, std::size_t at, std::string_view to) {
  return text.replace(at, to.size(), to);
}

}  // namespace

TEST_CASE("the rows of a binary copy are counted, and their bytes summed up") {
  const std::vector<Row> rows = {{"1", "ann"}, {"2", std::nullopt}, {"", "two\nlines"}};
  RowTotal expected{3, {}};
  for (const Row& row : rows) expected.sum += digest_of(binary_row(row));
  CHECK(binary_copy_rows(binary_copy(rows)) == expected);
  CHECK(binary_copy_rows(binary_copy({rows[2], rows[0], rows[1]})) == expected);
  CHECK_FALSE(binary_copy_rows(binary_copy({rows[0], rows[1]})) == expected);
  CHECK(binary_copy_rows(binary_copy({})) == RowTotal{});
  CHECK(binary_copy_rows(binary_copy({{}, {}})).rows == 2);
}

TEST_CASE("what isn't a whole binary copy is refused") {
  const std::string whole = binary_copy({{"1", "ann"}, {"2", std::nullopt}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(is_refused(whole.substr(0, size)));
  }
  using namespace std::string_literals;
  CHECK(is_refused(whole + "x"));
  CHECK(is_refused(whole + binary_copy({})));
  CHECK(is_refused(changed(whole, 0, "p")));
  CHECK(is_refused(changed(whole, 11, "\0\1\0\0"s)));          // flags: with OIDs
  CHECK(is_refused(changed(whole, 15, "\0\0\0\4"s)));          // an extension
  CHECK(is_refused(changed(whole, 19, "\xff\xfe"s)));          // -2 fields
  CHECK(is_refused(changed(whole, 21, "\xff\xff\xff\xfe"s)));  // a length of -2
  CHECK(is_refused(changed(whole, 21, "\x7f\xff\xff\xff"s)));  // far behind the end
  CHECK(is_refused(changed(whole, 19, "\xff\xff"s)));          // a trailer in the middle
  CHECK(is_refused(binary_copy({{"1", "ann"}, {"2"}})));       // another number of fields
}

TEST_CASE("the lines of a text copy are counted, their ends left out of the sum") {
  RowTotal expected{3, {}};
  for (const char* line : {"1\tann", "", "3\t\\N"}) expected.sum += digest_of(line);
  CHECK(text_copy_rows("1\tann\n\n3\t\\N\n") == expected);
  CHECK(text_copy_rows("3\t\\N\n1\tann\n\n") == expected);
  CHECK(text_copy_rows("") == RowTotal{});
  CHECK_THROWS_AS(text_copy_rows("1\tann\n3\t\\N"), Error);
  CHECK_THROWS_AS(text_copy_rows("1\n\\.\n2\n"), Error);
}

TEST_CASE("any change of a binary copy is refused, or changes count or sum") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  std::vector<Row> rows;
  for (int i = 0; i < 20; ++i)
    rows.push_back(
        {std::to_string(i), i % 3 ? std::optional(std::string(dice() % 40, 'x')) : std::nullopt});
  const std::string whole = binary_copy(rows);
  const RowTotal total = binary_copy_rows(whole);
  for (int round = 0; round < rounds(2000); ++round) {
    std::string text = whole;
    const std::size_t at = dice() % text.size();
    text[at] = static_cast<char>(text[at] ^ (1 << dice() % 8));
    CAPTURE(round, at);
    REQUIRE((is_refused(text) || !(binary_copy_rows(text) == total)));
  }
}
