// A backup of PostgreSQL into an archive and back: pg_dump says the same of both.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "dbkeeper/core/backup.h"
#include "engines/postgres/dumped.h"
#include "support/catch.h"
#include "support/fixtures.h"
#include "support/open.h"
#include "support/run.h"
#include "support/scratch.h"

namespace dbkeeper::testing {
namespace {

struct Archived {
  ScratchFolder folder;
  std::filesystem::path file = folder / "test.dbk";
  SilentReporter reporter;
  Stop stop;

  void write(const std::string& url, const BackupOptions& options = {.allow_empty = true}) {
    std::string bytes;
    const auto source = open(url)->begin_backup(options);
    write_backup(
        *source, "manual", [&](std::string_view part) { bytes += part; }, 2, reporter, stop);
    folder.write("test.dbk", bytes);
    verify_backup(BackupArchive(file), 2, reporter, stop);
  }

  RestoreReport restore(const std::string& url, RestoreOptions options = {.jobs = 2}) {
    const BackupArchive archive(file);
    const auto target =
        begin_restore(url, archive.description(), options,
                      {.access = Access::write, .reporter = &reporter, .stop = &stop});
    target->check(archive.files());
    return restore_backup(archive, *target, options.jobs, reporter, stop);
  }
};

// A name that no database has yet, and none has afterwards.
class FreeName {
 public:
  FreeName() {
    ScratchPostgres scratch;
    name_ = scratch.name() + "_back";
  }
  ~FreeName() {
    ScratchPostgres scratch;
    for (const std::string& name : {name_}) scratch.exec("DROP DATABASE IF EXISTS " + name);
  }
  std::string url() const { return postgres_url(name_); }

 private:
  std::string name_;
};

// A role that owns a database and may create others, while this is there.
class Owner {
 public:
  explicit Owner(ScratchPostgres& database)
      : database_(database), name_(database.name() + "_owner") {
    database_.exec("CREATE ROLE " + name_ + " LOGIN CREATEDB");
    give_to(name_);
  }
  // What was put aside meanwhile is the role's too.
  ~Owner() {
    give_to("postgres");
    database_.exec("DROP OWNED BY " + name_ + " CASCADE");
    database_.exec("DROP ROLE " + name_);
  }
  std::string url() const {
    std::string url = database_.url();
    return url.replace(url.find("postgres@"), 8, name_);
  }

 private:
  void give_to(const std::string& role) {
    database_.exec(
        "DO $$ DECLARE d name; BEGIN FOR d IN SELECT datname FROM pg_database WHERE datname = '" +
        database_.name() + "' OR datname LIKE '" + database_.name() +
        "_before_%' LOOP EXECUTE format('ALTER DATABASE %I OWNER TO " + role +
        "', d); END LOOP; END $$");
  }

  ScratchPostgres& database_;
  std::string name_;
};

// What a database is once psql has loaded what pg_dump wrote: not always the same text. The server
// writes `status IN ('a', 'b')` in another form each of the first two times.
std::string loaded_by_psql(const std::string& url) {
  const Run dump = run({"-d", url}, {.binary = postgres_programs() / "pg_dump"});
  REQUIRE(dump.exit == 0);
  ScratchPostgres other;
  const Run load = run({"-qX", "-v", "ON_ERROR_STOP=1", "-d", other.url()},
                       {.input = dump.out, .binary = postgres_programs() / "psql"});
  INFO(load.err);
  REQUIRE(load.exit == 0);
  return dumped(other.url());
}

void check_round_trip(const std::string& sql,
                      const BackupOptions& options = {.allow_empty = true}) {
  ScratchPostgres scratch(sql);
  Archived archive;
  archive.write(scratch.url(), options);
  const FreeName back;
  const RestoreReport report = archive.restore(back.url());
  CHECK(report.left_out.empty());
  CHECK(report.put_aside.empty());
  const bool same = dumped(back.url()) == dumped(scratch.url()) ||
                    dumped(back.url()) == loaded_by_psql(scratch.url());
  CHECK(same);
}

void check_round_trips(const BackupOptions& options) {
  for (const std::string& name : fixtures_for("postgres")) {
    // A table that its extension doesn't make: no dump brings that back.
    if (name == "extension_tables.postgres.sql") continue;
    INFO(name);
    check_round_trip(fixture(name), options);
  }
}

TEST_CASE("every fixture comes back from a backup as pg_dump tells it") {
  check_round_trips({.allow_empty = true});
}

TEST_CASE("every fixture comes back from a portable backup as pg_dump tells it") {
  check_round_trips({.portable = true, .allow_empty = true});
}

TEST_CASE("a restore over a database puts it aside whole, and the next one drops it") {
  ScratchPostgres scratch("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2)");
  Archived archive;
  archive.write(scratch.url());
  scratch.exec("INSERT INTO t VALUES (3); CREATE TABLE later (id int)");
  const RestoreReport first = archive.restore(scratch.url());
  REQUIRE(first.put_aside.starts_with(scratch.name() + "_before_"));
  CHECK(scratch.query("SELECT count(*) FROM t") == "2");
  CHECK(scratch.query("SELECT to_regclass('later')").empty());
  const RestoreReport second = archive.restore(scratch.url());
  CHECK(second.dropped == std::vector{first.put_aside});
  CHECK(second.put_aside != first.put_aside);
  const RestoreReport third = archive.restore(scratch.url(), {.keep_old = 0});
  CHECK(third.put_aside.empty());
  CHECK(scratch.query("SELECT count(*) FROM pg_database WHERE datname LIKE '" + scratch.name() +
                      "%'") == "1");
}

TEST_CASE("a backup is of the session's database, whatever a service of the caller's names") {
  ScratchPostgres scratch("CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2)");
  const ScratchFolder folder;
  const auto write_services = [&](const std::string& database) {
    return folder.write("services", "[shop]\ndbname=" + database + "\n");
  };
  ::setenv("PGSERVICEFILE", write_services("template1").c_str(), 1);
  ::setenv("PGSERVICE", "shop", 1);
  Archived archive;
  CHECK_NOTHROW(archive.write(scratch.url()));
  write_services(scratch.name());
  std::string url = scratch.url();
  url.erase(url.rfind('/'));
  CHECK_NOTHROW(archive.write(url));
  ::unsetenv("PGSERVICE");
  ::unsetenv("PGSERVICEFILE");
  archive.restore(scratch.url(), {.keep_old = 0});
  CHECK(scratch.query("SELECT count(*) FROM t") == "2");
}

TEST_CASE("large objects come back byte for byte") {
  ScratchPostgres scratch(fixture("every_kind.postgres.sql"));
  Archived archive;
  archive.write(scratch.url());
  archive.restore(scratch.url());
  CHECK(scratch.query("SELECT md5(lo_get(4713)), lo_get(4711), length(lo_get(4712))") ==
        scratch.query("SELECT md5(decode(repeat('ab', 1500000), 'hex')), '\\x00010203', 0"));
}

TEST_CASE("a database's owner, grants, settings and comment come with it") {
  ScratchPostgres scratch("CREATE TABLE t (id int)");
  const std::string name = scratch.name();
  scratch.exec("CREATE ROLE " + name + "_r");
  scratch.exec("ALTER DATABASE " + name + " OWNER TO " + name + "_r; COMMENT ON DATABASE " + name +
               " IS 'it''s'; REVOKE ALL ON DATABASE " + name +
               " FROM PUBLIC; GRANT CONNECT ON "
               "DATABASE " +
               name + " TO " + name + "_r WITH GRANT OPTION; ALTER DATABASE " + name +
               " SET search_path = app, \"$user\", public; ALTER ROLE " + name + "_r IN DATABASE " +
               name + " SET work_mem = '7MB'; ALTER DATABASE " + name + " CONNECTION LIMIT 17");
  const std::string facts =
      "SELECT datdba::regrole, datacl, datconnlimit, shobj_description(oid, 'pg_database'), "
      "(SELECT "
      "array_agg(setrole::regrole::text || setconfig::text ORDER BY setrole) FROM "
      "pg_db_role_setting "
      "WHERE setdatabase = d.oid) FROM pg_database d WHERE datname = current_database()";
  const std::string before = scratch.query(facts);
  Archived archive;
  archive.write(scratch.url());
  const auto id = open(scratch.url())->info().source_id;
  SECTION("over itself") { CHECK(archive.restore(scratch.url()).left_out.empty()); }
  SECTION("once it was gone") {
    ScratchPostgres other;
    other.exec("DROP DATABASE " + name);
    CHECK(archive.restore(scratch.url()).left_out.empty());
  }
  CHECK(open(scratch.url())->info().source_id == id);
  scratch.exec("ALTER DATABASE " + name + " RESET dbkeeper.source_id");
  CHECK(scratch.query(facts) == before);
  ScratchPostgres other;
  other.exec("DROP DATABASE " + name + " WITH (FORCE)");
  for (const auto& aside :
       {other.query("SELECT datname FROM pg_database WHERE datname LIKE '" + name + "_before%'")})
    if (!aside.empty()) other.exec("DROP DATABASE \"" + aside + "\"");
  other.exec("DROP ROLE " + name + "_r");
}

TEST_CASE("what belongs to a role that isn't there is left out, told, and nothing else") {
  ScratchPostgres scratch("CREATE TABLE t (id int); CREATE TABLE u (id int)");
  const std::string role = scratch.name() + "_gone";
  scratch.exec("CREATE ROLE " + role + "; ALTER TABLE t OWNER TO " + role +
               "; GRANT SELECT ON u TO " + role);
  Archived archive;
  archive.write(scratch.url());
  scratch.exec("DROP OWNED BY " + role);
  scratch.exec("DROP ROLE " + role);
  const FreeName back;
  const auto left_out = archive.restore(back.url()).left_out;
  REQUIRE(left_out.size() == 2);
  for (const std::string& what : left_out) CHECK(what.find("no role " + role) != what.npos);
  ScratchPostgres there;
  CHECK(open(back.url())->snapshot()->schema().tables.size() == 2);
}

TEST_CASE("a target that is given up leaves the database as it was, and no other") {
  ScratchPostgres scratch("CREATE TABLE t (id int); INSERT INTO t VALUES (1)");
  Archived archive;
  archive.write(scratch.url());
  const BackupArchive file(archive.file);
  {
    const auto target = begin_restore(
        scratch.url(), file.description(), {},
        {.access = Access::write, .reporter = &archive.reporter, .stop = &archive.stop});
    target->check(file.files());
    target->begin(file.files());
    CHECK(scratch.query("SELECT count(*) FROM pg_database WHERE datname LIKE '" + scratch.name() +
                        "_restoring_%'") == "1");
  }
  CHECK(scratch.query("SELECT count(*) FROM pg_database WHERE datname LIKE '" + scratch.name() +
                      "%'") == "1");
  CHECK(scratch.query("SELECT count(*) FROM t") == "1");
}

TEST_CASE("others' sessions are ended by a restore, or refused and named") {
  ScratchPostgres scratch("CREATE TABLE t (id int)");
  Archived archive;
  archive.write(scratch.url());
  const auto other = open(scratch.url() + "?application_name=reader");
  const auto reading = other->snapshot();
  const auto refused = [&](const std::string& url) {
    try {
      archive.restore(url, {.end_sessions = false});
      FAIL("it went on");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::refused);
      CHECK(error.message().find("pid ") != std::string::npos);
      CHECK(error.message().find(", reader") != std::string::npos);
    }
  };
  refused(scratch.url());
  {
    // To whom the server doesn't tell what others' sessions are.
    const Owner owner(scratch);
    refused(owner.url());
  }
  CHECK_FALSE(archive.restore(scratch.url()).put_aside.empty());
}

TEST_CASE("sessions that may not be ended refuse a restore, and everything stays") {
  ScratchPostgres scratch("CREATE TABLE t (id int); INSERT INTO t VALUES (1)");
  Archived archive;
  archive.write(scratch.url());
  const auto other = open(scratch.url() + "?application_name=reader");
  const auto reading = other->snapshot();
  const Owner owner(scratch);
  try {
    archive.restore(owner.url());
    FAIL("it went on");
  } catch (const Error& error) {
    INFO(error.message());
    CHECK(error.kind() == ErrorKind::refused);
    CHECK(error.message().find(", reader") != std::string::npos);
  }
  CHECK(scratch.query("SELECT count(*) FROM t") == "1");
}

TEST_CASE("databases whose long names begin alike keep what was put aside of each") {
  ScratchPostgres scratch("CREATE TABLE t (id int)");
  Archived archive;
  archive.write(scratch.url());
  const std::string common = scratch.name() + std::string(44 - scratch.name().size(), 'x');
  const std::string east = common + "_east", west = common + "_west";
  for (const std::string& name : {east, west})
    CHECK(archive.restore(postgres_url(name)).put_aside.empty());
  const std::string aside = archive.restore(postgres_url(east)).put_aside;
  const RestoreReport report = archive.restore(postgres_url(west));
  CHECK(report.dropped.empty());
  CHECK(scratch.query("SELECT count(*) FROM pg_database WHERE datname IN ('" + aside + "', '" +
                      report.put_aside + "')") == "2");
  for (const std::string& name : {east, west, aside, report.put_aside})
    scratch.exec("DROP DATABASE IF EXISTS \"" + name + "\" WITH (FORCE)");
}

TEST_CASE("what a killed restore left goes with the next, though a session is on it") {
  ScratchPostgres scratch("CREATE TABLE t (id int)");
  Archived archive;
  archive.write(scratch.url());
  const std::string left = scratch.name() + "_restoring_20260102T030405Z";
  scratch.exec("CREATE DATABASE \"" + left + "\"");
  const auto other = open(postgres_url(left));
  archive.restore(scratch.url());
  CHECK(scratch.query("SELECT count(*) FROM pg_database WHERE datname = '" + left + "'") == "0");
}

TEST_CASE("what another role's killed restore left stands in nobody's way") {
  ScratchPostgres scratch("CREATE TABLE t (id int)");
  Archived archive;
  archive.write(scratch.url());
  const std::string left = scratch.name() + "_restoring_20260102T030405Z";
  scratch.exec("CREATE DATABASE \"" + left + "\"");
  {
    const Owner owner(scratch);
    CHECK_FALSE(archive.restore(owner.url()).put_aside.empty());
  }
  CHECK(scratch.query("SELECT count(*) FROM pg_database WHERE datname = '" + left + "'") == "1");
  scratch.exec("DROP DATABASE \"" + left + "\"");
}

TEST_CASE("policies and user mappings of roles that aren't there are left out, and told") {
  ScratchPostgres scratch("CREATE TABLE t (id int)");
  const std::string role = scratch.name() + "_gone";
  scratch.exec(
      "CREATE ROLE " + role + "; CREATE POLICY his ON t TO " + role +
      "; COMMENT ON POLICY his ON t IS 'his'; CREATE POLICY theirs ON t AS RESTRICTIVE TO " + role +
      ", postgres USING (id > 0); CREATE FOREIGN DATA WRAPPER nobody; CREATE SERVER there "
      "FOREIGN DATA WRAPPER nobody; CREATE USER MAPPING FOR " +
      role + " SERVER there; CREATE USER MAPPING FOR PUBLIC SERVER there");
  Archived archive;
  archive.write(scratch.url());
  scratch.exec("DROP OWNED BY " + role);
  scratch.exec("DROP USER MAPPING IF EXISTS FOR " + role + " SERVER there");
  scratch.exec("DROP ROLE " + role);
  const auto left_out = archive.restore(scratch.url()).left_out;
  CHECK(left_out.size() == 3);
  for (const std::string& what : left_out) CHECK(what.find("no role " + role) != what.npos);
  CHECK(scratch.query("SELECT policyname, roles FROM pg_policies") == "theirs|{postgres}");
  CHECK(scratch.query("SELECT usename FROM pg_user_mappings") == "public");
}

// The test's server is on this machine, and its superuser may know where its data lie.
TEST_CASE("a restore beside the old database that its disk has no room for is refused beforehand") {
  ScratchPostgres scratch("CREATE TABLE t (id int)");
  Archived archive;
  archive.write(scratch.url());
  const BackupArchive file(archive.file);
  BackupDescription large = file.description();
  large.data_bytes = std::uint64_t{1} << 55;
  const auto target = begin_restore(
      scratch.url(), large, {},
      {.access = Access::write, .reporter = &archive.reporter, .stop = &archive.stop});
  try {
    target->check(file.files());
    FAIL("it went on");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::failed);
    CHECK(error.message().find("the server's disk has ") == 0);
  }
}

}  // namespace
}  // namespace dbkeeper::testing
