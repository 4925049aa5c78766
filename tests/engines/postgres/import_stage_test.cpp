// How a file's rows get into the temporary tables, and which values don't.
#include <algorithm>

#include "dbkeeper/model/array.h"
#include "engines/postgres/dialect.h"

namespace dbkeeper::testing {
namespace {

struct Refused {
  std::vector<std::string> values;  // "age 'x': doesn't fit integer, row 0"

  staging::Dialect::Refuse collect() {
    return [this](const Column& column, const std::string& value, const std::string& why,
                  const Batch&, std::size_t row) {
      values.push_back(column.name + " " + value + ": " + why + ", row " + std::to_string(row));
    };
  }
};

CellView text(std::string_view value) { return {CellKind::text, 0, 0, value}; }
CellView plain(std::string_view value) { return {CellKind::plain, 0, 0, value}; }
CellView integer(std::int64_t value) { return {CellKind::integer, value, 0, {}}; }
CellView real(double value) { return {CellKind::real, 0, value, {}}; }
CellView boolean(bool value) { return {CellKind::boolean, value, 0, {}}; }
CellView json(std::string_view value) { return {CellKind::json, 0, 0, value}; }
CellView bytes(std::string_view value) { return {CellKind::bytes, 0, 0, value}; }

// Fills the table's stage with one row, or several of one column.
void fill(DialectTrial& trial, const std::string& table, const std::vector<std::string>& columns,
          const std::vector<CellView>& cells, Refused& refused, Rows rows = Rows::data) {
  Batch batch(columns.size());
  for (const CellView& cell : cells) batch.add(cell);
  const auto sink = trial->fill_stage(trial.stage(table), rows, columns, refused.collect());
  sink->write(batch);
  sink->finish();
}

std::string staged(DialectTrial& trial, const std::string& table, const std::string& column) {
  return trial.rows("SELECT \"" + column + "\" FROM " + trial->temp("s_" + table) +
                    " ORDER BY \"x_n\"");
}

}  // namespace

TEST_CASE("a stage has the target's types and collations, and none of its constraints") {
  ScratchPostgres scratch(
      "CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('sad'); CREATE DOMAIN age AS int CHECK "
      "(VALUE >= 0); CREATE DOMAIN short AS varchar(9) NOT NULL; CREATE DOMAIN shorts AS short;"
      "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v varchar(5) COLLATE \"C\" "
      "NOT NULL DEFAULT 'x', m app.mood[] NOT NULL, a age, n shorts, d numeric(5,2) CHECK (d > 0),"
      "g int GENERATED ALWAYS AS (id + 1) STORED);"
      "CREATE TABLE none ()");
  DialectTrial trial(scratch);
  trial->create_stage(trial.stage("t"));
  trial->create_stage(trial.stage("none"));
  CHECK(trial.rows("SELECT attname, format_type(atttypid, atttypmod), attnotnull, atthasdef, "
                   "collname FROM pg_attribute LEFT JOIN pg_collation c ON c.oid = attcollation "
                   "WHERE attrelid = 'pg_temp.s_t'::regclass AND attnum > 0 ORDER BY attnum") ==
        "x_n|bigint|f|f|<>\nx_kind|smallint|f|f|<>\nid|integer|f|f|<>\nv|character "
        "varying(5)|f|f|C\nm|app.mood[]|f|f|<>\na|age|f|f|<>\nn|character varying|f|f|default\n"
        "d|numeric(5,2)|f|f|<>");
  Refused refused;
  fill(trial, "t", {"v"}, {{}}, refused);
  CHECK(trial.row("SELECT count(*) FROM pg_temp.s_t WHERE v IS NULL AND n IS NULL") == "1");
  {
    Batch batch(0);
    batch.add_empty_row();
    batch.add_empty_row();
    const auto sink = trial->fill_stage(trial.stage("none"), Rows::data, {}, refused.collect());
    sink->write(batch);
    sink->finish();
  }
  CHECK(trial.rows("SELECT x_n, x_kind FROM pg_temp.s_none ORDER BY 1") == "1|0\n2|0");
}

TEST_CASE("rows are numbered on, data and references apart by their kind") {
  ScratchPostgres scratch("CREATE TABLE t (id int, ip inet)");
  DialectTrial trial(scratch);
  trial->create_stage(trial.stage("t"));
  Refused refused;
  fill(trial, "t", {"id"}, {integer(7), integer(8)}, refused);
  fill(trial, "t", {"id", "ip"}, {integer(9), text("10.0.0.1")}, refused, Rows::references);
  CHECK(trial.rows("SELECT x_n, x_kind, id, ip FROM pg_temp.s_t ORDER BY 1") ==
        "1|0|7|<>\n2|0|8|<>\n3|1|9|10.0.0.1");
  CHECK(refused.values.empty());
  trial->analyze("s_t");
  trial->index("s_t", {"id"});
  CHECK(trial.row("SELECT reltuples FROM pg_class WHERE oid = 'pg_temp.s_t'::regclass") == "3");
}

TEST_CASE("values of other kinds go in where nothing is lost, in both formats of COPY") {
  const bool as_text = GENERATE(false, true);
  ScratchPostgres scratch(
      "CREATE TABLE t (id int, big bigint, num numeric, txt text, vc varchar(4), u uuid, j jsonb, "
      "js json, ts timestamp, tz timestamptz, d date, b boolean, f float8, f4 real, i2 smallint, "
      "\"as\" text[]" +
      std::string(as_text ? ", ip inet" : "") + ")");
  DialectTrial trial(scratch);
  trial->create_stage(trial.stage("t"));
  Refused refused;
  const std::vector<std::string> columns = {"id", "big", "num", "txt", "vc", "u",  "j",  "js",
                                            "ts", "tz",  "d",   "b",   "f",  "f4", "i2", "as"};
  std::vector<CellView> cells = {real(7),
                                 plain("123"),
                                 integer(5),
                                 integer(-3),
                                 boolean(true),
                                 text("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"),
                                 text("{\"a\": 1.50}"),
                                 real(2.5),
                                 plain("2026-01-02"),
                                 plain("2026-01-02 03:04:05+02"),
                                 plain("2026-01-02"),
                                 integer(1),
                                 text("1.50"),
                                 real(0.1),
                                 boolean(true),
                                 text("{a,NULL}")};
  std::vector<std::string> given = columns;
  if (as_text) {
    given.push_back("ip");
    cells.push_back(plain("10.0.0.0/8"));
  }
  fill(trial, "t", given, cells, refused);
  CHECK(refused.values == std::vector<std::string>{});
  CHECK(trial.row("SELECT id, big, num, txt, vc, u, j, js, ts, tz, d, b, f, f4, i2, \"as\" FROM "
                  "pg_temp.s_t") ==
        "7|123|5|-3|true|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|{\"a\": 1.50}|2.5|2026-01-02 "
        "00:00:00|2026-01-02 01:04:05+00|2026-01-02|t|1.5|0.1|1|{a,NULL}");
}

TEST_CASE("what would lose something is told and left NULL, the rest of the row goes in") {
  const bool as_text = GENERATE(false, true);
  ScratchPostgres scratch(
      "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TABLE t (n int, v varchar(3), c char(2), "
      "d numeric(4,1), m mood, ms mood[], ts timestamp(0), dt date, u uuid, b boolean, f real, "
      "t text, by bytea, z int" +
      std::string(as_text ? ", ip inet" : "") + ")");
  DialectTrial trial(scratch);
  trial->create_stage(trial.stage("t"));
  ArrayBuilder moods;
  moods.begin({{.lower = 1, .length = 2}});
  moods.add(text("glad"));
  moods.add(text("angry"));
  Refused refused;
  fill(trial, "t", {"n", "v", "c", "d", "m", "ms", "ts", "dt", "u", "b", "f", "t", "by", "z"},
       {text("many"),
        text("four"),
        text("abc"),
        plain("1000"),
        text("angry"),
        {CellKind::array, 0, 0, moods.bytes()},
        plain("2026-01-02T03:04:05.5"),
        plain("2026-01-02T03:04:05"),
        text("a-b"),
        integer(2),
        real(0.123456789),
        text(std::string_view("a\0b", 3)),
        text("\\x00"),
        integer(5)},
       refused);
  CHECK(refused.values ==
        std::vector<std::string>{
            "n 'many': doesn't fit integer, row 0", "v 'four': is longer than 3 characters, row 0",
            "c 'abc': is longer than 2 characters, row 0",
            "d '1000': is too large for numeric(4,1), row 0",
            "m 'angry': is no label of mood, row 0", "ms (array of 2): is no label of mood, row 0",
            "ts '2026-01-02T03:04:05.5': has parts of a second that timestamp(0) without time zone "
            "would round away, row 0",
            "dt '2026-01-02T03:04:05': doesn't fit date, row 0", "u 'a-b': doesn't fit uuid, row 0",
            "b 2: doesn't fit boolean, row 0", "f 0.123456789: doesn't fit real, row 0",
            std::string("t 'a") + '\0' + "b': has a NUL in it, which no text may have here, row 0",
            "by '\\x00': doesn't fit bytea, row 0"});
  CHECK(trial.row("SELECT z, num_nulls(n, v, c, d, m, ms, ts, dt, u, b, f, t, by) FROM "
                  "pg_temp.s_t") == "5|13");
}

TEST_CASE("text that is no UTF-8 is refused by itself, also within arrays") {
  ScratchPostgres scratch("CREATE TABLE t (v text, a text[], j json, b bytea)");
  DialectTrial trial(scratch);
  trial->create_stage(trial.stage("t"));
  ArrayBuilder array;
  array.begin({{.lower = 1, .length = 1}});
  array.add(text("\xC3("));
  Refused refused;
  fill(trial, "t", {"v", "a", "j", "b"},
       {text("\xFF"),
        {CellKind::array, 0, 0, array.bytes()},
        json("\"\xED\xA0\x80\""),
        bytes("\xFF")},
       refused);
  CHECK(refused.values == std::vector<std::string>{"v '\xFF': is not UTF-8, row 0",
                                                   "a (array of 1): is not UTF-8, row 0",
                                                   "j '\"\xED\xA0\x80\"': is not UTF-8, row 0"});
  CHECK(staged(trial, "t", "b") == "\\xff");
}

TEST_CASE("what the server alone can tell is a conflict that names table and column") {
  ScratchPostgres scratch(
      "CREATE DOMAIN positive AS int CHECK (VALUE > 0);"
      "CREATE TABLE t (ip inet, p positive, j jsonb)");
  DialectTrial trial(scratch);
  for (const auto& [column, cell] : std::vector<std::pair<std::string, CellView>>{
           {"ip", text("nowhere")}, {"p", integer(-1)}, {"j", text("{")}}) {
    trial.begin();
    trial->create_stage(trial.stage("t"));
    Refused refused;
    const Error error = error_of([&] { fill(trial, "t", {column}, {cell}, refused); });
    CHECK(error.kind() == ErrorKind::conflict);
    CHECK(error.table() == "t");
    CHECK(error.column() == column);
    CHECK(refused.values.empty());
  }
}

TEST_CASE("nothing of a stage is left on the session, committed or not") {
  ScratchPostgres scratch("CREATE TABLE t (id int)");
  DialectTrial trial(scratch);
  const auto temporaries = [&] {
    return scratch.query("SELECT count(*) FROM pg_class WHERE relpersistence = 't'");
  };
  for (const bool commits : {false, true}) {
    trial.begin();
    trial->create_stage(trial.stage("t"));
    trial->run("CREATE TABLE " + trial->temp("found") + " AS SELECT 1 AS n");
    trial->run("INSERT INTO t VALUES (1)");
    if (commits) trial->commit();
    trial.end();
    CHECK(temporaries() == "0");
    CHECK(scratch.query("SELECT count(*) FROM t") == (commits ? "1" : "0"));
  }
  trial.begin();
  trial->create_stage(trial.stage("t"));
}

TEST_CASE("row-level security that would hide rows is an error, not a shorter import") {
  ScratchPostgres scratch("CREATE TABLE t (id int); ALTER TABLE t ENABLE ROW LEVEL SECURITY");
  const ScratchRole role(scratch);
  scratch.exec("GRANT ALL ON t TO " + role.name());
  {
    DialectTrial trial(scratch, role.url());
    const ImportPlan plan = trial.plan({"t"});
    const Error at_lock = error_of([&] { trial->lock(plan); });
    CHECK(at_lock.kind() == ErrorKind::failed);
    CHECK(at_lock.table() == "t");
  }
}

}  // namespace dbkeeper::testing
