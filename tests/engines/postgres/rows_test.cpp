// Values on their way out and in, judged by the engine's own text of them.
#include <random>

#include "dbkeeper/base/error.h"
#include "engines/postgres/copying.h"
#include "engines/postgres/lock.h"
#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"
#include "support/seed.h"

namespace dbkeeper::testing {
namespace {

using Names = std::vector<std::string>;

std::string number(const CellView& cell) {
  return cell.kind == CellKind::null ? "NULL" : std::string(cell.text);
}

// The one column of a one-column table, as cells' texts.
Names cells(ScratchPostgres& database, const std::string& sql_type,
            const std::string& values_as_sql) {
  database.exec("DROP TABLE IF EXISTS one; CREATE TABLE one (n serial, v " + sql_type +
                "); INSERT INTO one (v) VALUES " + values_as_sql);
  const auto reader = open(database.url());
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  const auto rows = snapshot->rows(*schema.find({"public", "one"}), {"v"});
  Names out;
  Batch batch(1);
  while (rows->next(batch))
    for (std::size_t i = 0; i < batch.rows(); ++i) out.push_back(number(batch.at(i, 0)));
  return out;
}

// How an insert of one cell into a fresh table of this type ends: "" or the error's message.
std::string insert_one(ScratchPostgres& database, const std::string& sql_type, CellKind kind,
                       std::string_view text, std::int64_t integer = 0) {
  database.exec("DROP TABLE IF EXISTS one; CREATE TABLE one (v " + sql_type + ")");
  const auto writer = open(database.url(), Access::write);
  const Schema schema = writer->snapshot()->schema();
  try {
    const auto transaction = writer->begin();
    {
      const auto sink = transaction->insert(*schema.find({"public", "one"}), {"v"});
      Batch batch(1);
      if (kind == CellKind::integer)
        batch.add_integer(integer);
      else
        batch.add(kind, text);
      sink->write(batch);
      sink->finish();
    }
    transaction->commit();
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::conflict);
    CHECK(error.table() == "one");
    CHECK(error.column() == "v");
    return error.message();
  }
  return {};
}

}  // namespace

TEST_CASE("every native type comes back as it was, extremes included") {
  ScratchPostgres database(
      "CREATE TYPE mood AS ENUM ('sad', 'very \"happy\"');"
      "CREATE DOMAIN positive AS int CHECK (VALUE > 0);"
      "CREATE TABLE a (n serial, b bool, i2 int2, i4 int4, i8 int8, f4 float4, f8 float8,"
      " num numeric, t text, v varchar(40), c char(5), nm name, ts timestamp, tz timestamptz,"
      " d date, tm time, u uuid, by bytea, j json, jb jsonb, o oid, m mood, p positive);"
      "INSERT INTO a DEFAULT VALUES;"
      "INSERT INTO a (b, i2, i4, i8, f4, f8, num, t, v, c, nm, ts, tz, d, tm, u, by, j, jb, o, m, "
      "p)"
      "VALUES"
      "(true, -32768, -2147483648, -9223372036854775808, '-0', '-0', 'NaN', '', '', '', '',"
      " '4714-11-24 00:00:00 BC', '4714-11-24 00:00:00+00 BC', '4714-11-24 BC', '00:00:00',"
      " '00000000-0000-0000-0000-000000000000', '', '{\"a\":1,\"a\":  2.50}', '{\"x\": 2.50}', 0,"
      " 'sad', 1),"
      "(false, 32767, 2147483647, 9223372036854775807, '1e-45', '5e-324', 'Infinity', "
      "E'\\t\\n\\\\',"
      " 'blanks  ', 'x', 'n', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00',"
      " '5874897-12-31', '24:00:00', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '\\x00ff', 'null',"
      " 'null', 4294967295, 'very \"happy\"', 2147483647),"
      "(NULL, 0, 0, 0, '3.4028235e38', '1.7976931348623157e308', '-Infinity', '😀', 'ü', 'äöü', 'ß',"
      " 'infinity', '-infinity', 'infinity', '12:34:56.789', gen_random_uuid(), '\\x', '[]', '[]',"
      " 1, NULL, NULL),"
      "(NULL, 0, 0, 0, 'NaN', '-Infinity', ('1e-100')::numeric, NULL, NULL, NULL, NULL,"
      " '0044-03-15 12:00:00 BC', '0001-01-01 00:00:00+00', '0001-12-31 BC', '23:59:59.999999',"
      " NULL, NULL, '\"\"', '\"\\u20ac\"', NULL, NULL, NULL),"
      "(NULL, 0, 0, 0, '0.1', '0.1', ('-' || repeat('9', 200) || '.' || repeat('0', 300))::numeric,"
      " NULL, NULL, NULL, NULL, '10000-01-01', '10000-01-01 00:00:00.5+00', '10000-01-01',"
      " '00:00:00.000001', NULL, NULL, NULL, NULL, NULL, NULL, NULL),"
      "(NULL, 0, 0, 0, '16777216', '9007199254740993', 1e130000, NULL, NULL, NULL, NULL,"
      " '1999-12-31 23:59:59.999999', '2000-01-01 00:00:00+05:45', '-infinity', '01:00', NULL, "
      "NULL,"
      " NULL, NULL, NULL, NULL, NULL),"
      "(NULL, 0, 0, 0, '0', '0', ('0.' || repeat('0', 16382) || '1')::numeric, NULL, NULL, NULL,"
      " NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);"
      "CREATE TABLE b (LIKE a)");
  copy(database, "a", "b");
  CHECK(text_of(database, "b") == text_of(database, "a"));
  CHECK(database.query(
            "SELECT count(*) FROM a row_a JOIN b row_b USING (n) WHERE row_a *<> row_b") == "0");
}

TEST_CASE("types without a decoder of ours come back as the engine writes them") {
  ScratchPostgres database(
      "CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE TYPE pair AS (a int, b text);"
      "CREATE DOMAIN numbers AS int[]; CREATE DOMAIN pairs AS pair;"
      "CREATE TABLE a (n int, ip inet, ci cidr, ch \"char\", bi bit(3), vb varbit, pr pair, prs "
      "pair[],"
      " nu numbers, dp pairs, hs hstore, ct citext, x xml, mo money, iv interval, tz timetz,"
      " r int4range, mr int4multirange, po point, bo box, ts tsvector, ta text[], ma macaddr,"
      " ti tid, rc regclass, jp jsonpath, na numeric[], t text);"
      "INSERT INTO a (n) VALUES (0);"
      "INSERT INTO a VALUES (1, '1.2.3.4', '10.0.0.0/8', 'x', B'101', B'1', (1, NULL),"
      " ARRAY[(1, 'x \"y\" \\ z')::pair, NULL], '{1,NULL,3}', (NULL, NULL), '\"a b\"=>NULL, "
      "c=>\"\"',"
      " 'Foo', '<a>&amp;</a>', '-12.34', '1 year -2 days 03:04:05.000006', '12:00:00+05:45', "
      "'[1,5)',"
      " '{[1,2),[5,)}', '(0.1,1e300)', '((0,0),(1,1))', 'a:1A ''b c''', '[0:1]={\"\",NULL}',"
      " '08:00:2b:01:02:03', '(1,2)', 'pg_class', '$.a[*] ? (@ > 1)', '{1.50,NaN}', "
      "E'tab\\there\\\\');"
      "CREATE TABLE b (LIKE a)");
  copy(database, "a", "b");
  CHECK(text_of(database, "b") == text_of(database, "a"));
  CHECK(database.query(
            "SELECT count(*) FROM a row_a JOIN b row_b USING (n) WHERE row_a *<> row_b") == "0");
}

TEST_CASE("dates and times are shown in ISO 8601, the rest as the engine does") {
  ScratchPostgres database;
  CHECK(
      cells(database, "timestamptz",
            "('2026-01-02 03:04:05.678+02'), ('infinity'), ('10000-01-01 00:00:00+00'), (NULL)") ==
      Names{"2026-01-02T01:04:05.678Z", "infinity", "10000-01-01 00:00:00+00", "NULL"});
  CHECK(cells(database, "timestamp", "('2026-01-02 03:04:05'), ('0044-03-15 12:00 BC')") ==
        Names{"2026-01-02T03:04:05", "0044-03-15 12:00:00 BC"});
}

TEST_CASE("generated columns, partitions and heirs are read as what they are") {
  ScratchPostgres database(
      "CREATE TABLE g (a int, b int GENERATED ALWAYS AS (a * 2) STORED);"
      "INSERT INTO g VALUES (1), (2);"
      "CREATE TABLE parent (a int); CREATE TABLE heir () INHERITS (parent);"
      "INSERT INTO parent VALUES (1); INSERT INTO heir VALUES (2), (3);"
      "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p DEFAULT;"
      "INSERT INTO p VALUES (1), (2)");
  const auto reader = open(database.url());
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  const auto sum = [&](const std::string& table, const std::string& column) {
    std::int64_t out = 0;
    const auto rows = snapshot->rows(*schema.find({"public", table}), {column});
    Batch batch(1);
    while (rows->next(batch))
      for (std::size_t i = 0; i < batch.rows(); ++i) out += batch.at(i, 0).integer;
    return out;
  };
  CHECK(sum("g", "b") == 6);
  CHECK(sum("parent", "a") == 1);
  CHECK(sum("heir", "a") == 5);
  CHECK(sum("p1", "a") == 3);
  CHECK(snapshot->count(*schema.find({"public", "parent"})) == 1);
  CHECK(snapshot->count(*schema.find({"public", "p"})) == 2);
}

TEST_CASE("a value that its column would change or refuse is a conflict that names it") {
  ScratchPostgres database("CREATE TYPE mood AS ENUM ('sad')");
  CHECK(insert_one(database, "int2", CellKind::integer, "", 70000) ==
        "the value 70000 doesn't fit column v of type smallint");
  CHECK_THAT(insert_one(database, "numeric(5,2)", CellKind::plain, "1.234"), contains("'1.234'"));
  CHECK_THAT(insert_one(database, "numeric(5,2)", CellKind::plain, "12345.00"),
             contains("'12345.00'"));
  CHECK_THAT(insert_one(database, "varchar(3)", CellKind::text, "abcd"), contains("'abcd'"));
  CHECK_THAT(insert_one(database, "varchar(3)", CellKind::text, "abc "), contains("'abc '"));
  CHECK_THAT(insert_one(database, "char(3)", CellKind::text, "abcd"), contains("'abcd'"));
  CHECK_THAT(insert_one(database, "timestamp", CellKind::plain, "2026-01-02T03:04:05Z"),
             contains("doesn't fit"));
  CHECK_THAT(insert_one(database, "timestamptz(0)", CellKind::plain, "2026-01-02T03:04:05.5Z"),
             contains("doesn't fit"));
  CHECK_THAT(insert_one(database, "jsonb", CellKind::json, "{nonsense}"), contains("json"));
  CHECK_THAT(insert_one(database, "mood", CellKind::text, "angry"), contains("angry"));
  CHECK_THAT(insert_one(database, "text", CellKind::text, std::string_view("a\0b", 3)),
             contains("doesn't fit"));
  CHECK_THAT(insert_one(database, "text", CellKind::text, "\xfc"), contains("doesn't fit"));
  CHECK_THAT(insert_one(database, "inet", CellKind::text, "not an address"), contains("inet"));
  CHECK_THAT(insert_one(database, "int[]", CellKind::bytes, "x"), contains("doesn't fit"));
  CHECK(insert_one(database, "numeric(5,2)", CellKind::plain, "1.200").empty());
  CHECK(insert_one(database, "bigint", CellKind::plain, "-9223372036854775808").empty());
}

TEST_CASE("a broken rule names table, column and constraint's detail") {
  ScratchPostgres database(
      "CREATE TABLE t (id int PRIMARY KEY, e text NOT NULL, CONSTRAINT short CHECK (length(e) < "
      "4));"
      "INSERT INTO t VALUES (1, 'a')");
  const auto attempt = [&](std::int64_t id, const char* text) {
    const auto writer = open(database.url(), Access::write);
    const Schema schema = writer->snapshot()->schema();
    const auto transaction = writer->begin();
    const auto sink = transaction->insert(*schema.find({"public", "t"}), {"id", "e"});
    Batch batch(2);
    batch.add_integer(id);
    text ? batch.add(CellKind::text, text) : batch.add_null();
    sink->write(batch);
    try {
      sink->finish();
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::conflict);
      CHECK(error.table() == "t");
      return error.message() + " (" + error.column() + ")";
    }
    return std::string("done");
  };
  CHECK_THAT(attempt(1, "b"), contains("Key (id)=(1) already exists"));
  CHECK_THAT(attempt(2, nullptr), contains("(e)"));
  CHECK_THAT(attempt(2, "long"), contains("short"));
}

TEST_CASE("numeric and timestamps read and write like the engine, whatever the dice say") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  ScratchPostgres database;
  const int count = rounds(400);
  std::string values;
  for (int i = 0; i < count; ++i) {
    std::string digits(1 + dice() % 60, '0');
    for (char& digit : digits) digit = static_cast<char>('0' + (dice() % 3 ? dice() % 10 : 0));
    const std::size_t point = dice() % (digits.size() + 1);
    const std::string text = (dice() % 2 ? "-" : "") + digits.substr(0, point) +
                             (point < digits.size() ? "." + digits.substr(point) : "") + "e" +
                             std::to_string(static_cast<int>(dice() % 81) - 40);
    const auto microseconds =
        static_cast<std::int64_t>(dice() % 9'000'000'000'000'000'000ULL) >> (dice() % 40);
    values += (i ? ",(" : "(") + std::to_string(i) + ", '" + text +
              "', timestamptz '2000-01-01+00' + interval '1 us' * (" +
              std::to_string(microseconds / 50) + ")" +
              (dice() % 20 ? "" : " - interval '3000 years'") + ")";
  }
  database.exec(
      "SET TimeZone = 'UTC'; CREATE TABLE a (n int, v numeric, z timestamptz, t timestamp);"
      "INSERT INTO a (n, v, z) SELECT n, v::numeric, z FROM (VALUES " +
      values +
      ") x (n, v, z);"
      "UPDATE a SET t = z; CREATE TABLE b (LIKE a)");
  copy(database, "a", "b");
  CHECK(text_of(database, "b") == text_of(database, "a"));

  // The cells themselves too, not only what became of them.
  const auto reader = open(database.url());
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  std::string read;
  {
    const auto rows = snapshot->rows(*schema.find({"public", "a"}), {"v"});
    Batch batch(1);
    while (rows->next(batch))
      for (std::size_t i = 0; i < batch.rows(); ++i)
        read += (read.empty() ? "" : "\n") + std::string(batch.at(i, 0).text);
  }
  CHECK(read == database.query("SELECT v::text FROM a ORDER BY ctid"));
}

TEST_CASE("text of a database without encoding comes and goes as it is, UTF-8 or not") {
  ScratchPostgres server;
  server.exec("DROP DATABASE IF EXISTS keeper_ascii");
  server.exec(
      "CREATE DATABASE keeper_ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' "
      "LC_CTYPE "
      "'C'");
  {
    const auto writer = open(postgres_url("keeper_ascii"), Access::write);
    OtherSession session(PQconnectdb(postgres_url("keeper_ascii").c_str()), PQfinish);
    PQclear(PQexec(session.get(),
                   "CREATE TABLE t (a text); INSERT INTO t VALUES ('ok'), "
                   "(chr(252))"));
    Batch batch(1);
    const auto snapshot = writer->snapshot();
    const Schema schema = snapshot->schema();
    REQUIRE(snapshot->rows(schema.tables.at(0), {"a"})->next(batch));
    REQUIRE(batch.rows() == 2);
    CHECK(batch.at(0, 0).kind == CellKind::text);
    CHECK(batch.at(1, 0).kind == CellKind::text);
    CHECK(batch.at(1, 0).text == "\xfc");

    const auto transaction = writer->begin();
    const auto sink = transaction->insert(schema.tables.at(0), {"a"});
    sink->write(batch);  // and goes back in
    sink->finish();
    transaction->commit();
    CHECK(writer->snapshot()->count(schema.tables.at(0)) == 4);
    PGresult* const same = PQexec(session.get(), "SELECT FROM t WHERE a = chr(252)");
    CHECK(PQntuples(same) == 2);
    PQclear(same);
  }
  server.exec("DROP DATABASE keeper_ascii WITH (FORCE)");
}

}  // namespace dbkeeper::testing
