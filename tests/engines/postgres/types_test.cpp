// Every type's values come out exact: what is read is what the engine itself makes of its own text,
// whatever the role, the database or the environment set.
#include <random>
#include <sstream>

#include "engines/postgres/array_text.h"
#include "engines/postgres/cell_text.h"
#include "engines/postgres/copying.h"
#include "engines/postgres/quoted_name.h"
#include "engines/postgres/random_values.h"
#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"
#include "support/seed.h"

namespace dbkeeper::testing {
namespace {

using postgres::literal;
using postgres::QuotedName;

// A cell as the engine would read it.
std::string engine_text(const CellView& cell, const Type& type) {
  if (cell.kind != CellKind::array) return postgres::text_of(cell);
  std::string out;
  postgres::append_array_text(out, cell.text, type.delimiter);
  return out;
}

struct Rows {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> texts;  // of cells that aren't NULL
  std::vector<std::vector<CellKind>> kinds;
};

Rows rows_of(const std::string& url, const std::string& name) {
  const auto reader = open(url);
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  const Table* table = schema.find({"public", name});
  REQUIRE(table);
  Rows out{table->columns, {}, {}};
  RowSet set;
  set.table = table;
  const Selection selection{{set}};
  Batch batch(table->columns.size());
  for (const Part& part : snapshot->parts(selection, 0, 1 << 20)) {
    const auto rows = snapshot->rows(selection, 0, part, all_columns(*table));
    while (rows->next(batch))
      for (std::size_t row = 0; row < batch.rows(); ++row) {
        auto& texts = out.texts.emplace_back();
        auto& kinds = out.kinds.emplace_back();
        for (std::size_t column = 0; column < batch.columns(); ++column) {
          const CellView cell = batch.at(row, column);
          kinds.push_back(cell.kind);
          texts.push_back(
              cell.kind == CellKind::null ? "" : engine_text(cell, table->columns[column].type));
        }
      }
  }
  return out;
}

// Rows of a column whose value is not what the engine makes of the text that was read.
std::string differing_rows(const Rows& read, std::size_t column, const std::string& table,
                           const std::string& type) {
  const std::string name = QuotedName(std::string_view(read.columns[column].name)).sql();
  std::string values;
  for (std::size_t row = 0; row < read.texts.size(); ++row)
    values +=
        (row ? ",(" : "(") + read.texts[row][0] + ", " +
        (read.kinds[row][column] == CellKind::null ? "NULL" : literal(read.texts[row][column])) +
        "::" + type + ")";
  return "SELECT " + literal(read.columns[column].name + " (" + type + ")") +
         ", n FROM (SELECT n, " + name + " AS v FROM " + table + ") l JOIN (VALUES " + values +
         ") AS r (n, v) USING (n) WHERE (SELECT x FROM (SELECT l.v) x) *<> "
         "(SELECT x FROM (SELECT r.v) x)";
}

// All of them: column and row, by the first column, which numbers the rows.
std::string differences(ScratchPostgres& database, const std::string& table, const Rows& read) {
  std::istringstream types(database.query(
      "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = '" + table +
      "'::regclass AND attnum > 0 ORDER BY attnum"));
  std::string sql =
      "SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD';"
      "SET lc_monetary = 'C'; SELECT NULL, 0 WHERE false";
  std::string type;
  for (std::size_t column = 0; std::getline(types, type); ++column)
    if (column > 0) sql += " UNION ALL " + differing_rows(read, column, table, type);
  return database.query(sql);
}

}  // namespace

TEST_CASE("arrays come as arrays, with the kind of their elements") {
  ScratchPostgres database(
      "CREATE TYPE mood AS ENUM ('sad', 'a \"b\", c'); CREATE TYPE pair AS (a int, b text);"
      "CREATE DOMAIN short AS varchar(3); CREATE DOMAIN shorts AS short[]; CREATE DOMAIN ints AS "
      "int[]; CREATE TABLE a (n int, i int[], m numeric(5,2)[], t text[], b bool[], z "
      "timestamptz[], j json[], by bytea[], e mood[], v varchar(9)[][], d shorts, s short[], p "
      "pair[], x box[], ip inet[], ii ints[], iv int2vector, ov oidvector, f float4[], c "
      "\"char\"[]);"
      "INSERT INTO a VALUES (1, '{1,NULL,3}', '{1.50,NaN}', '{\"\",NULL,\"NULL\",\"a\\\\\\\"b\"}', "
      "'{t,f}', '{2026-01-02 03:04:05+02,infinity}', '{\"{\\\"a\\\": [1]}\",null}', "
      "'{\"\\\\x00ff\"}',"
      "'{\"a \\\"b\\\", c\",sad}', '[0:1][-1:0]={{a,b},{c,NULL}}', '{abc,NULL}', '{a}', "
      "ARRAY[(1, 'x \"y\" \\ z')::pair, NULL, (NULL, NULL)::pair], '{(1,1),(0,0);NULL}', "
      "'{1.2.3.4,10.0.0.0/8}', ARRAY['{1,2}'::ints, '[0:0]={3}'::ints], '1 2', '', '{-0,1e-45}', "
      "'{x,\"\"}'), (2, '{}', '{}', '[5:5]={x}', NULL, '{}', '{}', '{}', '{}', '{}', '{}', '{}', "
      "'{}', '{}', '{}', '{}', '', '3', '{}', '{}'); CREATE TABLE b (LIKE a)");
  const Rows read = rows_of(database.url(), "a");
  const auto column = [&](const std::string& name) {
    for (std::size_t i = 0; i < read.columns.size(); ++i)
      if (read.columns[i].name == name) return i;
    FAIL("no column " << name);
    return std::size_t{0};
  };
  const auto element = [&](const std::string& name) {
    const Type& type = read.columns[column(name)].type;
    CHECK(type.family == Family::array);
    REQUIRE(type.element.size() == 1);
    return type.element.front();
  };
  CHECK(element("i").family == Family::integer);
  CHECK(element("m").family == Family::decimal);
  CHECK(element("m").name == "numeric(5,2)");
  CHECK(element("z").family == Family::timestamptz);
  CHECK(element("j").family == Family::json);
  CHECK(element("by").family == Family::bytes);
  CHECK(element("e").labels == std::vector<std::string>{"sad", "a \"b\", c"});
  CHECK(element("d").name == "character varying(3)");
  CHECK(element("d").domain == "short");
  CHECK(read.columns[column("d")].type.domain == "shorts");
  CHECK(element("p").composite);
  CHECK(element("ip").family == Family::other);
  CHECK(element("ii").family == Family::other);
  CHECK(read.columns[column("x")].type.delimiter == ';');
  CHECK(read.columns[column("iv")].type.family == Family::other);
  CHECK(read.texts[0][column("iv")] == "1 2");
  CHECK(read.texts[0][column("x")] == "{\"(1,1),(0,0)\";NULL}");
  CHECK(read.texts[0][column("v")] == "[0:1][-1:0]={{\"a\",\"b\"},{\"c\",NULL}}");
  CHECK(read.texts[0][column("z")] == "{\"2026-01-02T01:04:05Z\",\"infinity\"}");
  CHECK(differences(database, "a", read) == "");
  copy(database, "a", "b");
  CHECK(database.query(
            "SELECT count(*) FROM a row_a JOIN b row_b USING (n) WHERE row_a *<> row_b") == "0");
}

TEST_CASE("only arrays of native types go through the binary COPY as well") {
  ScratchPostgres database(
      "CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE TYPE mood AS ENUM ('sad');"
      "CREATE TABLE a (n int, i int8[], t text[], e mood[], c numeric[]); INSERT INTO a VALUES (1, "
      "'[3:4]={1,NULL}', '{a,NULL}', '{sad,NULL}', '{{1.50},{-0.001}}'); CREATE TABLE b (LIKE a);"
      "CREATE TABLE d (n int, p positive[]); INSERT INTO d VALUES (1, '{1,2,NULL}'); CREATE TABLE "
      "e "
      "(LIKE d)");
  copy(database, "a", "b");
  CHECK(database.query("SELECT count(*) FROM a x JOIN b y USING (n) WHERE x *= y") == "1");
  copy(database, "d", "e");
  CHECK(database.query("SELECT count(*) FROM d x JOIN e y USING (n) WHERE x *= y") == "1");
}

TEST_CASE("settings of the role, the database and the environment change no value") {
  const std::string role = "hostile";
  ScratchPostgres database(
      "CREATE TABLE t (n int, d date, ts timestamp, tz timestamptz, tt timetz, iv interval, m "
      "money, "
      "f4 float4, f8 float8, by bytea, x xml, a float8[], p point, tsr tstzrange, r regclass, "
      "ab bytea[], js jsonb, c numeric, iva interval[]);"
      "INSERT INTO t VALUES (1, '2026-02-01', '2026-02-01 03:04:05.5', '1890-01-01 00:00:00+00', "
      "'12:00:00+05:45', '1 year -2 days 03:04:05.000006', '-1234.56', 409.07455, 0.1, "
      "'\\x00ff5c', "
      "'<a/>', '{0.1,409.0745512345678}', '(0.1,409.0745512345678)', '[2026-01-02 00:00+00,)', "
      "'pg_class', '{\"\\\\x5c00\"}', '{\"a\": 1.50}', 1.50, '{1 mon 2 days}')");
  const Rows usual = rows_of(database.url(), "t");
  const std::string name = database.name();
  for (const char* setting :
       {"DateStyle = 'German, DMY'", "TimeZone = 'Europe/Berlin'", "IntervalStyle = 'iso_8601'",
        "extra_float_digits = -15", "bytea_output = 'escape'", "xmloption = 'document'",
        "search_path = 'nowhere'", "standard_conforming_strings = off", "array_nulls = off",
        "quote_all_identifiers = on", "client_encoding = 'LATIN1'", "lc_monetary = 'C.UTF-8'",
        "default_transaction_isolation = 'serializable'", "backslash_quote = off",
        "transform_null_equals = on", "enable_seqscan = off", "enable_tidscan = off"})
    database.exec("ALTER DATABASE " + name + " SET " + setting);
  database.exec("ALTER ROLE postgres IN DATABASE " + name + " SET IntervalStyle = 'sql_standard'");
  const Rows hostile = rows_of(database.url(), "t");
  CHECK(hostile.texts == usual.texts);
  CHECK(rows_of(database.url() + "?options=-c%20TimeZone%3DAsia/Kathmandu%20-c%20DateStyle%3DSQL",
                "t")
            .texts == usual.texts);
  CHECK(hostile.texts[0][4] == "12:00:00+05:45");
  CHECK(hostile.texts[0][5] == "1 year -2 days +03:04:05.000006");
  CHECK(hostile.texts[0][3] == "1890-01-01T00:00:00Z");
}

TEST_CASE("values of every type, and arrays of them, are read exact and go back the same") {
  const Seed seed;
  INFO(seed.hint());
  Dice dice = seed.dice();
  for (int round = 0; round < rounds(3); ++round) {
    ScratchPostgres database(
        "CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE TABLE \"odd \"\" name\" ();"
        "CREATE TYPE mood AS ENUM ('sad', 'very \"happy\", {NULL}', 'ü');"
        "CREATE TYPE pair AS (a int, b text); CREATE DOMAIN positive AS int CHECK (VALUE > 0)");
    std::vector<DrawnColumn> columns;
    for (const Drawable& each : drawables()) {
      columns.push_back({&each, false});
      columns.push_back({&each, true});
    }
    std::shuffle(columns.begin(), columns.end(), dice);
    database.exec(random_table(columns, 12, dice));
    const Rows read = rows_of(database.url(), "a");
    CHECK(read.texts.size() == 12);
    CHECK(differences(database, "a", read) == "");
    copy(database, "a", "b");
    CHECK(differences(database, "b", read) == "");
  }
}

}  // namespace dbkeeper::testing
