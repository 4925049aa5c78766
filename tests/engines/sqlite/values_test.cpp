// Values come out as they are stored, whatever a column declares: against SQLite's own words for
// them, typeof(), hex() and its own comparison.
#include <sqlite3.h>

#include <cstdio>
#include <cstring>
#include <limits>
#include <random>

#include "dbkeeper/base/text.h"
#include "engines/contract_engines.h"
#include "engines/sqlite/text_encoding.h"
#include "support/catch.h"
#include "support/open.h"
#include "support/seed.h"

namespace dbkeeper::testing {
namespace {

using Rows = std::vector<MemoryRow>;

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

Rows read_table(const ScratchSqlite& scratch, const std::string& name,
                const std::vector<std::string>& columns) {
  const auto database = open(scratch.url());
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  return read_all(*snapshot, table_in(schema, name), columns);
}

void write_table(const ScratchSqlite& scratch, const std::string& name,
                 const std::vector<std::string>& columns, const Rows& rows) {
  const auto database = open(scratch.url(), Access::write);
  const Schema schema = open(scratch.url())->snapshot()->schema();
  const auto transaction = database->begin();
  write_all(*transaction, table_in(schema, name), columns, rows);
  transaction->commit();
}

// A kind of database and table, and what its columns may declare.
struct Shape {
  std::string encoding;
  std::string options;
  std::vector<std::string> types;
};

const std::vector<std::string> kTypes = {
    "",        "INTEGER", "INT",      "TEXT",    "VARCHAR(5)", "BLOB", "REAL", "DOUBLE PRECISION",
    "NUMERIC", "BOOLEAN", "DATETIME", "DECIMAL", "JSON",       "UUID", "ANY",  "FLOATING POINT"};
const std::vector<std::string> kStrictTypes = {"INTEGER", "INT", "TEXT", "BLOB", "REAL", "ANY"};

const std::vector<Shape> kShapes = {{"UTF-8", "", kTypes},
                                    {"UTF-8", " WITHOUT ROWID", kTypes},
                                    {"UTF-8", " STRICT", kStrictTypes},
                                    {"UTF-16le", "", kTypes},
                                    {"UTF-16be", " WITHOUT ROWID", kTypes}};

std::string random_bytes(std::mt19937_64& dice) {
  std::string bytes;
  for (std::size_t size = dice() % 12; size > 0; --size) bytes += static_cast<char>(dice() % 256);
  return bytes;
}

std::string random_integer(std::mt19937_64& dice) {
  switch (dice() % 4) {
    case 0:
      return "9223372036854775807";
    case 1:
      return "(-9223372036854775807 - 1)";
    case 2:
      return std::to_string(static_cast<std::int64_t>(dice()) >> (dice() % 64));
    default:
      return std::to_string(static_cast<int>(dice() % 5) - 2);
  }
}

std::string random_real(std::mt19937_64& dice) {
  static const std::vector<std::string> kSpecial = {"9e999",
                                                    "-9e999",
                                                    "5e-324",
                                                    "-5e-324",
                                                    "2.2250738585072014e-308",
                                                    "0.1+0.2",
                                                    "1.7976931348623157e308",
                                                    "1e15",
                                                    "3.0",
                                                    "9007199254740993.0",
                                                    "1.0e19",
                                                    "-0.5"};
  if (dice() % 2 == 0) return kSpecial[dice() % kSpecial.size()];
  double value = 0;
  const std::uint64_t bits = dice();
  std::memcpy(&value, &bits, sizeof value);
  if (value != value) return "0.5";
  char text[40];
  std::snprintf(text, sizeof text, "%.17e", value);
  return std::string(text).find("inf") == std::string::npos ? text : "9e999";
}

// Text of any bytes where the database takes any; else as SQL has it, with a NUL now and then.
std::string random_text(std::mt19937_64& dice, bool any_bytes) {
  static const std::vector<std::string> kTexts = {"''",
                                                  "'12'",
                                                  "'1e3'",
                                                  "' 7 '",
                                                  "'0x10'",
                                                  "'{\"a\": null}'",
                                                  "'Grüße 世界 🏋️'",
                                                  "'null'",
                                                  "'a' || char(0) || 'b'",
                                                  "char(0)",
                                                  "char(65279) || 'bom'",
                                                  "'-0'",
                                                  "'9223372036854775808'"};
  if (any_bytes && dice() % 2 == 0) return "CAST(x'" + hex(random_bytes(dice)) + "' AS TEXT)";
  return kTexts[dice() % kTexts.size()];
}

std::string random_value(std::mt19937_64& dice, const Shape& shape, const std::string& type) {
  const bool strict = shape.options == " STRICT";
  std::size_t kind = dice() % 5;
  if (strict && type != "ANY")
    kind = type == "TEXT" ? 2 : type == "BLOB" ? 3 : type == "REAL" ? 1 : 0;
  switch (kind) {
    case 0:
      return random_integer(dice);
    case 1:
      return random_real(dice);
    case 2:
      return random_text(dice, shape.encoding == "UTF-8");
    case 3:
      return "x'" + hex(random_bytes(dice)) + "'";
    default:
      return "NULL";
  }
}

// What the database's text would be in hexadecimal digits.
std::string stored_hex(const std::string& text, const std::string& encoding) {
  if (encoding == "UTF-8") return hex(text);
  const std::optional<std::u16string> units = sqlite::to_utf16(text);
  if (!units) throw std::logic_error("no UTF-16");
  std::string bytes;
  for (const char16_t unit : *units) {
    const char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xff);
    bytes += encoding == "UTF-16be" ? std::string{high, low} : std::string{low, high};
  }
  return hex(bytes);
}

// A cell in SQLite's own words, as spoken_sql() asks for them.
std::string spoken(const MemoryCell& cell, const std::string& encoding) {
  switch (cell.kind) {
    case CellKind::null:
      return "null";
    case CellKind::integer:
      return "integer " + std::to_string(cell.integer);
    case CellKind::real:
      return "real";
    case CellKind::text:
      return "text " + stored_hex(cell.text, encoding);
    default:
      return "blob " + hex(cell.text);
  }
}

std::string spoken_sql(const std::string& column) {
  return "typeof(" + column + ") || CASE typeof(" + column + ") WHEN 'integer' THEN ' ' || " +
         column + " WHEN 'real' THEN '' WHEN 'null' THEN '' ELSE ' ' || hex(CAST(" + column +
         " AS BLOB)) END";
}

// Whether SQLite itself finds exactly this double in the row. (What quote() writes is not exact at
// the far ends.)
bool holds(const ScratchSqlite& scratch, const std::string& column, std::size_t id, double value) {
  sqlite3* handle = nullptr;
  sqlite3_stmt* statement = nullptr;
  const std::string sql = "SELECT " + column + " = ?1 FROM t WHERE id = " + std::to_string(id);
  sqlite3_open_v2(scratch.path().c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
  sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr);
  sqlite3_bind_double(statement, 1, value);
  const bool found = sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_int(statement, 0) == 1;
  sqlite3_finalize(statement);
  sqlite3_close(handle);
  return found;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

}  // namespace

TEST_CASE("random values of every storage class come out of every declared type as stored") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  constexpr int kRows = 25;
  for (int round = 0; round < rounds(2); ++round)
    for (const Shape& shape : kShapes) {
      std::vector<std::string> declared = {"id INTEGER PRIMARY KEY"}, columns = {"id"};
      for (const std::string& type : shape.types) {
        columns.push_back("c" + std::to_string(columns.size()));
        declared.push_back(columns.back() + " " + type);
      }
      std::string sql = "PRAGMA encoding = '" + shape.encoding + "';\nCREATE TABLE t (" +
                        join(declared, ", ") + ")" + shape.options + ";\nBEGIN;\n";
      for (int row = 1; row <= kRows; ++row) {
        std::vector<std::string> values = {std::to_string(row)};
        for (const std::string& type : shape.types)
          values.push_back(random_value(dice, shape, type));
        sql += "INSERT INTO t VALUES (" + join(values, ", ") + ");\n";
      }
      INFO(sql);
      ScratchSqlite scratch(sql + "COMMIT");
      const Rows rows = read_table(scratch, "t", columns);
      REQUIRE(rows.size() == kRows);
      for (std::size_t column = 1; column < columns.size(); ++column) {
        const std::string& name = columns[column];
        const auto words =
            lines_of(scratch.query("SELECT " + spoken_sql(name) + " FROM t ORDER BY id"));
        REQUIRE(words.size() == kRows);
        for (std::size_t row = 0; row < kRows; ++row) {
          const MemoryCell& cell = rows[row][column];
          INFO(shape.types[column - 1] << " of row " << row + 1);
          CHECK(spoken(cell, shape.encoding) == words[row]);
          if (cell.kind == CellKind::real) CHECK(holds(scratch, name, row + 1, cell.real));
        }
      }
      // And a copy of it is the same, by the same eyes.
      ScratchSqlite copy("PRAGMA encoding = '" + shape.encoding + "';\nCREATE TABLE t (" +
                         join(declared, ", ") + ")" + shape.options);
      write_table(copy, "t", columns, rows);
      CHECK(read_table(copy, "t", columns) == rows);
    }
}

TEST_CASE("text of any bytes is text of these bytes") {
  const ScratchSqlite scratch(R"(
    CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
    INSERT INTO t VALUES (1, CAST(x'ff' AS TEXT)), (2, CAST(x'c3' AS TEXT)), (3, CAST(x'00' AS TEXT)),
      (4, CAST(x'610062' AS TEXT)), (5, CAST(x'eda080' AS TEXT)), (6, ''), (7, CAST(x'efbbbf' AS TEXT)))");
  const Rows rows = read_table(scratch, "t", {"id", "a"});
  CHECK(rows == Rows{{1, "\xff"},
                     {2, "\xc3"},
                     {3, std::string(1, '\0')},
                     {4, std::string("a\0b", 3)},
                     {5, "\xed\xa0\x80"},
                     {6, ""},
                     {7, "\xef\xbb\xbf"}});
  ScratchSqlite copy("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)");
  write_table(copy, "t", {"id", "a"}, rows);
  CHECK(copy.query("SELECT group_concat(hex(CAST(a AS BLOB)), ',') FROM t") ==
        "FF,C3,00,610062,EDA080,,EFBBBF");
}

TEST_CASE("half a surrogate pair in a database of UTF-16 is kept") {
  // SQLite's own conversion to UTF-8 swallows the character behind it.
  for (const std::string encoding : {"UTF-16le", "UTF-16be"}) {
    const std::string half = encoding == "UTF-16le" ? "3CD84100" : "D83C0041";
    const std::string marked = encoding == "UTF-16le" ? "FFFE4100" : "FEFF0041";
    const std::string schema =
        "PRAGMA encoding = '" + encoding + "'; CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)";
    const ScratchSqlite scratch(schema + "; INSERT INTO t VALUES (1, CAST(x'" + half +
                                "' AS TEXT)), (2, CAST(x'" + marked + "' AS TEXT))");
    const Rows rows = read_table(scratch, "t", {"id", "a"});
    CHECK(rows == Rows{{1,
                        "\xed\xa0\xbc"
                        "A"},
                       {2,
                        "\xef\xbb\xbf"
                        "A"}});
    ScratchSqlite copy(schema);
    write_table(copy, "t", {"id", "a"}, rows);
    CHECK(copy.query("SELECT group_concat(hex(CAST(a AS BLOB)), ',') FROM t") ==
          half + "," + marked);
  }
}

TEST_CASE("a database of UTF-16 refuses text that it would change") {
  const ScratchSqlite scratch("PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (a TEXT)");
  try {
    write_table(scratch, "t", {"a"}, {{"\xff"}});
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::conflict);
    CHECK(error.column() == "a");
  }
}

TEST_CASE("a generated column can be read, and a column may have the rowid's names") {
  const ScratchSqlite scratch(R"(
    CREATE TABLE t (rowid TEXT, _rowid_ REAL, oid, twice AS (rowid || rowid), kept AS (oid) STORED);
    INSERT INTO t VALUES ('x', 1.5, x''), ('y', NULL, '');)");
  CHECK(read_table(scratch, "t", {"rowid", "_rowid_", "oid", "twice", "kept"}) ==
        Rows{{"x", 1.5, MemoryCell("", CellKind::bytes), "xx", MemoryCell("", CellKind::bytes)},
             {"y", nullptr, "", "yy", ""}});
}

}  // namespace dbkeeper::testing
