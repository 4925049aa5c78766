// A backup read as a database gives what the database itself gives, and either as a document what
// an export of it gives, to the last value.
#include "dbkeeper/core/backup_database.h"

#include <algorithm>
#include <array>

#include "dbkeeper/core/backup.h"
#include "dbkeeper/core/database_document.h"
#include "dbkeeper/core/export.h"
#include "dbkeeper/core/history.h"
#include "engines/postgres/random_values.h"
#include "support/catch.h"
#include "support/documents.h"
#include "support/fixtures.h"
#include "support/open.h"
#include "support/scratch.h"
#include "support/seed.h"

namespace dbkeeper::testing {
namespace {

constexpr BackupOptions kPlain{.allow_empty = true};
constexpr BackupOptions kPortable{.portable = true, .allow_empty = true};

// A database's backup, opened.
class Opened {
 public:
  Opened(const std::string& url, const BackupOptions& options) {
    std::string bytes;
    const auto source = open(url)->begin_backup(options);
    write_backup(
        *source, "manual", [&](std::string_view part) { bytes += part; }, 2, reporter_, stop_);
    archive_.emplace(folder_.write("test.dbk", bytes));
    verify_backup(*archive_, 2, reporter_, stop_);
    database_ = open_backup(*archive_, {.reporter = &reporter_, .stop = &stop_});
  }

  const BackupDescription& description() const { return archive_->description(); }
  Database& database() { return *database_; }

 private:
  ScratchFolder folder_;
  SilentReporter reporter_;
  Stop stop_;
  std::optional<BackupArchive> archive_;
  std::unique_ptr<Database> database_;
};

std::string exported(Database& database, int readers) {
  static SilentReporter reporter;
  static const Stop stop;
  static const export_json::Metadata kMetadata = {
      "2026-01-02T03:04:05.678Z", "library", "test", "1", "0.1.0", {}, {}, Value::object()};
  const auto snapshot = database.snapshot();
  const Schema schema = snapshot->schema();
  std::string document;
  write_export(
      *snapshot, schema, plan_export(schema, {.allow_empty = true}), kMetadata,
      [&](std::string_view bytes) { document += bytes; }, readers, reporter, stop);
  return document;
}

// What an export says: its tables as it describes them, their rows as digests see them. Rows that
// others refer to are left aside: a backup may have more of them.
struct Said {
  std::string header;
  Content content;
};

Said said(Database& database, int readers = 1) {
  const std::string document = exported(database, readers);
  DocumentReading reading = read_document(document);
  INFO((reading.error ? reading.error->message() : ""));
  REQUIRE_FALSE(reading.error);
  std::erase_if(reading.content,
                [](const auto& table) { return table.first.starts_with("references"); });
  return {document.substr(0, document.find("\n\"references\"")), std::move(reading.content)};
}

// The same without an export.
Content read_at_once(Database& database) {
  static const Stop stop;
  const auto document = open_document(database, stop);
  Content content = content_of(*document);
  CHECK_FALSE(document->header_digest().empty());
  std::erase_if(content, [](const auto& table) { return table.first.starts_with("references"); });
  return content;
}

// The first rows that aren't the same; empty if all are.
std::string difference(const Content& found, const Content& expected) {
  if (found == expected) return {};
  for (const auto& [table, rows] : expected) {
    const auto at = found.find(table);
    if (at == found.end()) return table + " is missing";
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (i >= at->second.size() || at->second[i] != rows[i])
        return table + "\n" + (i < at->second.size() ? at->second[i] : "no row") + "\n" + rows[i];
  }
  return "more than there should be";
}

void check_same(const std::string& url, const BackupOptions& options) {
  Opened backup(url, options);
  const auto live = open(url);
  const Said expected = said(*live), found = said(backup.database());
  CHECK(difference(found.content, expected.content) == "");
  CHECK(found.header == expected.header);
  if (!expected.content.empty()) {
    CHECK(difference(read_at_once(*live), expected.content) == "");
    CHECK(difference(read_at_once(backup.database()), expected.content) == "");
  }
  if (backup.database().capabilities().parallel_readers)
    CHECK(difference(said(backup.database(), 3).content, expected.content) == "");
  const auto versions = [](Database& database) {
    std::vector<std::string> out;
    const auto snapshot = database.snapshot();
    for (const auto& state : migration_states(*snapshot, snapshot->schema()))
      out.push_back(state.tool + " " + state.version);
    return out;
  };
  CHECK(versions(backup.database()) == versions(*live));
}

// Those that a backup has in binary form.
bool has_stored_binary(const Drawable& drawable) {
  static const std::array kTypes = {
      "bool",   "int2",    "int4",        "int8",      "oid",          "float4",
      "float8", "numeric", "text",        "\"char\"",  "name",         "bytea",
      "date",   "time",    "uuid",        "timestamp", "timestamp(3)", "timestamptz",
      "json",   "jsonb",   "varchar(40)", "char(40)",  "numeric(20,5)"};
  return std::ranges::find(kTypes, drawable.type) != kTypes.end();
}

// XML isn't among them: a value's declaration comes out of neither form of COPY.
bool comes_out_the_same(const Drawable& drawable) { return drawable.type != "xml"; }

void check_drawn(bool (*wanted)(const Drawable&), Dice& dice, StreamFormat format) {
  ScratchPostgres database(
      "CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE TABLE \"odd \"\" name\" ();"
      "CREATE TYPE mood AS ENUM ('sad', 'very \"happy\", {NULL}', 'ü');"
      "CREATE TYPE pair AS (a int, b text); CREATE DOMAIN positive AS int CHECK (VALUE > 0)");
  std::vector<DrawnColumn> columns;
  for (const Drawable& each : drawables())
    if (wanted(each)) columns.insert(columns.end(), {{&each, false}, {&each, true}});
  std::shuffle(columns.begin(), columns.end(), dice);
  database.exec(random_table(columns, 40, dice));
  const Opened backup(database.url(), kPlain);
  CHECK(backup.description().streams.front().format == format);
  check_same(database.url(), kPlain);
  check_same(database.url(), kPortable);
}

}  // namespace

TEST_CASE("a backup of PostgreSQL gives the rows of every fixture as the database does") {
  for (const std::string& name : fixtures_for("postgres")) {
    CAPTURE(name);
    const ScratchPostgres database(fixture(name));
    check_same(database.url(), kPlain);
    check_same(database.url(), kPortable);
  }
}

TEST_CASE("a backup of SQLite gives the rows of every fixture as the database does") {
  for (const std::string& name : fixtures_for("sqlite")) {
    CAPTURE(name);
    const ScratchSqlite database(fixture(name));
    check_same(database.url(), kPlain);
  }
}

TEST_CASE("values of every type come out of a backup's binary form and its text the same") {
  const Seed seed;
  INFO(seed.hint());
  Dice dice = seed.dice();
  for (int round = 0; round < rounds(2); ++round) {
    check_drawn(has_stored_binary, dice, StreamFormat::copy_binary);
    check_drawn(comes_out_the_same, dice, StreamFormat::copy_text);
  }
}

TEST_CASE("a backup says of itself what the database said, and how many rows each table has") {
  const ScratchPostgres database(fixture("partitions.postgres.sql"));
  Opened backup(database.url(), kPlain);
  const DatabaseInfo info = backup.database().info(), live = open(database.url())->info();
  CHECK(info.engine == live.engine);
  CHECK(info.name == live.name);
  CHECK(info.server_version == live.server_version);
  CHECK(info.source_id == live.source_id);
  CHECK(info.as_of == backup.description().time);
  CHECK(info.location.ends_with("test.dbk"));
  const auto snapshot = backup.database().snapshot(), now = open(database.url())->snapshot();
  const Schema schema = snapshot->schema();
  for (const Table& table : now->schema().tables) {
    CAPTURE(table.name.name);
    REQUIRE(schema.find(table.name));
    CHECK(schema.find(table.name)->rows_exact);
    CHECK(schema.find(table.name)->estimated_rows == now->count(table));
    CHECK(snapshot->count(*schema.find(table.name)) == now->count(table));
  }
}

TEST_CASE("an empty table, one without columns, and rows larger than a piece come out as well") {
  ScratchPostgres database(
      "CREATE TABLE empty (id int); CREATE TABLE columnless (); "
      "INSERT INTO columnless SELECT FROM generate_series(1, 7);"
      "CREATE TABLE one_text (t text); INSERT INTO one_text VALUES (''), (NULL), (E'\\\\.'), "
      "(E'\\b\\f\\n\\r\\t\\v\\\\N');"
      "CREATE TABLE large (id int, t text);"
      "INSERT INTO large SELECT i, repeat(md5(i::text), 200000) FROM generate_series(1, 6) i");
  check_same(database.url(), kPlain);
  check_same(database.url(), kPortable);
}

TEST_CASE("a backup read as a database is never written to, and evaluates no conditions") {
  const ScratchPostgres database("CREATE TABLE t (id int)");
  const ScratchSqlite file("CREATE TABLE t (id int)");
  for (const std::string& url : {database.url(), file.url()}) {
    Opened backup(url, kPlain);
    CHECK_THROWS_AS(backup.database().begin(), Error);
    CHECK_THROWS_AS(backup.database().begin_import(), Error);
  }
  Opened backup(database.url(), kPlain);
  const auto snapshot = backup.database().snapshot();
  const Schema schema = snapshot->schema();
  CHECK_THROWS_AS(snapshot->check_condition(schema.tables.front(), "id = 1"), Error);
}

}  // namespace dbkeeper::testing
