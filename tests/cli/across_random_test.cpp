// Random values from one engine to the other and back.
#include <climits>
#include <random>

#include "cli/across_engines.h"
#include "support/seed.h"

using namespace dbkeeper::testing;

namespace {

class RandomRow {
 public:
  explicit RandomRow(std::mt19937_64& dice) : dice_(dice) {}

  // A value for each column of kRandomSqlite, as an SQL literal.
  std::string values() {
    std::string out = boolean() + ", " + integer() + ", " + real() + ", " + decimal() + ", " +
                      text() + ", " + text() + ", " + blob() + ", " + json_text() + ", " + uuid();
    const std::string day = date(), clock = time();
    return out + ", '" + day + "', '" + clock + "', '" + date() + " " + time() + "', '" + date() +
           " " + time() + "Z', " + list();
  }

 private:
  std::int64_t any(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(dice_);
  }
  std::string two(std::int64_t low, std::int64_t high) {
    const std::string digits = std::to_string(any(low, high));
    return digits.size() < 2 ? "0" + digits : digits;
  }
  std::string boolean() { return any(0, 9) ? std::to_string(any(0, 1)) : "NULL"; }
  std::string integer() { return std::to_string(any(INT64_MIN + 1, INT64_MAX)); }
  std::string real() {
    return std::to_string(any(-999999, 999999)) + "." + std::to_string(any(1, 999999999)) + "e" +
           std::to_string(any(-200, 200));
  }
  std::string decimal() { return std::to_string(any(-99999, 99999)) + "." + two(1, 99); }
  std::string text() {
    static const char* const kPieces[] = {"a",  "0",  "1",  ".",  "e",  "-", " ",
                                          "''", "\\", "\n", "\t", "\"", "é", "🎉"};
    std::string out = "'";
    for (auto left = any(0, 6); left > 0; --left) out += kPieces[any(0, 13)];
    return out + "'";
  }
  std::string hex(int bytes) {
    std::string out;
    for (int i = 0; i < 2 * bytes; ++i) out += "0123456789abcdef"[any(0, 15)];
    return out;
  }
  std::string blob() { return "x'" + hex(static_cast<int>(any(0, 5))) + "'"; }
  std::string json_text() {
    return "'{\"k\": [" + std::to_string(any(-9, 9)) + ", 1.50, null, true, \"" + hex(2) + "\"]}'";
  }
  std::string uuid() {
    return "'" + hex(4) + "-" + hex(2) + "-" + hex(2) + "-" + hex(2) + "-" + hex(6) + "'";
  }
  std::string date() {
    return std::to_string(any(1000, 9999)) + "-" + two(1, 12) + "-" + two(1, 28);
  }
  std::string time() {
    std::string out = two(0, 23) + ":" + two(0, 59) + ":" + two(0, 59);
    if (any(0, 1)) out += "." + std::to_string(any(1, 99999)) + std::to_string(any(1, 9));
    return out;
  }
  std::string list() {
    std::string out = "'[";
    for (auto left = any(0, 4); left > 0; --left)
      out += (any(0, 5) ? std::to_string(any(-99, 99)) : "null") + std::string(left > 1 ? "," : "");
    return out + "]'";
  }

  std::mt19937_64& dice_;
};

constexpr const char* kRandomSqlite =
    "CREATE TABLE t(id INTEGER PRIMARY KEY, b BOOLEAN, i BIGINT, r REAL, d DECIMAL, s TEXT, c"
    "  CLOB, x BLOB, j TEXT, u TEXT, da DATE, ti TIME, ts DATETIME, tz DATETIME, a TEXT)";
constexpr const char* kRandomPostgres =
    "CREATE TABLE t(id serial PRIMARY KEY, b boolean, i bigint, r double precision, d numeric, s"
    "  text, c varchar(80), x bytea, j json, u uuid, da date, ti time, ts timestamp, tz "
    "timestamptz,"
    "  a int[])";

}  // namespace

TEST_CASE("random values come back from PostgreSQL as they went there") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  RandomRow row(dice);
  std::string rows = std::string(kRandomSqlite) + "; BEGIN;";
  for (int i = 1; i <= rounds(500); ++i)
    rows += "INSERT INTO t VALUES (" + std::to_string(i) + ", " + row.values() + ");";
  const ScratchFolder folder;
  const auto first = make_database(Engine::sqlite, rows + "COMMIT");
  const auto postgres = make_database(Engine::postgres, kRandomPostgres);
  const auto second = make_database(Engine::sqlite, kRandomSqlite);
  into(*postgres, *first, folder);
  into(*second, *postgres, folder);
  CHECK(rows_of(*second) == rows_of(*first));
}

TEST_CASE("random values of PostgreSQL's types come back from SQLite as they went there") {
  const Seed seed;
  INFO(seed.hint());
  const std::string columns =
      "CREATE TABLE t(id int PRIMARY KEY, b boolean, i bigint, n numeric, m numeric(9,2), r double"
      "  precision, f real, s text, x bytea, j jsonb, u uuid, da date, ti time, ts timestamp,"
      "  tz timestamptz, iv interval, ip inet, a int[], h text[], g numrange, e mood);";
  const std::string types = "CREATE TYPE mood AS ENUM ('sad', 'it''s \"fine\"');" + columns;
  const double start = static_cast<double>(seed.value() % 1'000'000) / 1'000'000;
  const auto first = make_database(Engine::postgres, types);
  first->exec(
      "SELECT setseed(" + std::to_string(start) +
      "); INSERT INTO t SELECT n, random() < 0.5, (random() * 1e18)::bigint - 500000000000000000,"
      "  (random() * 1e9)::numeric ^ 2, (random() * 1e6)::numeric(9,2), random() * 10 ^ (random() *"
      "  200 - 100), random(), md5(random()::text), decode(md5(random()::text), 'hex'),"
      "  jsonb_build_object('k', random(), 'l', md5(random()::text)), md5(random()::text)::uuid,"
      "  '2000-01-01'::date + (random() * 3000000)::int - 800000, '00:00'::time + random() * "
      "interval"
      "  '1 day', '2000-01-01'::timestamp + random() * interval '200000 years' - interval '3000"
      "  years', '1970-01-01'::timestamptz + random() * interval '9000 years', random() * interval"
      "  '900 days' + interval '13 months', ('10.0.0.0'::inet + (random() * 65000)::int), ARRAY["
      "  n, NULL, -n], ARRAY[[md5(random()::text)], ['\"a,{}\\']], numrange(0, random()::numeric),"
      "  'it''s \"fine\"' FROM generate_series(1, " +
      std::to_string(rounds(300)) + ") AS n");
  const auto sqlite = make_database(
      Engine::sqlite,
      "CREATE TABLE t(id INTEGER PRIMARY KEY, b BOOLEAN, i BIGINT, n TEXT, m DECIMAL(9,2), r REAL,"
      "  f FLOAT, s TEXT, x BLOB, j TEXT, u UUID, da DATE, ti TIME, ts DATETIME, tz TIMESTAMP, iv,"
      "  ip TEXT, a TEXT, h JSON, g TEXT, e VARCHAR(20))");
  const auto second = make_database(Engine::postgres, types);
  const ScratchFolder folder;
  into(*sqlite, *first, folder);
  into(*second, *sqlite, folder);
  CHECK(second->query("SELECT count(*) FROM t") == std::to_string(rounds(300)));
  CHECK(rows_of(*second) == rows_of(*first));
}
