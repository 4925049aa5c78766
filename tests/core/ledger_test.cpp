#include "dbkeeper/core/ledger.h"

#include "core/schemas.h"
#include "support/catch.h"
#include "support/memory_engine.h"

namespace dbkeeper::testing {
namespace {

using Texts = std::vector<std::string>;

TableLedger counted(std::string table, std::int64_t rows,
                    std::vector<std::pair<std::string, std::int64_t>> values = {}) {
  return {std::move(table), rows, std::move(values)};
}

Texts told(const Ledger& before, const Ledger& after) {
  Texts out;
  for (const Loss& loss : losses(before, after)) out.push_back(text_of(loss));
  return out;
}

Table notes() {
  Table out = table("orders");
  out.columns.push_back(column("note", Family::text, true));
  out.columns.push_back(column("odd.name", Family::text, true));
  return out;
}

Schema shop() {
  Table audit = table("audit_2025");
  Table app = table("orders");
  app.name.schema = "app";
  return schema({notes(), audit, app});
}

// Which of some losses in the shop are meant by the expectations.
std::vector<bool> meant(const Texts& expectations) {
  const ExpectedLosses expected(expectations, shop());
  const Ledger before = {counted("orders", 10, {{"id", 10}, {"note", 9}, {"odd.name", 4}}),
                         counted("audit_2025", 5, {{"id", 5}}),
                         counted("app.orders", 5, {{"id", 5}})};
  const Ledger after = {counted("orders", 10, {{"id", 10}, {"note", 3}})};
  std::vector<bool> out;
  for (const Loss& loss : losses(before, after, expected)) out.push_back(loss.expected);
  return out;  // orders.note, orders."odd.name", audit_2025, app.orders
}

std::string complaint(const Texts& expectations) {
  try {
    const ExpectedLosses expected(expectations, shop());
    return expected.unmatched().empty() ? "none" : expected.unmatched().front();
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return "refused: " + error.message();
  }
}

}  // namespace

TEST_CASE("a ledger has rows and values of every table that holds any, histories left out") {
  MemoryStore store;
  Schema made = shop();
  store.add(made.tables[0], {{1, "a", nullptr}, {2, nullptr, nullptr}});
  Table history;
  history.name = {"public", "alembic_version"};
  history.columns.push_back(column("version_num", Family::text));
  store.add(history, {{"ae10"}});
  Table foreign = table("elsewhere");
  foreign.kind = TableKind::foreign;
  store.add(foreign, {{1}});
  store.change([](MemoryState& state) { state.schema.default_schema = "public"; });

  MemoryDatabase database(store);
  const auto snapshot = database.snapshot();
  const Stop stop;
  const Ledger ledger = take_ledger(*snapshot, snapshot->schema(), stop);
  REQUIRE(ledger.size() == 1);
  CHECK(ledger[0].table == "orders");
  CHECK(ledger[0].rows == 2);
  CHECK(ledger[0].values ==
        std::vector<std::pair<std::string, std::int64_t>>{{"id", 2}, {"note", 1}, {"odd.name", 0}});
}

TEST_CASE("what is the same, or more, is no loss") {
  const Ledger before = {counted("orders", 10, {{"id", 10}, {"note", 4}})};
  CHECK(told(before, before).empty());
  CHECK(told(before, {counted("orders", 12, {{"id", 12}, {"note", 5}, {"total", 0}})}).empty());
  CHECK(told({}, before).empty());
}

TEST_CASE("each kind of loss is told with its numbers") {
  const Ledger before = {counted("orders", 1000, {{"id", 1000}, {"note", 90}})};
  CHECK(told(before, {}) == Texts{"orders: the table is gone, and 1,000 rows with it"});
  CHECK(told(before, {counted("orders", 880, {{"id", 880}, {"note", 90}})}) ==
        Texts{"orders: 120 of 1,000 rows are gone"});
  CHECK(told(before, {counted("orders", 999, {{"id", 999}, {"note", 90}})}) ==
        Texts{"orders: 1 of 1,000 rows is gone"});
  CHECK(told(before, {counted("orders", 0, {{"id", 0}, {"note", 0}})}) ==
        Texts{"orders: all 1,000 rows are gone"});
  CHECK(told(before, {counted("orders", 1000, {{"id", 1000}})}) ==
        Texts{"orders.note: the column is gone, and 90 values with it"});
  CHECK(told(before, {counted("orders", 1000, {{"id", 1000}, {"note", 78}})}) ==
        Texts{"orders.note: 12 of 90 values are gone"});
}

TEST_CASE("values that went with their rows are no loss of their own") {
  const Ledger before = {counted("orders", 100, {{"note", 90}})};
  CHECK(told(before, {counted("orders", 80, {{"note", 70}})}) ==
        Texts{"orders: 20 of 100 rows are gone"});
  CHECK(told(before, {counted("orders", 80, {{"note", 69}})}) ==
        Texts{"orders: 20 of 100 rows are gone", "orders.note: 21 of 90 values are gone"});
}

TEST_CASE("dropping what held nothing is told as well") {
  const Ledger before = {counted("empty", 0, {{"id", 0}}), counted("orders", 5, {{"unused", 0}})};
  CHECK(told(before, {counted("orders", 5)}) ==
        Texts{"empty: the table is gone; it had no rows",
              "orders.unused: the column is gone; it had no values"});
}

TEST_CASE("what may only have been renamed is asked about, and is a loss all the same") {
  const Ledger before = {counted("orders", 7, {{"id", 7}, {"note", 3}})};
  CHECK(told(before, {counted("purchases", 7, {{"id", 7}, {"remark", 3}})}) ==
        Texts{"orders: the table is gone, and 7 rows with it (or is it purchases now?)"});
  CHECK(told(before, {counted("orders", 7, {{"id", 7}, {"odd.name", 3}})}) ==
        Texts{"orders.note: the column is gone, and 3 values with it (or is it \"odd.name\" "
              "now?)"});
  // Two that it may be tell nothing.
  CHECK(told(before, {counted("orders", 7, {{"id", 7}, {"a", 3}, {"b", 3}})}) ==
        Texts{"orders.note: the column is gone, and 3 values with it"});
}

TEST_CASE("expected losses are named by table, column, glob and in quotes") {
  using Meant = std::vector<bool>;
  CHECK(meant({}) == Meant{false, false, false, false});
  CHECK(meant({"orders"}) == Meant{true, true, false, false});
  CHECK(meant({"public.orders"}) == Meant{true, true, false, false});
  CHECK(meant({"orders.note"}) == Meant{true, false, false, false});
  CHECK(meant({"public.orders.note"}) == Meant{true, false, false, false});
  CHECK(meant({"\"orders\".\"note\""}) == Meant{true, false, false, false});
  CHECK(meant({"orders.\"odd.name\""}) == Meant{false, true, false, false});
  CHECK(meant({"audit_*,orders.note"}) == Meant{true, false, true, false});
  CHECK(meant({"app.orders"}) == Meant{false, false, false, true});
  CHECK(meant({"audit_2025", "app.*"}) == Meant{false, false, true, true});
  CHECK(meant({"*"}) == Meant{true, true, true, true});
}

TEST_CASE("an expectation of nothing that is there is told with the nearest name") {
  CHECK(complaint({"order"}) ==
        "--expect-loss: nothing is called 'order' (any more); did you mean 'orders'?");
  CHECK(complaint({"orders.nots"}).find("did you mean 'orders.note'?") != std::string::npos);
  CHECK(complaint({"tmp_*"}) == "--expect-loss: nothing is called 'tmp_*' (any more)");
  CHECK(complaint({"orders,"}).find("refused: ") == 0);
  CHECK(complaint({"orders,"}).find("missing") != std::string::npos);
  CHECK(complaint({"orders", "orders.id"}) == "none");
}

TEST_CASE("tables that gained rows are told, new ones included") {
  const auto gained = gains({counted("orders", 5), counted("users", 2), counted("same", 1)},
                            {counted("orders", 4), counted("users", 5), counted("same", 1),
                             counted("new", 3), counted("empty", 0)});
  REQUIRE(gained.size() == 2);
  CHECK(gained[0].table == "users");
  CHECK(gained[0].before == 2);
  CHECK(gained[0].after == 5);
  CHECK(gained[1].table == "new");
  CHECK(gained[1].before == 0);
}

}  // namespace dbkeeper::testing
