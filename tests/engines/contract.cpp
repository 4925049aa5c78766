// What every engine promises (include/dbkeeper/engines/database.h), told once and held against all
// of them.
#include <csignal>
#include <limits>

#include "engines/contract_engines.h"
#include "support/catch.h"

namespace dbkeeper::testing {
namespace {

using Columns = std::vector<std::string>;

const Columns kAuthor = {"id", "email", "name"};
const Columns kValues = {"a", "b", "c", "d"};

std::int64_t count_of(ContractEngine& engine, const std::string& name) {
  const auto database = engine.open(Access::read);
  const auto snapshot = database->snapshot();
  return snapshot->count(table_in(snapshot->schema(), name));
}

Schema schema_of(ContractEngine& engine) { return engine.open(Access::read)->snapshot()->schema(); }

// The kind of the error that the work ends with.
template <class Work>
ErrorKind kind_of_failure(Work work) {
  try {
    work();
  } catch (const Error& error) {
    INFO(error.message());
    CHECK_FALSE(error.message().empty());
    return error.kind();
  }
  FAIL("it did not fail");
  return {};
}

// Whether the rows are refused as a conflict when they are written or, at the latest, at commit.
bool refused(ContractEngine& engine, const std::string& name, const Columns& columns,
             const std::vector<MemoryRow>& rows) {
  const Schema schema = schema_of(engine);
  const auto database = engine.open(Access::write);
  return ErrorKind::conflict == kind_of_failure([&] {
           const auto transaction = database->begin();
           write_all(*transaction, table_in(schema, name), columns, rows);
           transaction->commit();
         });
}

std::vector<MemoryRow> numbered(int rows) {
  std::vector<MemoryRow> made;
  for (int i = 0; i < rows; ++i) made.push_back({i, i / 8.0, "row " + std::to_string(i), nullptr});
  return made;
}

MemoryCell bytes(std::string text) { return {std::move(text), CellKind::bytes}; }

}  // namespace

TEMPLATE_TEST_CASE("a schema comes out with its tables, columns and keys", "[contract]", Memory,
                   Sqlite, Postgresql) {
  TestType engine;
  const Schema schema = schema_of(engine);
  CHECK_FALSE(schema.default_schema.empty());

  const Table& authors = table_in(schema, "authors");
  REQUIRE(authors.columns.size() == 3);
  CHECK(authors.columns[0].name == "id");
  CHECK(authors.columns[0].type.family == Family::integer);
  CHECK_FALSE(authors.columns[0].nullable);
  CHECK(authors.columns[1].type.family == Family::text);
  CHECK_FALSE(authors.columns[1].nullable);
  CHECK(authors.columns[2].nullable);
  REQUIRE(authors.primary_key);
  CHECK(authors.primary_key->columns() == Columns{"id"});
  REQUIRE(authors.unique.size() == 1);
  CHECK(authors.unique[0].columns() == Columns{"email"});
  CHECK(authors.kind == TableKind::plain);
  CHECK(authors.not_exportable.empty());

  CHECK(table_in(schema, "pages").primary_key->columns() == Columns{"book_id", "number"});
  CHECK_FALSE(table_in(schema, "lines").primary_key);
  CHECK(table_in(schema, "values").columns[1].type.family == Family::real);
  CHECK(table_in(schema, "values").columns[3].type.family == Family::bytes);
}

TEMPLATE_TEST_CASE("foreign keys come out with both ends and what a deletion does", "[contract]",
                   Memory, Sqlite, Postgresql) {
  TestType engine;
  const Schema schema = schema_of(engine);
  const Table& books = table_in(schema, "books");
  REQUIRE(books.foreign_keys.size() == 1);
  CHECK(books.foreign_keys[0].columns == Columns{"author_id"});
  CHECK(books.foreign_keys[0].references == table_in(schema, "authors").name);
  CHECK(books.foreign_keys[0].to == Columns{"id"});
  CHECK(books.foreign_keys[0].broken.empty());

  const Table& lines = table_in(schema, "lines");
  REQUIRE(lines.foreign_keys.size() == 1);
  CHECK(lines.foreign_keys[0].columns == Columns{"book_id", "page"});
  CHECK(lines.foreign_keys[0].to == Columns{"book_id", "number"});
  CHECK(lines.foreign_keys[0].on_delete == ForeignKey::Action::cascade);
}

TEMPLATE_TEST_CASE("tables come out by name", "[contract]", Memory, Sqlite, Postgresql) {
  TestType engine;
  const Schema schema = schema_of(engine);
  REQUIRE(schema.tables.size() >= 6);
  for (std::size_t i = 1; i < schema.tables.size(); ++i)
    CHECK(schema.tables[i - 1].name < schema.tables[i].name);
}

TEMPLATE_TEST_CASE("rows come back bit for bit", "[contract]", Memory, Sqlite, Postgresql) {
  TestType engine;
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) all_bytes += static_cast<char>(i);
  using Integers = std::numeric_limits<std::int64_t>;
  using Reals = std::numeric_limits<double>;
  std::vector<MemoryRow> rows = {
      {nullptr, nullptr, nullptr, nullptr},
      {0, 0.0, "", bytes("")},
      {Integers::min(), Reals::lowest(), "NULL", bytes(all_bytes)},
      {Integers::max(), Reals::max(), "\\N", bytes(std::string(3, '\0'))},
      {-1, Reals::denorm_min(), "tab\tline\nreturn\r\"quotes\" 'too' \\ \x01", bytes("\\x00")},
      {1, 0.1, "Grüße, мир, 世界, 🏋️", nullptr},
      {2, -1.0 / 3, std::string(3 << 20, 'x'), bytes(std::string(3 << 20, '\xff'))},
      {3, Reals::infinity(), "   ", bytes("plain")},
      {4, -Reals::infinity(), "1.0", bytes("1")},
      {5, 3.0, "5", bytes("5")},
      {6, 1e15 + 0.3, "e\u0301", bytes("\n")},
  };
  {
    const auto database = engine.open(Access::write);
    const auto transaction = database->begin();
    write_all(*transaction, table_in(schema_of(engine), "values"), kValues, rows);
    transaction->commit();
  }
  const auto database = engine.open(Access::read);
  const auto snapshot = database->snapshot();
  std::sort(rows.begin(), rows.end());
  CHECK(read_all(*snapshot, table_in(snapshot->schema(), "values"), kValues) == rows);
}

TEMPLATE_TEST_CASE("columns are read and written in the order asked for", "[contract]", Memory,
                   Sqlite, Postgresql) {
  TestType engine;
  {
    const auto database = engine.open(Access::write);
    const auto transaction = database->begin();
    write_all(*transaction, table_in(schema_of(engine), "values"), {"c", "a"}, {{"first", 7}});
    transaction->commit();
  }
  const auto database = engine.open(Access::read);
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  CHECK(read_all(*snapshot, table_in(schema, "values"), {"a", "b", "c"}) ==
        std::vector<MemoryRow>{{7, nullptr, "first"}});
  CHECK(read_all(*snapshot, table_in(schema, "values"), {"c"}) ==
        std::vector<MemoryRow>{{"first"}});
}

TEMPLATE_TEST_CASE("many batches of rows arrive whole", "[contract]", Memory, Sqlite, Postgresql) {
  TestType engine;
  std::vector<MemoryRow> rows = numbered(5000);
  {
    const auto database = engine.open(Access::write);
    const auto transaction = database->begin();
    write_all(*transaction, table_in(schema_of(engine), "values"), kValues, rows, 700);
    transaction->commit();
  }
  const auto database = engine.open(Access::read);
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  const Table& values = table_in(schema, "values");
  CHECK(snapshot->count(values) == 5000);
  std::sort(rows.begin(), rows.end());
  CHECK(read_all(*snapshot, values, kValues) == rows);

  const auto source = snapshot->rows(values, {"a"});
  Batch batch(1);
  REQUIRE(source->next(batch));
  CHECK(batch.rows() <= Batch::kRows);
  while (source->next(batch)) {
  }
  CHECK_FALSE(source->next(batch));  // the end stays the end
  CHECK(batch.rows() == 0);
}

TEMPLATE_TEST_CASE("a table without columns still has rows", "[contract]", Memory, Postgresql) {
  TestType engine;
  {
    const auto database = engine.open(Access::write);
    const auto transaction = database->begin();
    write_all(*transaction, table_in(schema_of(engine), "bare"), {}, {{}});
    transaction->commit();
  }
  const auto database = engine.open(Access::read);
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  CHECK(table_in(schema, "bare").columns.empty());
  CHECK(snapshot->count(table_in(schema, "bare")) == 3);
  CHECK(read_all(*snapshot, table_in(schema, "bare"), {}).size() == 3);
}

TEMPLATE_TEST_CASE("a transaction destroyed before its commit leaves no trace", "[contract]",
                   Memory, Sqlite, Postgresql) {
  TestType engine;
  const auto database = engine.open(Access::write);
  {
    const auto transaction = database->begin();
    write_all(*transaction, table_in(schema_of(engine), "authors"), kAuthor,
              {{3, "eve@example.com", "Eve"}});
  }
  CHECK(count_of(engine, "authors") == 2);

  const auto again = database->begin();  // nothing is left locked
  write_all(*again, table_in(schema_of(engine), "authors"), kAuthor,
            {{3, "eve@example.com", "Eve"}});
  again->commit();
  CHECK(count_of(engine, "authors") == 3);
}

TEMPLATE_TEST_CASE("rows without a finish are not committed", "[contract]", Memory, Sqlite,
                   Postgresql) {
  TestType engine;
  const Schema schema = schema_of(engine);
  const auto database = engine.open(Access::write);
  const ErrorKind kind = kind_of_failure([&] {
    const auto transaction = database->begin();
    {
      const auto sink = transaction->insert(table_in(schema, "values"), {"a"});
      Batch batch(1);
      batch.add_integer(1);
      sink->write(batch);
    }
    transaction->commit();
  });
  CHECK(kind == ErrorKind::failed);
  CHECK(count_of(engine, "values") == 0);
}

TEMPLATE_TEST_CASE("a snapshot doesn't see later writes", "[contract]", Memory, Sqlite,
                   Postgresql) {
  TestType engine;
  const auto reader = engine.open(Access::read);
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  const auto writer = engine.open(Access::write);
  const auto transaction = writer->begin();
  write_all(*transaction, table_in(schema, "authors"), kAuthor, {{3, "eve@example.com", "Eve"}});
  transaction->commit();

  CHECK(snapshot->count(table_in(schema, "authors")) == 2);
  CHECK(read_all(*snapshot, table_in(schema, "authors"), {"id"}) ==
        std::vector<MemoryRow>{{1}, {2}});
  CHECK(reader->snapshot()->count(table_in(schema, "authors")) == 3);
}

TEMPLATE_TEST_CASE("another reader sees the same moment", "[contract]", Memory, Postgresql) {
  TestType engine;
  const auto reader = engine.open(Access::read);
  REQUIRE(reader->capabilities().parallel_readers);
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  const auto writer = engine.open(Access::write);
  const auto transaction = writer->begin();
  write_all(*transaction, table_in(schema, "authors"), kAuthor, {{3, "eve@example.com", "Eve"}});
  transaction->commit();

  const auto other = snapshot->another_reader();
  CHECK(other->count(table_in(schema, "authors")) == 2);
  CHECK(snapshot->count(table_in(schema, "authors")) == 2);
}

TEMPLATE_TEST_CASE("a failed read leaves the snapshot usable", "[contract]", Memory, Sqlite,
                   Postgresql) {
  TestType engine;
  const auto database = engine.open(Access::read);
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  const Table& authors = table_in(schema, "authors");
  const ErrorKind kind = kind_of_failure([&] {
    read_all(*snapshot, authors, {"id", "no such column"});
  });
  CHECK(kind == ErrorKind::failed);
  CHECK(snapshot->count(authors) == 2);
  CHECK(read_all(*snapshot, authors, {"id"}).size() == 2);
}

TEMPLATE_TEST_CASE("a source given up half way leaves the snapshot usable", "[contract]", Memory,
                   Sqlite, Postgresql) {
  TestType engine;
  {
    const auto database = engine.open(Access::write);
    const auto transaction = database->begin();
    write_all(*transaction, table_in(schema_of(engine), "values"), kValues, numbered(5000));
    transaction->commit();
  }
  const auto database = engine.open(Access::read);
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  {
    const auto source = snapshot->rows(table_in(schema, "values"), kValues);
    Batch batch(kValues.size());
    CHECK(source->next(batch));
  }
  CHECK(snapshot->count(table_in(schema, "authors")) == 2);
  CHECK(read_all(*snapshot, table_in(schema, "values"), {"a"}).size() == 5000);
}

TEMPLATE_TEST_CASE("a broken foreign key is a conflict, at the latest at commit", "[contract]",
                   Memory, Sqlite, Postgresql) {
  TestType engine;
  CHECK(refused(engine, "books", {"id", "author_id", "title"}, {{2, 999, "Lost"}}));
  CHECK(count_of(engine, "books") == 1);
  CHECK(refused(engine, "lines", {"book_id", "page"}, {{1, 2}}));
  CHECK(count_of(engine, "lines") == 1);
}

TEMPLATE_TEST_CASE("a foreign key with a NULL in it refers to nothing", "[contract]", Memory,
                   Sqlite, Postgresql) {
  TestType engine;
  {
    const auto database = engine.open(Access::write);
    const auto transaction = database->begin();
    write_all(*transaction, table_in(schema_of(engine), "lines"), {"book_id", "page"},
              {{1, nullptr}, {nullptr, 9}});
    transaction->commit();
  }
  CHECK(count_of(engine, "lines") == 3);
}

TEMPLATE_TEST_CASE("a second row with a unique value is a conflict", "[contract]", Memory, Sqlite,
                   Postgresql) {
  TestType engine;
  CHECK(refused(engine, "authors", kAuthor, {{1, "other@example.com", nullptr}}));
  CHECK(refused(engine, "authors", kAuthor, {{3, "ann@example.com", nullptr}}));
  CHECK(refused(engine, "pages", {"book_id", "number"}, {{1, 1}}));
  CHECK(count_of(engine, "authors") == 2);
}

TEMPLATE_TEST_CASE("a value that the column can't hold is a conflict", "[contract]", Memory, Sqlite,
                   Postgresql) {
  TestType engine;
  CHECK(refused(engine, "authors", kAuthor, {{3, nullptr, "Eve"}}));
  CHECK(refused(engine, "values", {"a"}, {{"not a number"}}));
  CHECK(count_of(engine, "values") == 0);
}

TEMPLATE_TEST_CASE("a refused row leaves no row of its batch behind", "[contract]", Memory, Sqlite,
                   Postgresql) {
  TestType engine;
  CHECK(refused(engine, "authors", kAuthor,
                {{3, "eve@example.com", nullptr}, {4, "ann@example.com", nullptr}}));
  CHECK(count_of(engine, "authors") == 2);
}

TEMPLATE_TEST_CASE("a stop ends what is begun after it", "[contract]", Memory, Sqlite, Postgresql) {
  TestType engine;
  Stop stop;
  stop.request(SIGINT);
  const ErrorKind kind =
      kind_of_failure([&] { engine.open(Access::read, stop)->snapshot()->schema(); });
  CHECK(kind == ErrorKind::interrupted);
}

TEMPLATE_TEST_CASE("a stop ends a read between two batches", "[contract]", Memory, Sqlite,
                   Postgresql) {
  TestType engine;
  {
    const auto database = engine.open(Access::write);
    const auto transaction = database->begin();
    write_all(*transaction, table_in(schema_of(engine), "values"), kValues, numbered(5000));
    transaction->commit();
  }
  Stop stop;
  const auto database = engine.open(Access::read, stop);
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  const auto source = snapshot->rows(table_in(schema, "values"), kValues);
  Batch batch(kValues.size());
  REQUIRE(source->next(batch));
  stop.request(SIGTERM);
  CHECK(kind_of_failure([&] {
          while (source->next(batch)) {
          }
        }) == ErrorKind::interrupted);
}

TEMPLATE_TEST_CASE("a stop ends a write, and nothing of it stays", "[contract]", Memory, Sqlite,
                   Postgresql) {
  TestType engine;
  const Schema schema = schema_of(engine);
  Stop stop;
  {
    const auto database = engine.open(Access::write, stop);
    CHECK(kind_of_failure([&] {
            const auto transaction = database->begin();
            write_all(*transaction, table_in(schema, "values"), kValues, numbered(2000));
            stop.request(SIGINT);
            write_all(*transaction, table_in(schema, "values"), kValues, numbered(2000));
            transaction->commit();
          }) == ErrorKind::interrupted);
  }
  CHECK(count_of(engine, "values") == 0);
}

TEMPLATE_TEST_CASE("orphans are counted, with a few of their values", "[contract]", Memory, Sqlite,
                   Postgresql) {
  TestType engine;
  const auto database = engine.open(Access::read);
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  const Table& strays = table_in(schema, "strays");
  REQUIRE(strays.foreign_keys.size() == 1);
  const Orphans orphans = snapshot->orphans(strays, strays.foreign_keys[0]);
  CHECK(orphans.count == 7);
  REQUIRE_FALSE(orphans.samples.empty());
  CHECK(orphans.samples.size() <= 7);
  for (const std::string& sample : orphans.samples) CHECK(sample.substr(0, 2) == "10");

  const Table& lines = table_in(schema, "lines");
  CHECK(snapshot->orphans(lines, lines.foreign_keys[0]).count == 0);
}

TEMPLATE_TEST_CASE("the furthest number of a column is found", "[contract]", Memory, Sqlite,
                   Postgresql) {
  TestType engine;
  const auto database = engine.open(Access::read);
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  Sequence up, down;
  down.increment = -1;
  CHECK(snapshot->furthest(table_in(schema, "strays"), "author_id", up) == 107);
  CHECK(snapshot->furthest(table_in(schema, "strays"), "author_id", down) == 1);
  CHECK(snapshot->furthest(table_in(schema, "values"), "a", up) == std::nullopt);
}

TEMPLATE_TEST_CASE("a sequence moves forward and never back", "[contract]", Memory, Postgresql) {
  TestType engine;
  const auto next = [&] {
    for (const Sequence& sequence : schema_of(engine).sequences)
      if (sequence.name.name == "authors_id_seq") return sequence;
    throw std::logic_error("there is no such sequence");
  };
  const auto advance = [&](std::int64_t value) {
    const auto database = engine.open(Access::write);
    const auto transaction = database->begin();
    transaction->advance(next(), value);
    transaction->commit();
  };
  REQUIRE(next().next == 1);
  advance(100);
  CHECK(next().next == 101);
  advance(50);
  CHECK(next().next == 101);
}

TEMPLATE_TEST_CASE("every table of a sound database can be read through", "[contract]", Memory,
                   Sqlite, Postgresql) {
  TestType engine;
  const auto database = engine.open(Access::read);
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  for (const Table& table : schema.tables) {
    CHECK_NOTHROW(snapshot->read_through(table, Depth::quick));
    CHECK_NOTHROW(snapshot->read_through(table, Depth::full));
  }
  CHECK(snapshot->integrity(schema, Depth::quick).empty());
  CHECK(snapshot->integrity(schema, Depth::full).empty());
}

TEMPLATE_TEST_CASE("a database says what it is", "[contract]", Memory, Sqlite, Postgresql) {
  TestType engine;
  const auto database = engine.open(Access::read);
  const DatabaseInfo info = database->info();
  CHECK_FALSE(info.engine.empty());
  CHECK_FALSE(info.server_version.empty());
  CHECK_FALSE(info.name.empty());
  CHECK_FALSE(info.location.empty());
  CHECK(engine.open(Access::read)->info().source_id == info.source_id);
}

}  // namespace dbkeeper::testing
