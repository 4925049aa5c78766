#include "dbkeeper/model/array.h"

#include <cmath>

#include "support/catch.h"

using namespace dbkeeper;

TEST_CASE("an array in a cell keeps its dimensions and elements of every kind") {
  ArrayBuilder builder;
  builder.begin({{.lower = -3, .length = 2}, {.lower = 1, .length = 3}});
  builder.add({});
  builder.add({CellKind::integer, INT64_MIN, 0, {}});
  builder.add({CellKind::boolean, 1, 0, {}});
  builder.add({CellKind::real, 0, -0.0, {}});
  builder.add({CellKind::text, 0, 0, std::string_view("a\0b", 3)});
  builder.add({CellKind::bytes, 0, 0, {}});

  ArrayView array(builder.bytes());
  CHECK(array.dimensions() ==
        std::vector<ArrayDimension>{{.lower = -3, .length = 2}, {.lower = 1, .length = 3}});
  REQUIRE(array.size() == 6);
  CHECK(array.next().kind == CellKind::null);
  CHECK(array.next().integer == INT64_MIN);
  CHECK(array.next().integer == 1);
  CHECK(std::signbit(array.next().real));
  CHECK(array.next().text == std::string_view("a\0b", 3));
  const CellView last = array.next();
  CHECK(last.kind == CellKind::bytes);
  CHECK(last.text.empty());
}

TEST_CASE("an empty array has no dimensions, and a builder starts over") {
  ArrayBuilder builder;
  builder.begin({{.length = 1}});
  builder.add({CellKind::integer, 1, 0, {}});
  builder.begin({});
  const ArrayView array(builder.bytes());
  CHECK(array.dimensions().empty());
  CHECK(array.size() == 0);
}
