#include "engines/contract_engines.h"

#include <algorithm>
#include <stdexcept>

#include "support/open.h"

namespace dbkeeper::testing {
namespace {

// The write-ahead log lets a writer commit while a snapshot is open.
constexpr std::string_view kSqlite = R"(
  PRAGMA journal_mode = WAL;
  CREATE TABLE authors (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT);
  CREATE TABLE books (
    id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES authors (id),
    title TEXT NOT NULL);
  CREATE TABLE pages (
    book_id INTEGER NOT NULL REFERENCES books (id), number INTEGER NOT NULL,
    PRIMARY KEY (book_id, number));
  CREATE TABLE lines (
    book_id INTEGER, page INTEGER, words TEXT,
    FOREIGN KEY (book_id, page) REFERENCES pages (book_id, number) ON DELETE CASCADE);
  CREATE TABLE "values" (a INTEGER, b REAL, c TEXT, d BLOB) STRICT;
  CREATE TABLE strays (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES authors (id));
  INSERT INTO authors VALUES (1, 'ann@example.com', 'Ann'), (2, 'bob@example.com', NULL);
  INSERT INTO books VALUES (1, 1, 'On Keeping');
  INSERT INTO pages VALUES (1, 1);
  INSERT INTO lines VALUES (1, 1, 'It begins.');
  INSERT INTO strays VALUES (1, 101), (2, 102), (3, 103), (4, 104), (5, 105), (6, 106), (7, 107),
                            (8, 1), (9, NULL);
  CREATE TABLE people (
    id INTEGER PRIMARY KEY, boss_id INTEGER REFERENCES people (id),
    team_id INTEGER REFERENCES teams (id));
  CREATE TABLE teams (id INTEGER PRIMARY KEY, lead_id INTEGER REFERENCES people (id));
  INSERT INTO people VALUES (1, NULL, 10), (2, 1, 10), (3, 2, 20), (4, NULL, NULL);
  INSERT INTO teams VALUES (10, 1), (20, 4), (30, NULL);
)";

constexpr std::string_view kPostgres = R"(
  CREATE TABLE authors (id bigserial PRIMARY KEY, email text NOT NULL UNIQUE, name text);
  CREATE TABLE books (
    id bigserial PRIMARY KEY, author_id bigint NOT NULL REFERENCES authors (id),
    title text NOT NULL);
  CREATE TABLE pages (
    book_id bigint NOT NULL REFERENCES books (id), number bigint NOT NULL,
    PRIMARY KEY (book_id, number));
  CREATE TABLE lines (
    book_id bigint, page bigint, words text,
    FOREIGN KEY (book_id, page) REFERENCES pages (book_id, number) ON DELETE CASCADE);
  CREATE TABLE "values" (a bigint, b double precision, c text, d bytea);
  CREATE TABLE strays (id bigserial PRIMARY KEY, author_id bigint);
  CREATE TABLE bare ();
  INSERT INTO bare DEFAULT VALUES;
  INSERT INTO bare DEFAULT VALUES;
  INSERT INTO authors VALUES (1, 'ann@example.com', 'Ann'), (2, 'bob@example.com', NULL);
  INSERT INTO books VALUES (1, 1, 'On Keeping');
  INSERT INTO pages VALUES (1, 1);
  INSERT INTO lines VALUES (1, 1, 'It begins.');
  INSERT INTO strays VALUES (1, 101), (2, 102), (3, 103), (4, 104), (5, 105), (6, 106), (7, 107),
                            (8, 1), (9, NULL);
  ALTER TABLE strays ADD FOREIGN KEY (author_id) REFERENCES authors (id) NOT VALID;
  CREATE TABLE people (
    id bigint PRIMARY KEY, boss_id bigint REFERENCES people (id), team_id bigint);
  CREATE TABLE teams (id bigint PRIMARY KEY, lead_id bigint REFERENCES people (id));
  INSERT INTO people VALUES (1, NULL, 10), (2, 1, 10), (3, 2, 20), (4, NULL, NULL);
  INSERT INTO teams VALUES (10, 1), (20, 4), (30, NULL);
  ALTER TABLE people ADD FOREIGN KEY (team_id) REFERENCES teams (id);
)";

Column column(const std::string& name, Family family, bool nullable = true) {
  Column made;
  made.name = name;
  made.type.family = family;
  made.nullable = nullable;
  return made;
}

Key key(Key::Kind kind, const std::vector<std::string>& columns) {
  Key made;
  made.kind = kind;
  for (const std::string& name : columns) made.parts.push_back({name, {}, {}});
  return made;
}

ForeignKey reference(const std::vector<std::string>& columns, const std::string& parent,
                     const std::vector<std::string>& to) {
  ForeignKey made;
  made.columns = columns;
  made.references = {"main", parent};
  made.to = to;
  return made;
}

Table table(const std::string& name, std::vector<Column> columns,
            const std::vector<std::string>& primary_key) {
  Table made;
  made.name = {"main", name};
  made.columns = std::move(columns);
  if (!primary_key.empty()) made.primary_key = key(Key::Kind::primary, primary_key);
  return made;
}

void fill_with_circle(MemoryStore& store) {
  Table people = table("people",
                       {column("id", Family::integer, false), column("boss_id", Family::integer),
                        column("team_id", Family::integer)},
                       {"id"});
  people.foreign_keys = {reference({"boss_id"}, "people", {"id"}),
                         reference({"team_id"}, "teams", {"id"})};
  Table teams = table(
      "teams", {column("id", Family::integer, false), column("lead_id", Family::integer)}, {"id"});
  teams.foreign_keys = {reference({"lead_id"}, "people", {"id"})};
  store.add(people, {{1, nullptr, 10}, {2, 1, 10}, {3, 2, 20}, {4, nullptr, nullptr}});
  store.add(teams, {{10, 1}, {20, 4}, {30, nullptr}});
}

void fill(MemoryStore& store) {
  Table authors = table("authors",
                        {column("id", Family::integer, false), column("email", Family::text, false),
                         column("name", Family::text)},
                        {"id"});
  authors.unique = {key(Key::Kind::constraint, {"email"})};
  Table books =
      table("books",
            {column("id", Family::integer, false), column("author_id", Family::integer, false),
             column("title", Family::text, false)},
            {"id"});
  books.foreign_keys = {reference({"author_id"}, "authors", {"id"})};
  Table pages =
      table("pages",
            {column("book_id", Family::integer, false), column("number", Family::integer, false)},
            {"book_id", "number"});
  pages.foreign_keys = {reference({"book_id"}, "books", {"id"})};
  Table lines = table("lines",
                      {column("book_id", Family::integer), column("page", Family::integer),
                       column("words", Family::text)},
                      {});
  lines.foreign_keys = {reference({"book_id", "page"}, "pages", {"book_id", "number"})};
  lines.foreign_keys.front().on_delete = ForeignKey::Action::cascade;
  Table strays =
      table("strays", {column("id", Family::integer, false), column("author_id", Family::integer)},
            {"id"});
  strays.foreign_keys = {reference({"author_id"}, "authors", {"id"})};

  store.add(authors, {{1, "ann@example.com", "Ann"}, {2, "bob@example.com", nullptr}});
  store.add(books, {{1, 1, "On Keeping"}});
  store.add(pages, {{1, 1}});
  store.add(lines, {{1, 1, "It begins."}});
  store.add(table("values",
                  {column("a", Family::integer), column("b", Family::real),
                   column("c", Family::text), column("d", Family::bytes)},
                  {}));
  store.add(
      strays,
      {{1, 101}, {2, 102}, {3, 103}, {4, 104}, {5, 105}, {6, 106}, {7, 107}, {8, 1}, {9, nullptr}});
  store.add(table("bare", {}, {}), {{}, {}});
  fill_with_circle(store);
  store.change([](MemoryState& state) {
    Sequence sequence;
    sequence.name = {"main", "authors_id_seq"};
    sequence.next = 1;
    sequence.uses = {{{"main", "authors"}, "id", true}};
    state.schema.sequences.push_back(sequence);
  });
}

std::unique_ptr<Database> open_url(const std::string& url, Access access, const Stop& stop) {
  static SilentReporter reporter;
  OpenOptions options;
  options.access = access;
  options.lock_timeout = std::chrono::seconds(5);
  options.reporter = &reporter;
  options.stop = &stop;
  return open_database(url, options);
}

void add_all(std::vector<MemoryRow>& rows, RowSource& source, std::size_t columns) {
  Batch batch(columns);
  while (source.next(batch))
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      MemoryRow& cells = rows.emplace_back();
      for (std::size_t column = 0; column < columns; ++column)
        cells.emplace_back(batch.at(row, column));
    }
}

}  // namespace

const Stop& never() {
  static const Stop kNever;
  return kNever;
}

Memory::Memory() { fill(store_); }
std::unique_ptr<Database> Memory::open(Access, const Stop& stop) {
  stop.check();
  return std::make_unique<MemoryDatabase>(store_, stop);
}

Sqlite::Sqlite() : scratch_(kSqlite) {}
std::unique_ptr<Database> Sqlite::open(Access access, const Stop& stop) {
  return open_url(scratch_.url(), access, stop);
}

Postgresql::Postgresql() : scratch_(kPostgres) {}
std::unique_ptr<Database> Postgresql::open(Access access, const Stop& stop) {
  return open_url(scratch_.url(), access, stop);
}

const Table& table_in(const Schema& schema, const std::string& name) {
  const Table* found = schema.find({schema.default_schema, name});
  if (!found) throw std::logic_error("the schema has no table " + name);
  return *found;
}

std::vector<MemoryRow> read_all(Snapshot& snapshot, const Table& table,
                                const std::vector<std::string>& columns) {
  std::vector<MemoryRow> rows;
  add_all(rows, *snapshot.rows(table, columns), columns.size());
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<MemoryRow> read_set(Snapshot& snapshot, const Selection& selection, std::size_t set,
                                const std::vector<std::string>& columns, std::int64_t bytes) {
  std::vector<MemoryRow> rows;
  for (const Part& part : snapshot.parts(selection, set, bytes))
    add_all(rows, *snapshot.rows(selection, set, part, columns), columns.size());
  std::sort(rows.begin(), rows.end());
  return rows;
}

void write_all(Transaction& transaction, const Table& table,
               const std::vector<std::string>& columns, const std::vector<MemoryRow>& rows,
               std::size_t rows_a_batch) {
  const auto sink = transaction.insert(table, columns);
  Batch batch(columns.size());
  for (const MemoryRow& row : rows) {
    if (columns.empty()) batch.add_empty_row();
    for (const MemoryCell& cell : row) cell.add_to(batch);
    if (batch.rows() < rows_a_batch && !batch.full()) continue;
    sink->write(batch);
    batch.clear();
  }
  if (batch.rows() > 0) sink->write(batch);
  sink->finish();
}

}  // namespace dbkeeper::testing
