// Real rows through every layer: out of one engine, into an export document, into each engine.
#include "dbkeeper/core/export.h"
#include "dbkeeper/formats/export_reader.h"
#include "engines/contract_engines.h"
#include "support/catch.h"
#include "support/documents.h"
#include "support/open.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

const export_json::Metadata kMetadata = {
    "2026-01-02T03:04:05.678Z", "library", "test", "1", "0.1.0", {}, {}, Value::object()};

std::string exported(Database& database) {
  SilentReporter reporter;
  const auto snapshot = database.snapshot();
  const Schema schema = snapshot->schema();
  std::string document;
  write_export(
      *snapshot, schema, plan_export(schema, {}), kMetadata,
      [&](std::string_view bytes) { document += bytes; }, 1, reporter, never());
  return document;
}

// Adds every row to the table of the same name.
std::size_t imported(Database& database, const std::string& document) {
  const Schema schema = database.snapshot()->schema();
  ExportReader reader(std::make_unique<TextSource>(document));
  const auto transaction = database.begin();
  std::size_t rows = 0;
  while (const auto file = reader.next_table()) {
    const Table* table = schema.find(*parse_display(file->name, schema.default_schema));
    REQUIRE(table);
    const auto sink = transaction->insert(*table, file->columns);
    const auto source = reader.rows();
    Batch batch(file->columns.size());
    while (source->next(batch)) {
      sink->write(batch);
      rows += batch.rows();
    }
    sink->finish();
  }
  transaction->commit();
  return rows;
}

Content content(const std::string& document) {
  const DocumentReading reading = read_document(document);
  INFO((reading.error ? reading.error->message() : ""));
  REQUIRE_FALSE(reading.error);
  return reading.content;
}

Table things() {
  Table table;
  table.name = {"memory", "things"};
  const auto add = [&](const char* name, const char* type, Family family) {
    Column column;
    column.name = name;
    column.type.name = type;
    column.type.family = family;
    table.columns.push_back(column);
  };
  add("id", "integer", Family::integer);
  add("name", "text", Family::text);
  add("weight", "real", Family::real);
  add("photo", "bytes", Family::bytes);
  return table;
}

// More rows than a batch holds, and among them whatever a format may stumble over.
std::vector<MemoryRow> rows_of_things() {
  std::vector<MemoryRow> rows = {{std::int64_t{INT64_MIN}, "quote \" backslash \\ line\nbreak",
                                  5e-324, MemoryCell(std::string("\0\xff", 2), CellKind::bytes)},
                                 {std::int64_t{INT64_MAX}, "", -0.0, nullptr},
                                 {0, nullptr, nullptr, MemoryCell(std::string(), CellKind::bytes)},
                                 {1, "\xc3\xa9\xf0\x9f\x98\x80 \x01\x7f", 0.1 + 0.2, nullptr}};
  for (int i = 2; i < 3000; ++i) rows.push_back({i, std::to_string(i), i / 7.0, nullptr});
  return rows;
}

}  // namespace

TEST_CASE("rows travel from memory through SQLite, PostgreSQL and back, and stay what they are") {
  MemoryStore source;
  source.change([](MemoryState& state) { state.schema.default_schema = "memory"; });
  source.add(things(), rows_of_things());
  MemoryDatabase memory(source);
  const std::string first = exported(memory);

  // A column declared REAL would lose the sign of -0.0: SQLite stores whole numbers in it as
  // integers.
  ScratchSqlite sqlite("CREATE TABLE things(id INTEGER, name TEXT, weight, photo BLOB)");
  ScratchPostgres postgres("CREATE TABLE things(id bigint, name text, weight float8, photo bytea)");
  CHECK(imported(*open(sqlite.url(), Access::write), first) == rows_of_things().size());
  const std::string second = exported(*open(sqlite.url()));
  CHECK(content(second) == content(first));

  CHECK(imported(*open(postgres.url(), Access::write), second) == rows_of_things().size());
  const std::string third = exported(*open(postgres.url()));
  CHECK(content(third) == content(first));

  MemoryStore target;
  target.change([](MemoryState& state) { state.schema.default_schema = "memory"; });
  target.add(things());
  MemoryDatabase back(target);
  CHECK(imported(back, third) == rows_of_things().size());
  CHECK(target.state()->rows.at(things().name) == rows_of_things());
}

TEST_CASE("a document cut in the middle changes nothing") {
  MemoryStore source;
  source.add(things(), rows_of_things());
  MemoryDatabase memory(source);
  const std::string document = exported(memory);
  ScratchSqlite target("CREATE TABLE things(id INTEGER, name TEXT, weight, photo BLOB)");
  try {
    imported(*open(target.url(), Access::write), document.substr(0, document.size() - 9));
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::input);
  }
  CHECK(target.query("SELECT count(*) FROM things") == "0");
}
