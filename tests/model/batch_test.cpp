#include "dbkeeper/model/batch.h"

#include "support/catch.h"

using namespace dbkeeper;

TEST_CASE("cells come back from a batch as they went in") {
  Batch batch(4);
  batch.add_null();
  batch.add_integer(INT64_MIN);
  batch.add_real(5e-324);
  batch.add(CellKind::text, "first");
  batch.add_boolean(true);
  batch.add_single(0.1f);
  batch.add(CellKind::bytes, std::string_view("\0\xff", 2));
  batch.add(CellKind::plain, "");
  REQUIRE(batch.rows() == 2);
  CHECK(batch.at(0, 0).kind == CellKind::null);
  CHECK(batch.at(0, 1).integer == INT64_MIN);
  CHECK(batch.at(0, 2).real == 5e-324);
  CHECK(batch.at(0, 3).text == "first");
  CHECK(batch.at(1, 0).integer == 1);
  CHECK(batch.at(1, 1).real == static_cast<double>(0.1f));
  CHECK(batch.at(1, 2).text == std::string_view("\0\xff", 2));
  CHECK(batch.at(1, 3).kind == CellKind::plain);
  CHECK(batch.at(1, 3).text.empty());
}

TEST_CASE("a cell that turns out shorter gives its room back") {
  Batch batch(2);
  std::memcpy(batch.add_space(CellKind::plain, 10), "12345", 5);
  batch.shrink_last(5);
  batch.add(CellKind::text, "next");
  CHECK(batch.at(0, 0).text == "12345");
  CHECK(batch.at(0, 1).text == "next");
}

TEST_CASE("rows without columns are counted") {
  Batch batch(0);
  batch.add_empty_row();
  batch.add_empty_row();
  CHECK(batch.rows() == 2);
  batch.clear();
  CHECK(batch.rows() == 0);
}

TEST_CASE("a batch is full by rows or by bytes") {
  Batch rows(1);
  for (std::size_t i = 0; i < Batch::kRows; ++i) rows.add_null();
  CHECK(rows.full());
  Batch bytes(1);
  bytes.add_space(CellKind::bytes, Batch::kBytes);
  CHECK(bytes.full());
  bytes.clear();
  CHECK_FALSE(bytes.full());
}
