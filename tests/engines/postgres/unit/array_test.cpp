// Arrays in binary, against byte strings that a server (15) sent, and as text.
#include <random>

#include "dbkeeper/base/error.h"
#include "dbkeeper/model/array.h"
#include "engines/postgres/array_text.h"
#include "engines/postgres/limits.h"
#include "engines/postgres/oids.h"
#include "engines/postgres/wire.h"
#include "support/catch.h"
#include "support/seed.h"

namespace dbkeeper::postgres {
namespace {

using testing::rounds;
using testing::Seed;

std::string unhex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return out;
}

Type array_of(std::uint32_t oid, Family family = Family::other) {
  Type element;
  element.engine_id = oid;
  element.family = family;
  Type out;
  out.family = Family::array;
  out.element = {element};
  return out;
}

// An array as a line: [0:1]{1,NULL} with every text in brackets.
std::string shown(std::string_view bytes) {
  ArrayView array(bytes);
  std::string out;
  for (const ArrayDimension& dimension : array.dimensions())
    out += std::to_string(dimension.lower) + "+" + std::to_string(dimension.length) + " ";
  for (std::size_t left = array.size(); left > 0; --left) {
    const CellView cell = array.next();
    if (cell.kind == CellKind::null)
      out += "NULL ";
    else if (cell.kind == CellKind::integer || cell.kind == CellKind::boolean)
      out += std::to_string(cell.integer) + " ";
    else
      out += "<" + std::string(cell.text) + "> ";
  }
  return out;
}

std::string decoded(const Type& type, std::string_view bytes) {
  Batch batch(1);
  wire::decoder(type)(bytes, batch);
  REQUIRE(batch.at(0, 0).kind == CellKind::array);
  return shown(batch.at(0, 0).text);
}

std::string read(std::string_view text, char delimiter = ',') {
  ArrayBuilder array;
  return ArrayTextReader(delimiter).read(text, array) ? shown(array.bytes()) : "no array";
}

std::string written(std::string_view text, char delimiter = ',') {
  ArrayBuilder array;
  REQUIRE(ArrayTextReader(delimiter).read(text, array));
  std::string out;
  append_array_text(out, array.bytes(), delimiter);
  return out;
}

// '{1,NULL,3}'::int[], '[0:1][2:3]={{1,2},{3,4}}'::int[], '{}'::int[]
constexpr std::string_view kThree =
    "000000010000000100000017000000030000000100000004"
    "00000001ffffffff0000000400000003";
constexpr std::string_view kSquare =
    "00000002000000000000001700000002000000000000000200000002"
    "0000000400000001000000040000000200000004000000030000000400000004";
constexpr std::string_view kEmpty = "000000000000000000000017";

}  // namespace

TEST_CASE("arrays of native types are read in binary, with bounds, depth and NULLs") {
  const Type type = array_of(oid::kInt4);
  CHECK(decoded(type, unhex(kThree)) == "1+3 1 NULL 3 ");
  CHECK(decoded(type, unhex(kSquare)) == "0+2 2+2 1 2 3 4 ");
  CHECK(decoded(type, unhex(kEmpty)).empty());
}

TEST_CASE("arrays are written as the server sends them") {
  const Type type = array_of(oid::kInt4);
  for (const std::string_view bytes : {kThree, kSquare, kEmpty}) {
    Batch batch(1);
    wire::decoder(type)(unhex(bytes), batch);
    std::string out;
    CHECK(wire::encoder(type)(batch.at(0, 0), out));
    CHECK(out == unhex(bytes));
  }
  std::string out;
  const auto fits = [&](std::string_view text) {
    return wire::encoder(type)({CellKind::text, 0, 0, text}, out);
  };
  CHECK(fits("[0:1]={1,NULL}"));
  CHECK_FALSE(fits("{1,x}"));
  CHECK_FALSE(fits("1"));
  CHECK_FALSE(wire::encoder(type)({CellKind::integer, 1, 0, {}}, out));
}

TEST_CASE("damaged arrays are damage, not a value") {
  const Type type = array_of(oid::kInt4);
  const std::string whole = unhex(kThree);
  Batch batch(1);
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_THROWS_AS(wire::decoder(type)(std::string_view(whole).substr(0, size), batch), Error);
  CHECK_THROWS_AS(wire::decoder(type)(whole + "x", batch), Error);
  for (const char* header : {"0000000700000000", "ffffffff00000000",
                             "000000030000000000000017"
                             "7fffffff000000017fffffff000000017fffffff00000001"})
    CHECK_THROWS_AS(wire::decoder(type)(unhex(header) + std::string(40, '\0'), batch), Error);
}

TEST_CASE("an array's text is read as the server writes it, and as users do") {
  CHECK(read("{}").empty());
  CHECK(read("{1,NULL,3}") == "1+3 <1> NULL <3> ");
  CHECK(read("[0:1][2:3]={{1,2},{3,4}}") == "0+2 2+2 <1> <2> <3> <4> ");
  CHECK(read("[-2147483648:-2147483648]={x}") == "-2147483648+1 <x> ");
  CHECK(read(R"({"a \"b\" \\ {c}","",NULL,"NULL"})") == R"(1+4 <a "b" \ {c}> <> NULL <NULL> )");
  CHECK(read(" { a b , \tnull, c\\ , \\null } ") == "1+4 <a b> NULL <c > <null> ");
  CHECK(read("{(1,1),(0,0);(2,2),(1,1)}", ';') == "1+2 <(1,1),(0,0)> <(2,2),(1,1)> ");
  CHECK(read("{{{{{{1}}}}}}") == "1+1 1+1 1+1 1+1 1+1 1+1 <1> ");
}

TEST_CASE("what is no array is not read as one") {
  for (const char* text : {"",
                           "1",
                           "{",
                           "{1",
                           "{1,",
                           "{1,}",
                           "{,1}",
                           "{1}}",
                           "{1} x",
                           "{{1},2}",
                           "{1,{2}}",
                           "{{1},{2,3}}",
                           "{{1,2},{3}}",
                           "{{{{{{{1}}}}}}}",
                           "{\"1}",
                           "{1\\",
                           "[0:1]={1}",
                           "[0:0]={{1}}",
                           "[1:0]={}",
                           "[0:x]={1}",
                           "[0:1]",
                           "[0:1]{1,2}",
                           "[0:0]{1}",
                           "{\"a\"b}",
                           "{a\"b\"}",
                           "{{}}",
                           "{{},{}}"}) {
    INFO(text);
    CHECK(read(text) == "no array");
  }
}

TEST_CASE("an array is written so that any type reads it back") {
  CHECK(written("{}") == "{}");
  CHECK(written("{1,NULL,a b}") == R"({"1",NULL,"a b"})");
  CHECK(written(R"([0:1][1:1]={{"\"\\"},{NULL}})") == R"([0:1][1:1]={{"\"\\"},{NULL}})");
  CHECK(written("{a;b}", ';') == R"({"a";"b"})");
}

TEST_CASE("elements are kept whole like a column's own values") {
  Type type = array_of(oid::kNumeric);
  type.element.front().name = "numeric(5,2)";
  const Limits limits(type);
  const auto keeps = [&](std::string_view text) {
    ArrayBuilder array;
    REQUIRE(ArrayTextReader(',').read(text, array));
    return limits.keep_whole({CellKind::array, 0, 0, array.bytes()});
  };
  CHECK(keeps("{1.25,NULL}"));
  CHECK_FALSE(keeps("{1.25,1.255}"));
}

TEST_CASE("any array comes back from its text, whatever the dice say") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  for (int round = 0; round < rounds(500); ++round) {
    std::vector<ArrayDimension> dimensions;
    std::size_t size = 1;
    for (std::size_t depth = dice() % 4; depth > 0; --depth) {
      dimensions.push_back({dice() % 2 ? 1 : static_cast<std::int32_t>(dice() % 9) - 4,
                            static_cast<std::uint32_t>(1 + dice() % 3)});
      size *= dimensions.back().length;
    }
    if (dimensions.empty()) size = 0;
    ArrayBuilder array;
    array.begin(dimensions);
    for (; size > 0; --size) {
      static constexpr std::string_view kLetters = "{}\",;:\\ \t\nNULLnull[]=ax";
      std::string text;
      for (std::size_t length = dice() % 6; length > 0; --length)
        text += kLetters[dice() % kLetters.size()];
      array.add(dice() % 5 ? CellView{CellKind::text, 0, 0, text} : CellView{});
    }
    const char delimiter = ",;:"[dice() % 3];
    std::string text;
    append_array_text(text, array.bytes(), delimiter);
    INFO(text);
    CHECK(read(text, delimiter) == shown(array.bytes()));
  }
}

}  // namespace dbkeeper::postgres
