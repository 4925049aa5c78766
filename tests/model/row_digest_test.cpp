#include "dbkeeper/model/row_digest.h"

#include <limits>

#include "dbkeeper/model/array.h"
#include "support/catch.h"

using namespace dbkeeper;

namespace {

// One value's canonical bytes.
std::string canonical(const CellView& cell) {
  Buffer out;
  append_canonical(out, cell);
  return std::string(out.view());
}

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

CellView text_cell(CellKind kind, std::string_view text) { return {kind, 0, 0, text}; }

Digest digest_of_rows(const std::vector<std::string>& columns, const Batch& batch) {
  RowDigest digest(columns);
  digest.add(batch);
  return digest.sum();
}

}  // namespace

TEST_CASE("each value is a tag, a length and canonical bytes, as the format's description says") {
  CHECK(canonical({}) == bytes({'n', 0, 0, 0, 0}));
  CHECK(canonical({CellKind::boolean, 1, 0, {}}) == bytes({'b', 1, 0, 0, 0, 1}));
  CHECK(canonical({CellKind::integer, -2, 0, {}}) ==
        bytes({'i', 8, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}));
  CHECK(canonical({CellKind::real, 0, 1.5, {}}) ==
        bytes({'d', 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f}));
  CHECK(canonical({CellKind::single, 0, 1.5, {}}) == bytes({'f', 4, 0, 0, 0, 0, 0, 0xc0, 0x3f}));
  CHECK(canonical(text_cell(CellKind::text, "ab")) == bytes({'s', 2, 0, 0, 0, 'a', 'b'}));
  CHECK(canonical(text_cell(CellKind::plain, "ab")) == bytes({'s', 2, 0, 0, 0, 'a', 'b'}));
  CHECK(canonical(text_cell(CellKind::bytes, "ab")) == bytes({'x', 2, 0, 0, 0, 'a', 'b'}));
  CHECK(canonical(text_cell(CellKind::json, "[1, 2]")) ==
        bytes({'j', 5, 0, 0, 0, '[', '1', ',', '2', ']'}));
  ArrayBuilder array;
  array.begin({{.lower = 1, .length = 1}});
  array.add({CellKind::boolean, 0, 0, {}});
  CHECK(canonical(text_cell(CellKind::array, array.bytes())) ==
        bytes({'a', 18, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 'b', 1, 0, 0, 0, 0}));
}

TEST_CASE("every NaN is the same NaN") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(canonical({CellKind::real, 0, nan, {}}) == canonical({CellKind::real, 0, -nan, {}}));
  CHECK(canonical({CellKind::single, 0, nan, {}}) == canonical({CellKind::single, 0, -nan, {}}));
}

TEST_CASE("a table's digest depends neither on the order of rows nor on that of columns") {
  Batch one(2), other(2);
  one.add_integer(1);
  one.add(CellKind::text, "x");
  one.add_integer(2);
  one.add_null();
  other.add_null();
  other.add_integer(2);
  other.add(CellKind::text, "x");
  other.add_integer(1);
  CHECK(digest_of_rows({"id", "name"}, one) == digest_of_rows({"name", "id"}, other));
  CHECK_FALSE(digest_of_rows({"id", "name"}, one) == digest_of_rows({"name", "id"}, one));
}

TEST_CASE("values that look alike have different digests") {
  const std::vector<CellView> cells = {{},
                                       {CellKind::integer, 0, 0, {}},
                                       {CellKind::boolean, 0, 0, {}},
                                       {CellKind::real, 0, 0.0, {}},
                                       {CellKind::real, 0, -0.0, {}},
                                       {CellKind::single, 0, 0.0, {}},
                                       text_cell(CellKind::text, ""),
                                       text_cell(CellKind::text, "0"),
                                       text_cell(CellKind::bytes, "0"),
                                       text_cell(CellKind::json, "0"),
                                       text_cell(CellKind::json, "0.0"),
                                       text_cell(CellKind::json, "\"0\"")};
  for (std::size_t a = 0; a < cells.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) CHECK(canonical(cells[a]) != canonical(cells[b]));
}

TEST_CASE("a row of a table without columns counts") {
  Batch batch(0);
  batch.add_empty_row();
  batch.add_empty_row();
  RowDigest digest(std::vector<std::string>{});
  digest.add(batch);
  CHECK(digest.rows() == 2);
  Digest twice = digest_of("");
  twice += digest_of("");
  CHECK(digest.sum() == twice);
}

TEST_CASE("a row with large values has the digest of its canonical bytes all the same") {
  const std::string large(3 << 20, 'x');
  Batch batch(3);
  batch.add_integer(1);
  batch.add(CellKind::text, large);
  batch.add(CellKind::bytes, large);
  RowDigest digest({"a", "b", "c"});
  digest.add(batch);
  CHECK(digest.sum() == digest_of(canonical(batch.at(0, 0)) + canonical(batch.at(0, 1)) +
                                  canonical(batch.at(0, 2))));
}
