// A backup opened without dbkeeper, by the commands that the manual shows.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/json.h"
#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;
namespace fs = std::filesystem;

namespace {

// The manual's blocks of shell, in order.
std::vector<std::string> shell_blocks() {
  std::ifstream page(DBKEEPER_DOCS "/backup-format.md");
  std::vector<std::string> out;
  bool within = false;
  for (std::string line; std::getline(page, line);) {
    if (!within && line != "```sh") continue;
    if (!within) out.emplace_back();
    if (within && line != "```") out.back() += line + '\n';
    within = line != "```";
  }
  return out;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

// Runs a block in a folder that has the backup under the name that the manual uses.
std::string run_block(std::string block, const std::string& backup, const std::string& database) {
  const ScratchFolder folder;
  fs::copy_file(backup, folder / "shop_manual_20260102T030405Z.dbk");
  block = replaced(std::move(block), "-d shop", "-X -d " + database);
  block = replaced(std::move(block), "createdb shop", "createdb " + database);
  const std::string server = postgres_url("postgres");
  const std::size_t port = server.rfind(':') + 1;
  const Run done = run({"-ec", "set -o pipefail\n" + block},
                       {.env = {{"PATH", postgres_programs().string() + ":/usr/bin:/bin"},
                                {"PGHOST", "127.0.0.1"},
                                {"PGPORT", server.substr(port, server.find('/', port) - port)},
                                {"PGUSER", "postgres"}},
                        .cwd = folder.path(),
                        .binary = "/bin/bash"});
  INFO(done.out << done.err);
  REQUIRE(done.exit == 0);
  return done.out;
}

std::string backup_of(const std::string& url, const ScratchFolder& folder) {
  const Run done = run({"backup", "--json", "--db", url, "--dir", folder.path().string()});
  INFO(done.err);
  REQUIRE(done.exit == 0);
  return report_of(done)["result"]["file"];
}

}  // namespace

TEST_CASE("a PostgreSQL backup opens by the manual's commands alone") {
  ScratchPostgres scratch(fixture("every_kind.postgres.sql"));
  const ScratchFolder folder;
  const std::string name = scratch.name() + "_by_hand";
  run_block(shell_blocks().at(0), backup_of(scratch.url(), folder), name);
  const auto dumped = [](const std::string& url) {
    std::istringstream lines(run({"-d", url}, {.binary = postgres_programs() / "pg_dump"}).out);
    std::string out;
    for (std::string line; std::getline(lines, line);)
      if (line.find("restrict ") == line.npos) out += line + '\n';
    return out;
  };
  CHECK(dumped(postgres_url(name)) == dumped(scratch.url()));
  scratch.exec("DROP DATABASE " + name);
}

// Under `set -e`, as every block is run here, what fails must not hide what follows.
TEST_CASE("a PostgreSQL backup opens by hand whatever the database's encoding") {
  struct Case {
    const char *encoding, *text;
  };
  for (const Case& each : {Case{"LATIN1", "caf\u00e9"}, Case{"EUC_JIS_2004", "\u65e5\u672c\u8a9e"},
                           Case{"SQL_ASCII", "caf\u00e9"}}) {
    INFO(each.encoding);
    ScratchPostgres server("SELECT 1");
    const std::string name = server.name() + "_encoded", other = name + "_by_hand";
    const std::string encoding = std::string(
                                     " TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' "
                                     "ENCODING '") +
                                 each.encoding + "'";
    for (const std::string& made : {name, other}) server.exec("CREATE DATABASE " + made + encoding);
    const auto psql = [&](const std::string& database, const std::string& sql) {
      const Run done =
          run({"-XAtqd", postgres_url(database), "-c", sql},
              {.env = {{"PGCLIENTENCODING",
                        std::string(each.encoding) == "SQL_ASCII" ? "SQL_ASCII" : "UTF8"}},
               .binary = postgres_programs() / "psql"});
      INFO(done.err);
      REQUIRE(done.exit == 0);
      return done.out;
    };
    const std::string text = each.text;
    psql(name,
         "CREATE TABLE t(id int PRIMARY KEY, n text, x bit(3) DEFAULT '101');"
         "INSERT INTO t VALUES (1, '" +
             text + "'); COMMENT ON TABLE t IS '" + text +
             "';"
             "CREATE TABLE u AS SELECT n FROM t; CREATE SEQUENCE \"" +
             text + "\" START 7");
    const ScratchFolder folder;
    const std::string backup = backup_of(postgres_url(name), folder);
    run_block(replaced(shell_blocks().at(0), "createdb shop && ", ""), backup, other);
    const std::string all =
        "SELECT t.n, u.n, obj_description('t'::regclass), nextval('\"" + text +
        "\"'),"
        " (SELECT count(*) FROM pg_constraint WHERE conname = 't_pkey') FROM t, u";
    CHECK(psql(other, all) == text + "|" + text + "|" + text + "|7|1\n");
    for (const std::string& made : {name, other}) server.exec("DROP DATABASE " + made);
  }
}

TEST_CASE("rows that belong into other partitions elsewhere are put back by hand too") {
  std::string sql =
      "CREATE TYPE mood AS ENUM ('a', 'b', 'c', 'd'); CREATE TABLE p(m mood, n int)"
      " PARTITION BY HASH(m);";
  for (const char* n : {"0", "1", "2"})
    sql += "CREATE TABLE p" + std::string(n) +
           " PARTITION OF p FOR VALUES WITH (MODULUS 3, REMAINDER " + n + ");";
  ScratchPostgres scratch(sql +
                          "INSERT INTO p SELECT (enum_range(null::mood))[1 + i % 4], i"
                          " FROM generate_series(1, 20) i;"
                          "CREATE TABLE \"two\nlines\"(a int)");
  const ScratchFolder folder;
  const std::string name = scratch.name() + "_by_hand";
  run_block(shell_blocks().at(0), backup_of(scratch.url(), folder), name);
  const Run rows = run({"-XAtqd", postgres_url(name), "-c", "SELECT count(*), sum(n) FROM p"},
                       {.binary = postgres_programs() / "psql"});
  CHECK(rows.out == "20|210\n");
  scratch.exec("DROP DATABASE " + name);
}

TEST_CASE("an SQLite backup opens by the manual's commands alone") {
  ScratchSqlite scratch(fixture("gym.sqlite.sql"));
  const ScratchFolder folder;
  const auto blocks = shell_blocks();
  const std::string first = blocks.at(0).substr(0, blocks.at(0).find('\n') + 1);
  const std::string out = run_block(first + blocks.at(1) + "sqlite3 shop.sqlite .dump\n",
                                    backup_of(scratch.url(), folder), "nothing");
  CHECK(out.starts_with("ok\n"));
  CHECK(out.find("ann@example.com") != out.npos);
}
