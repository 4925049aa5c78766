// Locks, conflicts and values, as far as they are SQLite's own.
#include <fcntl.h>
#include <sqlite3.h>

#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdarg>
#include <functional>
#include <limits>
#include <thread>

#include "engines/contract_engines.h"
#include "support/catch.h"
#include "support/open.h"

namespace dbkeeper::testing {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct Opening {
  std::chrono::milliseconds lock_timeout{200};
  const Stop* stop = &never();
};

std::unique_ptr<Database> open_with(const ScratchSqlite& scratch, Access access,
                                    const Opening& opening) {
  static SilentReporter reporter;
  OpenOptions options;
  options.access = access;
  options.lock_timeout = opening.lock_timeout;
  options.reporter = &reporter;
  options.stop = opening.stop;
  return open_database(scratch.url(), options);
}

Error failure(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  throw std::logic_error("it did not fail");
}

// Inserts and commits.
void add(const ScratchSqlite& scratch, const std::string& name,
         const std::vector<std::string>& columns, const std::vector<MemoryRow>& rows) {
  const Schema schema = open(scratch.url())->snapshot()->schema();
  const auto database = open(scratch.url(), Access::write);
  const auto transaction = database->begin();
  write_all(*transaction, table_in(schema, name), columns, rows);
  transaction->commit();
}

// Another program that holds the write lock.
class Holder {
 public:
  explicit Holder(const ScratchSqlite& scratch) {
    REQUIRE(sqlite3_open(scratch.path().c_str(), &handle_) == SQLITE_OK);
    REQUIRE(sqlite3_exec(handle_, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  ~Holder() { sqlite3_close(handle_); }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

 private:
  sqlite3* handle_ = nullptr;
};

// A system in which no lock can be given back, as long as this lives.
class NoUnlocking {
 public:
  NoUnlocking() : vfs_(sqlite3_vfs_find(nullptr)) {
    real_ = reinterpret_cast<Call>(vfs_->xGetSystemCall(vfs_, "fcntl"));
    REQUIRE(real_ != nullptr);
    vfs_->xSetSystemCall(vfs_, "fcntl", reinterpret_cast<sqlite3_syscall_ptr>(&refuse_unlock));
  }
  ~NoUnlocking() { vfs_->xSetSystemCall(vfs_, "fcntl", nullptr); }
  NoUnlocking(const NoUnlocking&) = delete;
  NoUnlocking& operator=(const NoUnlocking&) = delete;

  static inline int refused = 0;

 private:
  using Call = int (*)(int, int, ...);

  static int refuse_unlock(int fd, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    void* const argument = va_arg(arguments, void*);
    va_end(arguments);
    if (command == F_SETLK && static_cast<const struct flock*>(argument)->l_type == F_UNLCK) {
      ++refused;
      errno = EIO;
      return -1;
    }
    return real_(fd, command, argument);
  }

  static inline Call real_ = nullptr;
  sqlite3_vfs* vfs_;
};

}  // namespace

TEST_CASE("a lock that can't be given back after the commit is no failed change") {
  ScratchSqlite scratch("CREATE TABLE t (a)");
  const Schema schema = open(scratch.url())->snapshot()->schema();
  {
    const auto database = open(scratch.url(), Access::write);
    const auto transaction = database->begin();
    write_all(*transaction, table_in(schema, "t"), {"a"}, {{1}});
    const NoUnlocking system;
    CHECK_NOTHROW(transaction->commit());
    CHECK(NoUnlocking::refused > 0);
  }
  CHECK(scratch.query("SELECT a FROM t") == "1");
}

TEST_CASE("a locked database is waited for as long as was said, then refused") {
  const ScratchSqlite scratch("CREATE TABLE t (a)");
  const Holder holder(scratch);
  const auto begin = Clock::now();
  const Error error = failure([&] { open_with(scratch, Access::read, {}); });
  const auto waited = Clock::now() - begin;
  CHECK(error.kind() == ErrorKind::refused);
  CHECK_THAT(error.message(), contains("locked by another process"));
  CHECK_THAT(error.message(), contains("0.2 s"));
  CHECK(waited >= 200ms);
  CHECK(waited < 2s);
}

TEST_CASE("a lock given back in time is got") {
  const ScratchSqlite scratch("CREATE TABLE t (a)");
  auto holder = std::make_unique<Holder>(scratch);
  std::thread other([&] {
    std::this_thread::sleep_for(100ms);
    holder.reset();
  });
  CHECK_NOTHROW(open_with(scratch, Access::write, {.lock_timeout = 10s})->begin()->commit());
  other.join();
}

TEST_CASE("a stop ends the wait for a lock") {
  const ScratchSqlite scratch("CREATE TABLE t (a)");
  const Holder holder(scratch);
  Stop stop;
  std::thread signal([&] {
    std::this_thread::sleep_for(100ms);
    stop.request(SIGINT);
  });
  const auto begin = Clock::now();
  const Error error =
      failure([&] { open_with(scratch, Access::read, {.lock_timeout = 30s, .stop = &stop}); });
  signal.join();
  CHECK(error.kind() == ErrorKind::interrupted);
  CHECK(Clock::now() - begin < 2s);
}

TEST_CASE("a stop ends a long query") {
  ScratchSqlite scratch(R"(
    CREATE TABLE big (a);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000)
    INSERT INTO big SELECT i FROM n;
    CREATE VIEW product AS SELECT 1 FROM big AS x, big AS y WHERE x.a + y.a < 0)");
  Stop stop;
  const auto database = open_with(scratch, Access::read, {.stop = &stop});
  const auto snapshot = database->snapshot();
  Table product;
  product.name = {"main", "product"};
  std::thread signal([&] {
    std::this_thread::sleep_for(100ms);
    stop.request(SIGTERM);
  });
  const auto begin = Clock::now();
  const Error error = failure([&] { snapshot->count(product); });
  signal.join();
  CHECK(error.kind() == ErrorKind::interrupted);
  CHECK(Clock::now() - begin < 5s);
}

TEST_CASE("two writers take turns") {
  const ScratchSqlite scratch("CREATE TABLE t (a)");
  const auto first = open_with(scratch, Access::write, {});
  const auto second = open_with(scratch, Access::write, {});
  auto transaction = first->begin();
  CHECK(failure([&] { second->begin(); }).kind() == ErrorKind::refused);
  transaction.reset();
  CHECK_NOTHROW(second->begin());
}

TEST_CASE("a database opened for reading isn't written to") {
  const ScratchSqlite scratch("CREATE TABLE t (a)");
  const Schema schema = open(scratch.url())->snapshot()->schema();
  const Error error = failure([&] {
    const auto database = open(scratch.url());
    const auto transaction = database->begin();
    write_all(*transaction, table_in(schema, "t"), {"a"}, {{1}});
    transaction->commit();
  });
  CHECK_FALSE(error.message().empty());
  CHECK(open(scratch.url())->snapshot()->count(table_in(schema, "t")) == 0);
}

TEST_CASE("children may come before their parents") {
  ScratchSqlite scratch(R"(
    CREATE TABLE p (id INTEGER PRIMARY KEY);
    CREATE TABLE c (id INTEGER PRIMARY KEY, p_id NOT NULL REFERENCES p))");
  const Schema schema = open(scratch.url())->snapshot()->schema();
  {
    const auto database = open(scratch.url(), Access::write);
    const auto transaction = database->begin();
    write_all(*transaction, table_in(schema, "c"), {"id", "p_id"}, {{1, 7}});
    write_all(*transaction, table_in(schema, "p"), {"id"}, {{7}});
    transaction->commit();
  }
  CHECK(scratch.query("SELECT count(*) FROM c JOIN p ON p.id = p_id") == "1");
}

TEST_CASE("an orphan is named with its table, column and value") {
  const ScratchSqlite scratch(R"(
    CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT UNIQUE);
    CREATE TABLE c (id INTEGER PRIMARY KEY, p_id REFERENCES p, code REFERENCES p (code)))");
  const Error error = failure([&] { add(scratch, "c", {"id", "code"}, {{1, "X'1"}}); });
  CHECK(error.kind() == ErrorKind::conflict);
  CHECK(error.table() == "c");
  CHECK(error.column() == "code");
  CHECK_THAT(error.message(), contains("refers by code 'X''1' to a row that 'p' doesn't have"));
}

TEST_CASE("an old orphan is no hindrance, a new one is, even if it takes the old one's place") {
  // SQLite itself only counts: a parent for an old orphan makes up for a new one.
  ScratchSqlite scratch(R"(
    CREATE TABLE p (id INTEGER PRIMARY KEY);
    CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p);
    INSERT INTO c VALUES (1, 100))");
  const Schema schema = open(scratch.url())->snapshot()->schema();
  add(scratch, "p", {"id"}, {{1}});
  CHECK_NOTHROW(add(scratch, "c", {"id", "p_id"}, {{2, 1}}));
  const Error error = failure([&] {
    const auto database = open(scratch.url(), Access::write);
    const auto transaction = database->begin();
    write_all(*transaction, table_in(schema, "c"), {"id", "p_id"}, {{3, 300}});
    write_all(*transaction, table_in(schema, "p"), {"id"}, {{100}});
    transaction->commit();
  });
  CHECK(error.kind() == ErrorKind::conflict);
  CHECK(scratch.query("SELECT count(*) FROM c") == "2");
}

TEST_CASE("a table with a foreign key that can't be enforced is not written to") {
  const ScratchSqlite scratch(R"(
    CREATE TABLE p (id INTEGER PRIMARY KEY, code);
    CREATE TABLE c (id INTEGER PRIMARY KEY, code REFERENCES p (code)))");
  const Error error = failure([&] { add(scratch, "c", {"id"}, {{1}}); });
  CHECK(error.kind() == ErrorKind::conflict);
  CHECK_THAT(error.message(), contains("p(code) has no unique key"));
}

TEST_CASE("a table's own ON CONFLICT doesn't replace or drop rows") {
  ScratchSqlite scratch(R"(
    CREATE TABLE r (id INTEGER PRIMARY KEY ON CONFLICT REPLACE, a);
    CREATE TABLE i (id INTEGER PRIMARY KEY, a NOT NULL ON CONFLICT IGNORE);
    INSERT INTO r VALUES (1, 'old'))");
  CHECK(failure([&] {
          add(scratch, "r", {"id", "a"}, {{1, "new"}});
        }).kind() == ErrorKind::conflict);
  CHECK(failure([&] {
          add(scratch, "i", {"id", "a"}, {{1, nullptr}});
        }).kind() == ErrorKind::conflict);
  CHECK(scratch.query("SELECT a FROM r") == "old");
}

TEST_CASE("a trigger's own OR IGNORE holds") {
  ScratchSqlite scratch(R"(
    CREATE TABLE t (a);
    CREATE TABLE seen (a PRIMARY KEY);
    CREATE TRIGGER note AFTER INSERT ON t BEGIN INSERT OR IGNORE INTO seen VALUES (new.a); END)");
  CHECK_NOTHROW(add(scratch, "t", {"a"}, {{1}, {1}}));
  CHECK(scratch.query("SELECT count(*) FROM seen") == "1");
}

TEST_CASE("NaN, which SQLite would turn into NULL, is refused") {
  const ScratchSqlite scratch("CREATE TABLE t (a REAL)");
  const Error error =
      failure([&] { add(scratch, "t", {"a"}, {{std::numeric_limits<double>::quiet_NaN()}}); });
  CHECK(error.kind() == ErrorKind::conflict);
  CHECK(error.table() == "t");
  CHECK(error.column() == "a");
}

TEST_CASE("a negative zero is refused where SQLite would turn it into 0.0") {
  ScratchSqlite scratch("CREATE TABLE t (a REAL, b, c BLOB, d NUMERIC)");
  CHECK_NOTHROW(add(scratch, "t", {"b", "c"}, {{-0.0, -0.0}}));
  CHECK_NOTHROW(add(scratch, "t", {"a", "d"}, {{0.0, 0.0}}));
  const auto database = open(scratch.url());
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  for (const char* column : {"b", "c"}) {
    const std::vector<MemoryRow> rows = read_all(*snapshot, table_in(schema, "t"), {column});
    REQUIRE(rows.size() == 2);  // the other one is NULL, and sorts first
    CHECK(rows[1][0].real == 0);
    CHECK(std::signbit(rows[1][0].real));
  }
  for (const char* column : {"a", "d"}) {
    const Error error = failure([&] { add(scratch, "t", {column}, {{-0.0}}); });
    CHECK(error.kind() == ErrorKind::conflict);
    CHECK(error.column() == column);
  }
}

TEST_CASE("values keep their storage class, whatever the column declares") {
  ScratchSqlite scratch(R"(
    CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c BLOB, d);
    INSERT INTO t VALUES (1, 'text', x'00ff', 'text', 1.5), (2, x'01', NULL, 7, 'a' || char(0) || 'b'))");
  const auto database = open(scratch.url());
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  const std::vector<std::string> columns = {"id", "a", "b", "c", "d"};
  const std::vector<MemoryRow> rows = read_all(*snapshot, table_in(schema, "t"), columns);
  const std::string with_nul("a\0b", 3);
  CHECK(rows == std::vector<MemoryRow>{
                    {1, "text", {std::string("\0\xff", 2), CellKind::bytes}, "text", 1.5},
                    {2, {std::string("\x01"), CellKind::bytes}, nullptr, 7, with_nul}});

  ScratchSqlite target("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c BLOB, d)");
  add(target, "t", columns, rows);
  const auto copy = open(target.url());
  CHECK(read_all(*copy->snapshot(), table_in(schema, "t"), columns) == rows);
}

TEST_CASE("orphans are found as SQLite compares, by the parent's affinity and collation") {
  const ScratchSqlite scratch(R"(
    CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT COLLATE nocase UNIQUE, code TEXT UNIQUE);
    INSERT INTO p VALUES (1, 'Ann', '01');
    CREATE TABLE c (a TEXT REFERENCES p, b TEXT REFERENCES p (name), d INTEGER REFERENCES p (code));
    INSERT INTO c VALUES ('1', 'ANN', NULL), ('2', 'bob', 1), (NULL, NULL, NULL))");
  const auto database = open(scratch.url());
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  const Table& child = table_in(schema, "c");
  REQUIRE(child.foreign_keys.size() == 3);
  CHECK(snapshot->orphans(child, child.foreign_keys[0]).samples == std::vector<std::string>{"2"});
  CHECK(snapshot->orphans(child, child.foreign_keys[1]).samples == std::vector<std::string>{"bob"});
  CHECK(snapshot->orphans(child, child.foreign_keys[2]).samples == std::vector<std::string>{"1"});
}

TEST_CASE("what the engine doesn't have is refused in words") {
  const ScratchSqlite scratch("CREATE TABLE t (a)");
  const auto database = open(scratch.url(), Access::write);
  CHECK_FALSE(database->capabilities().sequences);
  CHECK_FALSE(database->capabilities().parallel_readers);
  CHECK(failure([&] { database->snapshot()->another_reader(); }).kind() == ErrorKind::failed);
  CHECK(failure([&] { database->begin()->advance({}, 1); }).kind() == ErrorKind::failed);
}

}  // namespace dbkeeper::testing
