// An export is of one moment, whatever others write meanwhile.
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "support/catch.h"
#include "support/run.h"
#include "support/scratch.h"

using namespace dbkeeper::testing;
using nlohmann::json;

namespace {

// Until the test ends: parents with their children in one transaction, and money moved between two
// accounts. `write` runs SQL of several statements.
template <class Write>
class Writers {
 public:
  explicit Writers(Write write)
      : thread_([this, write](std::stop_token stop) {
          for (int i = 1'000'000; !stop.stop_requested(); ++i) {
            const std::string id = std::to_string(i);
            write("INSERT INTO z_parents VALUES (" + id +
                  ", 'new');"
                  "INSERT INTO a_children SELECT " +
                  id + " + n * 10000000, " + id +
                  " FROM numbers;"
                  "UPDATE accounts SET balance = balance - 1 WHERE id = 1;"
                  "UPDATE accounts SET balance = balance + 1 WHERE id = 8000");
            ++written_;
          }
        }) {}

  int written() const { return written_; }

 private:
  std::atomic<int> written_ = 0;
  std::jthread thread_;
};

// The tables are large enough for several parts, and the children's stands first by its name.
std::string schema(const std::string& filler) {
  return "CREATE TABLE numbers(n integer);"
         "INSERT INTO numbers VALUES (1), (2), (3);"
         "CREATE TABLE z_parents(id integer PRIMARY KEY, v text);"
         "CREATE TABLE a_children(id integer PRIMARY KEY, parent_id integer REFERENCES z_parents);"
         "CREATE TABLE accounts(id integer PRIMARY KEY, balance integer, note text);" +
         filler;
}

void check_one_moment(const json& document) {
  std::set<std::int64_t> parents;
  std::map<std::int64_t, int> children;
  for (const json& row : document["data"]["z_parents"])
    parents.insert(row["id"].get<std::int64_t>());
  for (const json& row : document["data"]["a_children"])
    ++children[row["parent_id"].get<std::int64_t>()];
  for (const auto& [parent, count] : children) {
    if (!parents.contains(parent)) FAIL("no parent " << parent);
    if (count != 3) FAIL("parent " << parent << " has " << count << " of 3 children");
  }
  CHECK(parents.size() == children.size());
  std::int64_t balance = 0;
  for (const json& row : document["data"]["accounts"]) balance += row["balance"].get<int>();
  CHECK(balance == 8000 * 100);
}

template <class Database, class Write>
void export_while_others_write(const Database& database, Write write) {
  const Writers writers(write);
  int before = -1;
  for (int i = 0; i < 4; ++i) {
    while (writers.written() == before) std::this_thread::yield();
    before = writers.written();
    const Run result =
        run({"export", "-o", "-", "-j", i % 2 == 0 ? "4" : "1", "--db", database.url()});
    INFO(result.err);
    REQUIRE(result.exit == 0);
    check_one_moment(json::parse(result.out));
  }
}

}  // namespace

TEST_CASE("an export beside writers has no dangling reference and no torn pair on PostgreSQL") {
  ScratchPostgres database(schema(
      "INSERT INTO accounts SELECT i, 100, repeat('x', 1000) FROM generate_series(1, 8000) i"));
  export_while_others_write(database, [&](const std::string& sql) { database.exec(sql); });
}

TEST_CASE("an export beside writers has no dangling reference and no torn pair on SQLite") {
  for (const char* journal : {"wal", "delete"}) {
    ScratchSqlite database(
        schema("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000) "
               "INSERT INTO accounts SELECT i, 100, printf('%01000d', i) FROM n;"
               "PRAGMA journal_mode = ") +
        std::string(journal));
    export_while_others_write(database, [&](const std::string& sql) {
      try {
        database.exec("BEGIN IMMEDIATE;" + sql + ";COMMIT");
      } catch (const std::exception&) {
        std::this_thread::yield();  // the export reads: without a WAL that keeps writers out
      }
    });
  }
}
