// What every engine promises about selections (include/dbkeeper/model/selection.h): conditions, the
// rows that others refer to, parts.
#include "engines/contract_engines.h"
#include "support/catch.h"

namespace dbkeeper::testing {
namespace {

using Columns = std::vector<std::string>;
using Rows = std::vector<MemoryRow>;

// One engine's library of books, open, and a selection of it.
template <class Engine>
class Library {
 public:
  Library()
      : database_(engine_.open(Access::read)),
        snapshot_(database_->snapshot()),
        schema_(snapshot_->schema()) {}

  const Table& table(const std::string& name) const { return table_in(schema_, name); }

  // Adds a set and returns its number. An empty condition stands for no rows of its own.
  std::size_t add(const std::string& name, const std::string& condition = {}) {
    RowSet set;
    set.table = &table(name);
    set.base = condition.empty() ? RowSet::Base::none : RowSet::Base::condition;
    set.condition = condition;
    selection_.sets.push_back(set);
    return selection_.sets.size() - 1;
  }
  std::size_t add_all(const std::string& name) {
    const std::size_t number = add(name);
    selection_.sets[number].base = RowSet::Base::all;
    return number;
  }

  // What rows of `from` refer to by their table's foreign key number `key` belongs to `to`.
  void link(std::size_t from, std::size_t key, std::size_t to) {
    const ForeignKey& known = selection_.sets[from].table->foreign_keys.at(key);
    selection_.sets[to].referred_by.push_back({from, &known});
  }
  RowSet& operator[](std::size_t set) { return selection_.sets[set]; }

  Rows rows(std::size_t set, const Columns& columns = {"id"}, std::int64_t bytes = 1 << 20) {
    return read_set(*snapshot_, selection_, set, columns, bytes);
  }
  const Selection& selection() const { return selection_; }
  Snapshot& snapshot() { return *snapshot_; }

 private:
  Engine engine_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Snapshot> snapshot_;
  Schema schema_;
  Selection selection_;
};

// The number of the foreign key of that column.
std::size_t key_of(const Table& table, const std::string& column) {
  for (std::size_t i = 0; i < table.foreign_keys.size(); ++i)
    if (table.foreign_keys[i].columns.front() == column) return i;
  throw std::logic_error("no foreign key of " + column);
}

// The people of a condition, and everybody and every team that comes along with them.
template <class Engine>
struct Circle : Library<Engine> {
  explicit Circle(const std::string& condition)
      : people(this->add("people", condition)), teams(this->add("teams")) {
    const Table& persons = this->table("people");
    this->link(people, key_of(persons, "boss_id"), people);
    this->link(people, key_of(persons, "team_id"), teams);
    this->link(teams, 0, people);
  }

  std::size_t people;
  std::size_t teams;
};

template <class Work>
Error failure(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  throw std::logic_error("it did not fail");
}

}  // namespace

TEMPLATE_TEST_CASE("a set of all rows is the table", "[contract]", Memory, Sqlite, Postgresql) {
  Library<TestType> library;
  const std::size_t people = library.add_all("people");
  CHECK(library.rows(people) == Rows{{1}, {2}, {3}, {4}});
  CHECK(library.rows(people, {"team_id", "id"}) == Rows{{nullptr, 4}, {10, 1}, {10, 2}, {20, 3}});
}

TEMPLATE_TEST_CASE("a condition decides which rows are read", "[contract]", Memory, Sqlite,
                   Postgresql) {
  Library<TestType> library;
  const std::size_t people = library.add("people", "team_id = 10");
  CHECK(library.rows(people) == Rows{{1}, {2}});
  CHECK(library.rows(people, {"boss_id", "id"}) == Rows{{nullptr, 1}, {1, 2}});
  CHECK(library.rows(library.add("people", "team_id = 99")).empty());
}

TEMPLATE_TEST_CASE("parents come along over a chain of foreign keys, composite ones too",
                   "[contract]", Memory, Sqlite, Postgresql) {
  Library<TestType> library;
  const std::size_t lines = library.add_all("lines");
  const std::size_t pages = library.add("pages");
  const std::size_t books = library.add("books");
  const std::size_t authors = library.add("authors");
  library.link(lines, 0, pages);
  library.link(pages, 0, books);
  library.link(books, 0, authors);
  CHECK(library.rows(pages, {"book_id", "number"}) == Rows{{1, 1}});
  CHECK(library.rows(books) == Rows{{1}});
  CHECK(library.rows(authors, {"email", "id"}) == Rows{{"ann@example.com", 1}});
}

TEMPLATE_TEST_CASE("rows referred to join those that a condition chose", "[contract]", Memory,
                   Sqlite, Postgresql) {
  Library<TestType> library;
  const std::size_t books = library.add_all("books");
  const std::size_t authors = library.add("authors", "id = 2");
  library.link(books, 0, authors);
  CHECK(library.rows(authors) == Rows{{1}, {2}});
}

TEMPLATE_TEST_CASE("a NULL or a lost reference brings no row", "[contract]", Memory, Sqlite,
                   Postgresql) {
  Library<TestType> library;
  const std::size_t strays = library.add_all("strays");
  const std::size_t authors = library.add("authors");
  library.link(strays, 0, authors);
  CHECK(library.rows(authors) == Rows{{1}});
}

TEMPLATE_TEST_CASE("a table that refers to itself is followed to the end", "[contract]", Memory,
                   Sqlite, Postgresql) {
  Library<TestType> library;
  const std::size_t people = library.add("people", "id = 3");
  library.link(people, key_of(library.table("people"), "boss_id"), people);
  CHECK(library.rows(people) == Rows{{1}, {2}, {3}});
}

TEMPLATE_TEST_CASE("tables that refer to each other are followed to the end", "[contract]", Memory,
                   Sqlite, Postgresql) {
  Circle<TestType> small("id = 2");
  CHECK(small.rows(small.people) == Rows{{1}, {2}});
  CHECK(small.rows(small.teams) == Rows{{10}});

  Circle<TestType> large("id = 3");
  CHECK(large.rows(large.people) == Rows{{1}, {2}, {3}, {4}});
  CHECK(large.rows(large.teams) == Rows{{10}, {20}});

  Circle<TestType> none("id = 99");
  CHECK(none.rows(none.people).empty());
  CHECK(none.rows(none.teams).empty());
}

TEMPLATE_TEST_CASE("a set goes without the rows of another", "[contract]", Memory, Sqlite,
                   Postgresql) {
  Circle<TestType> circle("id = 2");
  // Whoever the small circle doesn't have, and the team that nobody of it is in.
  const std::size_t others = circle.add_all("people");
  circle[others].without = circle.people;
  const std::size_t teams = circle.add("teams");
  circle.link(others, key_of(circle.table("people"), "team_id"), teams);
  circle[teams].without = circle.teams;
  CHECK(circle.rows(others) == Rows{{3}, {4}});
  CHECK(circle.rows(teams) == Rows{{20}});
  CHECK(circle.rows(circle.teams) == Rows{{10}});
}

TEMPLATE_TEST_CASE("a row that a set goes without leads nowhere either", "[contract]", Memory,
                   Sqlite, Postgresql) {
  Library<TestType> library;
  const std::size_t people = library.add("people", "id = 2");
  const std::size_t bosses = library.add("people", "id = 3");
  const std::size_t boss = key_of(library.table("people"), "boss_id");
  library.link(bosses, boss, bosses);
  library[bosses].without = people;
  CHECK(library.rows(bosses) == Rows{{3}});
}

TEMPLATE_TEST_CASE("a set of which another one is all goes without everything", "[contract]",
                   Memory, Sqlite, Postgresql) {
  Library<TestType> library;
  const std::size_t books = library.add_all("books");
  const std::size_t authors = library.add_all("authors");
  const std::size_t referred_to = library.add("authors");
  library.link(books, 0, referred_to);
  library[referred_to].without = authors;
  CHECK(library.rows(referred_to).empty());
}

TEMPLATE_TEST_CASE("parts bring every row once", "[contract]", Memory, Sqlite, Postgresql) {
  TestType engine;
  Rows rows;
  for (int i = 0; i < 5000; ++i) rows.push_back({i});
  {
    const auto database = engine.open(Access::write);
    const auto transaction = database->begin();
    write_all(*transaction, table_in(database->snapshot()->schema(), "values"), {"a"}, rows);
    transaction->commit();
  }
  const auto database = engine.open(Access::read);
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  Selection selection;
  for (const RowSet::Base base : {RowSet::Base::all, RowSet::Base::condition, RowSet::Base::none}) {
    RowSet& set = selection.sets.emplace_back();
    set.table = &table_in(schema, "values");
    set.base = base;
    set.condition = "a = 4321";
  }
  RowSet& nothing = selection.sets.emplace_back();
  nothing.table = &table_in(schema, "pages");
  nothing.without = selection.sets.size();
  selection.sets.push_back({nothing.table, RowSet::Base::all, {}, {}, {}});

  for (const std::int64_t bytes : {std::int64_t{1}, std::int64_t{20'000}, std::int64_t{1} << 40}) {
    CHECK(read_set(*snapshot, selection, 0, {"a"}, bytes) == rows);
    CHECK(read_set(*snapshot, selection, 1, {"a"}, bytes) == Rows{{4321}});
    CHECK(read_set(*snapshot, selection, 2, {"a"}, bytes).empty());
    CHECK(read_set(*snapshot, selection, 3, {"number"}, bytes).empty());
    CHECK_FALSE(snapshot->parts(selection, 2, bytes).empty());
  }
}

TEMPLATE_TEST_CASE("tables held can be read", "[contract]", Memory, Sqlite, Postgresql) {
  Library<TestType> library;
  CHECK_NOTHROW(library.snapshot().hold({}));
  CHECK_NOTHROW(library.snapshot().hold({&library.table("people"), &library.table("teams")}));
  CHECK(library.rows(library.add_all("teams")) == Rows{{10}, {20}, {30}});
}

TEMPLATE_TEST_CASE("a condition is checked before it is used", "[contract]", Memory, Sqlite,
                   Postgresql) {
  Library<TestType> library;
  const Table& people = library.table("people");
  CHECK_NOTHROW(library.snapshot().check_condition(people, "team_id = 10"));
  for (const char* bad : {"no_such_column = 1", "", "team_id =", "team_id = 1) OR (1 = 1",
                          "team_id = 1; DROP TABLE people", "(team_id = 1"}) {
    INFO(bad);
    const Error error = failure([&] { library.snapshot().check_condition(people, bad); });
    CHECK(error.kind() == ErrorKind::usage);
    CHECK_THAT(error.message(), contains("people"));
  }
  CHECK_NOTHROW(library.snapshot().check_condition(people, "id = 1"));
}

TEMPLATE_TEST_CASE("what only SQL can say is a condition, too", "[contract]", Sqlite, Postgresql) {
  Library<TestType> library;
  const Table& people = library.table("people");
  for (const char* good :
       {"people.team_id = 10", "team_id = 10 -- the first", "team_id = 10 /* the first */",
        "team_id IN (SELECT id FROM teams WHERE lead_id = 1) OR 1 = 0",
        "team_id = 10 AND ')' <> '('"}) {
    INFO(good);
    CHECK_NOTHROW(library.snapshot().check_condition(people, good));
    CHECK(library.rows(library.add("people", good)) == Rows{{1}, {2}});
  }
  for (const char* bad :
       {"\"misspelt\" = 'x'", "team_id = 10)--", "id = 1) UNION SELECT 1 FROM teams WHERE (1 = 1",
        "count(*) > 1", "DELETE FROM people", "team_id = 10 /*"}) {
    INFO(bad);
    CHECK(failure([&] { library.snapshot().check_condition(people, bad); }).kind() ==
          ErrorKind::usage);
  }
}

}  // namespace dbkeeper::testing
