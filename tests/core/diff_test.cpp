#include "dbkeeper/core/diff.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "commands/diff_report.h"
#include "core/schemas.h"
#include "dbkeeper/core/export.h"
#include "support/catch.h"
#include "support/documents.h"
#include "support/memory_engine.h"
#include "support/open.h"
#include "support/seed.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

using Names = std::vector<std::string>;

const Stop& no_stop() {
  static const Stop kNever;
  return kNever;
}

struct MemorySide {
  explicit MemorySide(MemoryStore& store, const std::string& name)
      : database(store), side(database_side(database, name, no_stop())) {}
  DiffSide& operator*() const { return *side; }

  MemoryDatabase database;
  std::unique_ptr<DiffSide> side;
};

MemorySide side_of(MemoryStore& store, const std::string& name = "a database") {
  return MemorySide(store, name);
}

std::unique_ptr<DiffSide> side_of(const std::string& document, bool pipe = false) {
  static SilentReporter reporter;
  return export_side(std::make_unique<TextSource>(document, SIZE_MAX, pipe), "a file", reporter,
                     no_stop());
}

DiffReport compared(DiffSide& a, DiffSide& b, const DiffOptions& options = {}) {
  SilentReporter reporter;
  return diff(a, b, options, reporter, no_stop());
}

DiffReport compared(MemoryStore& a, MemoryStore& b, const DiffOptions& options = {}) {
  return compared(*side_of(a), *side_of(b), options);
}

std::string exported(MemoryStore& store, const ExportOptions& options = {}) {
  SilentReporter reporter;
  MemoryDatabase database(store);
  const auto snapshot = database.snapshot();
  const Schema schema = snapshot->schema();
  const ExportPlan plan = plan_export(schema, options);
  const auto metadata =
      describe_moment(std::chrono::system_clock::now(), database.info(), *snapshot, schema, plan);
  std::string document;
  write_export(
      *snapshot, schema, plan, metadata, [&](std::string_view bytes) { document += bytes; }, 1,
      reporter, no_stop());
  return document;
}

// id and name.
Table named(const std::string& name, const std::vector<std::string>& parents = {}) {
  Table out = table(name, parents);
  out.columns.push_back(column("name", Family::text, true));
  return out;
}

Table keyless(const std::string& name) {
  Table out = named(name);
  out.primary_key.reset();
  out.columns.front().nullable = true;
  out.columns.front().origin = Origin::given;
  return out;
}

// Users and their cards.
struct Shop : MemoryStore {
  Shop() {
    add(named("users"), {{1, "ann"}, {2, "bob"}, {3, nullptr}});
    add(named("cards", {"users"}), {{7, 1, "x"}, {8, 1, "y"}, {9, 2, "z"}});
  }
};

const TableDiff& table_of(const DiffReport& report, const std::string& name) {
  for (const TableDiff& table : report.tables)
    if (table.table == name) return table;
  FAIL("no table " << name);
  throw std::logic_error("unreachable");
}

std::vector<std::int64_t> ids(const std::vector<RowDifference>& rows) {
  std::vector<std::int64_t> out;
  for (const RowDifference& row : rows) {
    const auto& members = std::get<Value::Object>(row.key.data());
    out.push_back(std::get<std::int64_t>(members.front().second.data()));
  }
  return out;
}

void set_rows(MemoryStore& store, const std::string& table, std::vector<MemoryRow> rows) {
  store.change([&](MemoryState& state) { state.rows.at({"public", table}) = std::move(rows); });
}

template <class Change>
void change_table(MemoryStore& store, const std::string& name, Change change) {
  store.change([&](MemoryState& state) {
    for (Table& table : state.schema.tables)
      if (table.name.name == name) change(table);
  });
}

Error refusal(MemoryStore& a, MemoryStore& b, const DiffOptions& options) {
  try {
    compared(a, b, options);
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  throw std::logic_error("unreachable");
}

}  // namespace

TEST_CASE("a database is equal to its like, in whatever order the rows come") {
  Shop a, b;
  set_rows(b, "users", {{3, nullptr}, {1, "ann"}, {2, "bob"}});
  const DiffReport report = compared(a, b);
  CHECK(report.equal());
  CHECK(report.differing_tables() == 0);
  CHECK(table_of(report, "users").rows.rows_a == 3);
  CHECK(table_of(report, "users").keyed);
}

TEST_CASE("rows of one side alone and changed ones are counted, the first named by their keys") {
  Shop a, b;
  set_rows(b, "cards", {{7, 2, "x"}, {9, 2, "Z"}, {10, 1, "new"}, {11, 1, "new"}});
  const DiffReport report = compared(a, b);
  CHECK_FALSE(report.equal());
  CHECK(report.differing_tables() == 1);
  const RowsDifference& rows = table_of(report, "cards").rows;
  CHECK(ids(rows.first_only_a) == std::vector<std::int64_t>{8});
  CHECK(ids(rows.first_only_b) == std::vector<std::int64_t>{10, 11});
  CHECK(ids(rows.first_changed) == std::vector<std::int64_t>{7, 9});
  CHECK(rows.first_changed[0].columns == Names{"users_id"});
  CHECK(rows.first_changed[1].columns == Names{"name"});
}

TEST_CASE("the first keys that differ are the lowest, negative ones too") {
  Shop a, b;
  std::vector<MemoryRow> rows;
  for (int id = -40; id < 5000; ++id) rows.push_back({id, "n"});
  std::reverse(rows.begin(), rows.end());
  set_rows(a, "users", rows);
  set_rows(b, "users", {});
  const DiffReport report = compared(a, b, {.sort_memory = 1000});
  const RowsDifference& users = table_of(report, "users").rows;
  CHECK(users.only_a == 5040);
  CHECK(ids(users.first_only_a) ==
        std::vector<std::int64_t>{-40, -39, -38, -37, -36, -35, -34, -33, -32, -31});
}

TEST_CASE("values are the same only if kind and bytes are") {
  Shop a, b;
  const auto differ = [&](MemoryCell x, MemoryCell y) {
    set_rows(a, "users", {{1, std::move(x)}});
    set_rows(b, "users", {{1, std::move(y)}});
    return !compared(a, b).equal();
  };
  CHECK(differ("1", 1));
  CHECK(differ(1, 1.0));
  CHECK(differ(0.0, -0.0));
  CHECK(differ("", nullptr));
  CHECK(differ("x", MemoryCell("x", CellKind::bytes)));
  CHECK_FALSE(differ("x", MemoryCell("x", CellKind::plain)));
  CHECK_FALSE(
      differ(MemoryCell("{\"a\":1}", CellKind::json), MemoryCell("{ \"a\" : 1 }", CellKind::json)));
}

TEST_CASE("rows without a key are compared as often as they are there") {
  MemoryStore a, b;
  a.add(keyless("log"), {{1, "x"}, {1, "x"}, {1, "x"}, {2, "y"}, {nullptr, nullptr}});
  b.add(keyless("log"), {{nullptr, nullptr}, {1, "x"}, {3, "z"}, {2, "y"}});
  const DiffReport report = compared(a, b);
  const TableDiff& log = table_of(report, "log");
  CHECK_FALSE(log.keyed);
  CHECK(log.rows.only_a == 2);
  CHECK(log.rows.only_b == 1);
  CHECK(log.rows.changed == 0);
  REQUIRE(log.rows.first_only_a.size() == 1);
  CHECK(log.rows.first_only_a[0].times == 2);
  CHECK(ids(log.rows.first_only_b) == std::vector<std::int64_t>{3});
}

TEST_CASE("a key with a NULL in it is no key: such rows are compared whole") {
  MemoryStore a, b;
  const auto with_rows = [](MemoryStore& store, std::vector<MemoryRow> rows) {
    Table table = keyless("odd");
    table.primary_key = key("pk", {"id"}, Key::Kind::primary);
    store.add(std::move(table), std::move(rows));
  };
  with_rows(a, {{nullptr, "x"}, {nullptr, "x"}, {nullptr, "y"}, {1, "z"}});
  with_rows(b, {{nullptr, "y"}, {nullptr, "x"}, {1, "Z"}});
  const DiffReport report = compared(a, b);
  const RowsDifference& rows = table_of(report, "odd").rows;
  CHECK(rows.only_a == 1);
  CHECK(rows.only_b == 0);
  CHECK(rows.changed == 1);
}

TEST_CASE("composite keys match by all of their columns, whatever their order in the key") {
  MemoryStore a, b;
  const auto add = [](MemoryStore& store, const Names& columns, std::vector<MemoryRow> rows) {
    Table table = named("seats");
    table.columns.insert(table.columns.begin() + 1, column("number"));
    table.primary_key = key("pk", columns, Key::Kind::primary);
    store.add(std::move(table), std::move(rows));
  };
  add(a, {"id", "number"}, {{1, 1, "x"}, {1, 2, "y"}, {2, 1, "z"}});
  add(b, {"number", "id"}, {{1, 1, "x"}, {1, 2, "Y"}, {2, 2, "z"}});
  const DiffReport report = compared(a, b);
  const TableDiff& seats = table_of(report, "seats");
  CHECK(seats.keyed);
  REQUIRE(seats.schema.size() == 1);
  CHECK(seats.schema[0].what == "primary key");
  CHECK(seats.rows.only_a == 1);
  CHECK(seats.rows.only_b == 1);
  REQUIRE(seats.rows.first_changed.size() == 1);
  CHECK(std::get<Value::Object>(seats.rows.first_changed[0].key.data()).size() == 2);
}

TEST_CASE("without the same primary key on both sides rows are compared whole") {
  Shop a, b;
  change_table(b, "users", [](Table& table) { table.primary_key.reset(); });
  set_rows(b, "users", {{1, "ann"}, {2, "bob"}, {3, "cy"}});
  const DiffReport report = compared(a, b);
  CHECK_FALSE(table_of(report, "users").keyed);
  CHECK(table_of(report, "users").rows.only_a == 1);
  CHECK(table_of(report, "users").rows.only_b == 1);
}

TEST_CASE("rows are compared in the columns that both sides have") {
  Shop a, b;
  change_table(b, "users", [](Table& table) {
    table.columns.insert(table.columns.begin(), column("nick", Family::text, true));
  });
  set_rows(b, "users", {{"A", 1, "ann"}, {"B", 2, "bob"}, {"C", 3, nullptr}});
  const DiffReport report = compared(a, b);
  const TableDiff& users = table_of(report, "users");
  REQUIRE(users.schema.size() == 1);
  CHECK(users.schema[0].column == "nick");
  CHECK(users.rows.equal());
  CHECK(compared(a, b, {.schema = false}).equal());
}

TEST_CASE("tables of one side alone are named, and only what is chosen is compared") {
  Shop a, b;
  a.add(named("audit_1"));
  b.add(named("audit_2"));
  set_rows(b, "users", {});
  const DiffReport report = compared(a, b);
  CHECK(report.only_a == Names{"audit_1"});
  CHECK(report.only_b == Names{"audit_2"});
  CHECK(report.differing_tables() == 3);
  CHECK(compared(a, b, {.include = {"cards"}}).equal());
  CHECK(compared(a, b, {.exclude = {"audit_*,users"}}).equal());
  CHECK(compared(a, b, {.include = {"audit_*"}}).differing_tables() == 2);
  CHECK(refusal(a, b, {.include = {"audit_3"}}).kind() == ErrorKind::usage);
  CHECK_THAT(refusal(a, b, {.exclude = {"*"}}).message(), contains("no table is left"));
  CHECK(refusal(a, b, {.exclude = {"nothing_*"}}).kind() == ErrorKind::usage);
}

TEST_CASE("one half can be compared without the other") {
  Shop a, b;
  set_rows(b, "users", {});
  b.change([](MemoryState& state) { state.unreadable.insert({"public", "users"}); });
  CHECK(compared(a, b, {.rows = false}).equal());
  CHECK_FALSE(compared(a, b, {.rows = false}).tables.front().rows_compared);
  change_table(b, "cards", [](Table& table) { table.columns[2].nullable = false; });
  CHECK_FALSE(compared(a, b, {.rows = false}).equal());
  CHECK(compared(a, b, {.include = {"cards"}, .schema = false}).equal());
}

TEST_CASE("a table that this role can't see whole is an error, not a shorter comparison") {
  Shop a, b;
  change_table(b, "users", [](Table& table) {
    table.row_security_applies = true;
    table.not_exportable = "row-level security hides rows of it";
  });
  const Error error = refusal(a, b, {});
  CHECK(error.kind() == ErrorKind::failed);
  CHECK(error.table() == "users");
  CHECK_THAT(error.message(), contains("row-level security"));
  CHECK(compared(a, b, {.exclude = {"users"}}).equal());
}

TEST_CASE("of a migration tool's history the version is compared, the rows if it is named") {
  Shop a, b;
  const auto add_history = [](MemoryStore& store, const char* version) {
    Table history = table("alembic_version");
    history.columns = {column("version_num", Family::text)};
    history.primary_key = key("pk", {"version_num"}, Key::Kind::primary);
    store.add(std::move(history), {{version}});
  };
  add_history(a, "a1");
  add_history(b, "b2");
  const DiffReport report = compared(a, b);
  CHECK(report.differing_tables() == 0);
  CHECK_FALSE(report.equal());
  REQUIRE(report.versions.size() == 1);
  CHECK(report.versions[0].a == "a1");
  CHECK(report.versions[0].b == "b2");
  REQUIRE(report.not_compared.size() == 1);
  CHECK(report.not_compared[0].table == "alembic_version");
  CHECK(compared(a, b, {.schema = false}).equal());
  CHECK(compared(a, b, {.include = {"alembic_version"}}).differing_tables() == 1);

  CHECK_FALSE(compared(*side_of(exported(a)), *side_of(b)).equal());
  CHECK(compared(*side_of(exported(a)), *side_of(a)).equal());
}

TEST_CASE("views and generated columns are left out, and listed") {
  Shop a, b;
  for (MemoryStore* store : {&a, &b}) {
    change_table(*store, "users", [](Table& table) { table.columns[1].origin = Origin::stored; });
    store->change([](MemoryState& state) {
      state.schema.others.push_back({{"public", "active_users"}, "view"});
    });
  }
  set_rows(b, "users", {{1, "computed"}, {2, "otherwise"}, {3, "here"}});
  const DiffReport report = compared(a, b);
  CHECK(report.equal());
  REQUIRE(report.not_compared.size() == 2);
  CHECK(report.not_compared[0].table == "active_users");
  CHECK(report.not_compared[1].column == "name");
}

TEST_CASE("an export is equal to its database until that changes") {
  Shop a;
  const std::string document = exported(a);
  CHECK(compared(*side_of(document), *side_of(a)).equal());
  CHECK(compared(*side_of(a), *side_of(document)).equal());
  CHECK(compared(*side_of(document), *side_of(document)).equal());
  set_rows(a, "cards", {{7, 1, "x"}, {8, 1, "changed"}});
  for (const bool pipe : {false, true}) {
    const DiffReport report = compared(*side_of(document, pipe), *side_of(a), {.sort_memory = 1});
    const RowsDifference& rows = table_of(report, "cards").rows;
    CHECK(ids(rows.first_only_a) == std::vector<std::int64_t>{9});
    CHECK(ids(rows.first_changed) == std::vector<std::int64_t>{8});
    CHECK(rows.only_b == 0);
  }
}

TEST_CASE("a damaged export is no side of a comparison") {
  Shop a;
  const std::string document = exported(a);
  for (const std::string& broken :
       {document.substr(0, document.size() / 2), replaced(document, "\"ann\"", "\"Ann\"")}) {
    try {
      side_of(broken);
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::input);
    }
  }
}

TEST_CASE("what an export was told to leave out is no difference, what it lacks is one") {
  Shop a;
  const std::string without = exported(a, {.exclude = {"users"}});
  const DiffReport report = compared(*side_of(without), *side_of(a));
  CHECK(report.equal());
  REQUIRE(report.not_compared.size() == 1);
  CHECK(report.not_compared[0].table == "users");
  CHECK_THAT(report.not_compared[0].why, contains("rows of it that others refer to"));

  const std::string alone = exported(a, {.include = {"users"}});
  CHECK(compared(*side_of(a), *side_of(alone)).equal());
  const std::string all = exported(a);
  a.add(named("audit"));
  CHECK(compared(*side_of(alone), *side_of(a)).equal());
  CHECK(compared(*side_of(all), *side_of(a)).only_b == Names{"audit"});
}

TEST_CASE("rows that an export left out are not missed, those that it has are compared") {
  Shop a;
  const std::string some = exported(a, {.where = {"cards:users_id = 1"}});
  DiffReport report = compared(*side_of(some), *side_of(a));
  CHECK(report.equal());
  CHECK(std::any_of(report.not_compared.begin(), report.not_compared.end(),
                    [](const NotCompared& entry) { return entry.table == "cards"; }));
  set_rows(a, "cards", {{8, 1, "changed"}, {9, 2, "z"}});
  report = compared(*side_of(some), *side_of(a));
  CHECK(ids(table_of(report, "cards").rows.first_only_a) == std::vector<std::int64_t>{7});
  CHECK(ids(table_of(report, "cards").rows.first_changed) == std::vector<std::int64_t>{8});
  // Both were to have the same rows.
  set_rows(a, "cards", {{7, 1, "x"}, {8, 1, "y"}, {10, 1, "new"}});
  const std::string later = exported(a, {.where = {"cards:users_id = 1"}});
  report = compared(*side_of(some), *side_of(later));
  CHECK(ids(table_of(report, "cards").rows.first_only_b) == std::vector<std::int64_t>{10});
}

TEST_CASE("what is found is what a plain comparison finds, in however little memory") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  const auto random_rows = [&](bool keyed) {
    std::map<std::int64_t, MemoryRow> by_id;
    std::vector<MemoryRow> rows;
    for (std::size_t i = dice() % 60; i > 0; --i) {
      const auto id = static_cast<std::int64_t>(dice() % 40) - 20;
      const MemoryRow row = {id, std::string(dice() % 2, 'x')};
      if (!keyed || by_id.emplace(id, row).second) rows.push_back(row);
    }
    return rows;
  };
  for (int round = 0; round < rounds(100); ++round) {
    const bool keyed = dice() % 2 == 0;
    const std::vector<MemoryRow> rows_a = random_rows(keyed), rows_b = random_rows(keyed);
    MemoryStore a, b;
    a.add(keyed ? named("t") : keyless("t"), rows_a);
    b.add(keyed ? named("t") : keyless("t"), rows_b);
    const bool from_file = dice() % 2 == 0;
    const MemorySide memory_a = side_of(a), side_b = side_of(b);
    const auto file_a = side_of(exported(a));
    DiffSide& side_a = from_file ? *file_a : *memory_a;
    const DiffReport report = compared(side_a, *side_b, {.sort_memory = dice() % 1000});
    INFO(text_of(report, side_a, *side_b));

    std::multiset<MemoryRow> left(rows_a.begin(), rows_a.end());
    std::multiset<MemoryRow> right;
    for (const MemoryRow& row : rows_b)
      if (const auto same = left.find(row); same != left.end())
        left.erase(same);
      else
        right.insert(row);
    std::uint64_t changed = 0;
    for (const MemoryRow& row : left)
      changed += static_cast<std::uint64_t>(
          std::count_if(right.begin(), right.end(),
                        [&](const MemoryRow& other) { return keyed && other[0] == row[0]; }));
    const RowsDifference& rows = table_of(report, "t").rows;
    CHECK(rows.changed == changed);
    CHECK(rows.only_a == left.size() - changed);
    CHECK(rows.only_b == right.size() - changed);
  }
}

TEST_CASE("a report says what differs, where, and what was not looked at") {
  Shop a, b;
  change_table(b, "users", [](Table& table) { table.columns[1].nullable = false; });
  set_rows(b, "users", {{1, "Ann"}, {2, "bob"}});
  b.add(named("audit"));
  const auto side_a = side_of(a, "before"), side_b = side_of(b, "after");
  const std::string text = text_of(compared(*side_a, *side_b), *side_a, *side_b);
  CHECK(text ==
        "A: before, memory 1\n"
        "B: after, memory 1\n"
        "\n"
        "audit: only in B\n"
        "users\n"
        "  column name: nullable in A, not null in B\n"
        "  rows: 1 only in A, 0 only in B, 1 changed; 3 in A, 2 in B\n"
        "    only in A  id 3\n"
        "    changed    id 1: name\n");
}
