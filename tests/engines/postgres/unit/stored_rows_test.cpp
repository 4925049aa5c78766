// Rows in the bytes that a backup has kept: bytes that aren't rows are refused, never misread.
#include "engines/postgres/stored_rows.h"

#include "dbkeeper/base/error.h"
#include "support/catch.h"
#include "support/copies.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

// A table `t` of the columns a and b.
BackupDescription description(StreamFormat format, Type a, Type b) {
  BackupDescription out;
  out.schema.default_schema = "public";
  Table table;
  table.name = {"public", "t"};
  for (auto& [name, type] : {std::pair{"a", a}, std::pair{"b", b}}) {
    Column column;
    column.name = name;
    column.type = type;
    table.columns.push_back(std::move(column));
  }
  out.schema.tables = {std::move(table)};
  out.streams = {{"data/000001", format, Packing::pieces}};
  out.tables = {{{"public", "t"}, {"a", "b"}, 0, {}}};
  return out;
}

const Type kInteger{.name = "integer", .family = Family::integer};
const Type kText{.name = "text", .family = Family::text};

// The cells of all rows, in short.
std::string read(const BackupDescription& what, const std::string& piece,
                 const std::vector<std::string>& columns = {"a", "b"}) {
  const auto rows = postgres::rows_in_piece(what, what.tables.front(), columns, piece);
  Batch batch(columns.size());
  std::string out;
  while (rows->next(batch))
    for (std::size_t row = 0; row < batch.rows(); ++row)
      for (std::size_t column = 0; column < columns.size(); ++column) {
        const CellView cell = batch.at(row, column);
        out += cell.kind == CellKind::null      ? "NULL"
               : cell.kind == CellKind::integer ? std::to_string(cell.integer)
                                                : std::string(cell.text);
        out += column + 1 < columns.size() ? "," : ";";
      }
  CHECK_FALSE(rows->next(batch));  // the end stays the end
  return out;
}

ErrorKind refusal(const BackupDescription& what, const std::string& piece) {
  try {
    read(what, piece);
  } catch (const Error& error) {
    return error.kind();
  }
  FAIL("it was read");
  return {};
}

std::string int4(char value) { return std::string(3, '\0') + value; }

}  // namespace

TEST_CASE("rows come out of both forms of COPY, columns in the order asked for") {
  const auto binary = description(StreamFormat::copy_binary, kInteger, kText);
  const std::string piece = binary_copy({{int4(7), "x"}, {std::nullopt, ""}});
  CHECK(read(binary, piece) == "7,x;NULL,;");
  CHECK(read(binary, piece, {"b"}) == "x;;");
  CHECK(read(binary, piece, {"b", "a"}) == "x,7;,NULL;");
  const auto text = description(StreamFormat::copy_text, kInteger, kText);
  CHECK(read(text, "7\ta\\tb\\\\N\n\\N\t\n") == "7,a\tb\\N;NULL,;");
  CHECK(read(text, "").empty());
}

TEST_CASE("bytes that are no rows of the table are refused") {
  const auto binary = description(StreamFormat::copy_binary, kInteger, kText);
  const std::string piece = binary_copy({{int4(7), "x"}});
  for (std::size_t size = 0; size < piece.size(); ++size) {
    CAPTURE(size);
    CHECK(refusal(binary, piece.substr(0, size)) == ErrorKind::input);
  }
  CHECK(refusal(binary, binary_copy({{int4(7)}})) == ErrorKind::input);
  const auto text = description(StreamFormat::copy_text, kInteger, kText);
  for (const char* lines : {"7\tx", "7\n", "7\tx\ty\n"})
    CHECK(refusal(text, lines) == ErrorKind::input);
  CHECK(refusal(text, "seven\tx\n") == ErrorKind::failed);
}

TEST_CASE("a binary form that only a server can read is refused with the way out") {
  const Type interval{.name = "interval", .family = Family::other};
  const auto what = description(StreamFormat::copy_binary, kInteger, interval);
  const std::string piece = binary_copy({{int4(7), std::string(16, '\0')}});
  try {
    read(what, piece);
    FAIL("it was read");
  } catch (const Error& error) {
    CHECK(error.column() == "b");
    CHECK(error.hint().find("restore") != std::string::npos);
  }
  CHECK(read(what, piece, {"a"}) == "7;");
}
