// The scripts of a backup on their way into a PostgreSQL server: those of a newer pg_dump, those
// that nobody's pg_dump wrote.
#include <fstream>

#include "cli/import_databases.h"
#include "dbkeeper/base/digest.h"
#include "dbkeeper/formats/backup.h"
#include "support/backups.h"
#include "support/catch.h"
#include "support/run.h"
#include "support/scratch.h"

using namespace dbkeeper::testing;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

// A database with a backup of it, made by a pg_dump whose output may pass a filter of the shell.
struct Shop {
  explicit Shop(const std::string& sql) : database(sql) {}

  Run back_up(const std::string& filter = "cat") {
    const fs::path programs = folder / "bin";
    fs::create_directories(programs);
    const std::string real = (postgres_programs() / "pg_dump").string();
    std::ofstream(programs / "pg_dump") << "#!/bin/bash\nset -o pipefail\n"
                                        << real << " \"$@\" | " << filter << "\n";
    fs::permissions(programs / "pg_dump", fs::perms::owner_all);
    Run done = run({"backup", "--json", "--db", database.url(), "--dir", dir()},
                   {.env = {{"PATH", programs.string() + ":/usr/bin:/bin"}}});
    if (done.exit == 0) file = report_of(done)["result"]["file"];
    return done;
  }
  Run restored(Words words = {}) const {
    words.insert(words.begin(),
                 {"restore", file, "--yes", "--json", "--db", database.url(), "--dir", dir()});
    return run(std::move(words));
  }
  Run drilled() const {
    return run({"verify", file, "--drill", "--json", "--db", database.url(), "--dir", dir()});
  }
  std::string dir() const { return (folder / "backups").string(); }
  std::string script(const std::string& name) const {
    for (const auto& each : dbkeeper::BackupArchive(file).files())
      if (each.name == name) return each.bytes;
    return {};
  }

  // Puts a text of the same length into a file of the archive, and vouches for it.
  void forge(const std::string& name, const std::string& from, const std::string& to) const {
    REQUIRE(from.size() == to.size());
    std::string archive = content_of(file);
    const dbkeeper::BackupArchive opened(file);
    for (const auto& member : opened.members()) {
      if (member.name != name) continue;
      const std::size_t at = archive.find(from, member.offset);
      REQUIRE(at < member.offset + member.size);
      archive.replace(at, to.size(), to);
      std::string manifest = manifest_in(archive);
      const std::string sum =
          dbkeeper::sha256_hex(std::string_view(archive).substr(member.offset, member.size));
      manifest.replace(manifest.find(member.sha256), sum.size(), sum);
      std::ofstream(file, std::ios::binary) << with_manifest(archive, manifest);
      return;
    }
    FAIL("the archive has no " << name);
  }

  ScratchFolder folder;
  ScratchPostgres database;
  std::string file;
};

// Nothing is left aside, which would keep roles in use.
const Words kHow[] = {{"--keep-old", "0"}, {"--in-place"}};

// As pg_dump writes a setting that only its own version knows.
const std::string kNewSetting =
    "sed 's/^SET idle_in_transaction_session_timeout = 0;$/&\\nSET newest_timeout = 0;/'";

}  // namespace

TEST_CASE("a setting that only a newer pg_dump knows hinders no restore") {
  Shop shop("CREATE TABLE t(id serial PRIMARY KEY, v text); INSERT INTO t(v) VALUES ('a'), ('b')");
  const Run done = shop.back_up(kNewSetting);
  INFO(done.err << done.out);
  REQUIRE(done.exit == 0);
  for (const char* name : {"schema/pre-data.sql", "schema/post-data.sql"}) {
    const std::string script = shop.script(name);
    CHECK(script.find("has no such setting: SET newest_timeout = 0;\n") != std::string::npos);
    CHECK(script.find("\nSET newest") == std::string::npos);
  }
  CHECK(shop.drilled().exit == 0);
  for (const Words& how : kHow) {
    const Run back = shop.restored(how);
    INFO(back.err << back.out);
    CHECK(back.exit == 0);
    CHECK(shop.database.query("SELECT string_agg(v, '' ORDER BY id) FROM t") == "ab");
  }
}

TEST_CASE("an archive whose script sets what the server doesn't know is restored all the same") {
  Shop shop("CREATE TABLE t AS SELECT 1 AS a");
  REQUIRE(shop.back_up().exit == 0);
  for (const char* name : {"schema/pre-data.sql", "schema/post-data.sql"})
    shop.forge(name, "SET row_security = off;", "SET rov_securite = off;");
  CHECK(shop.drilled().exit == 0);
  for (const Words& how : kHow) CHECK(shop.restored(how).exit == 0);
}

TEST_CASE("a backup fails whose schema the server that it is of would not take") {
  Shop shop("CREATE TABLE t AS SELECT 1 AS a");
  const std::string newer =
      "sed -e 's/^-- Dumped by pg_dump version .*/-- Dumped by pg_dump version 99.1/' "
      "-e 's/^ALTER TABLE .* OWNER TO .*$/&\\nALTER TABLE t GROW 2;/'";
  const Run done = shop.back_up(newer);
  INFO(done.err << done.out);
  CHECK(done.exit == 1);
  CHECK(report_of(done)["error"]["message"].get<std::string>().find("syntax error") !=
        std::string::npos);
  CHECK(report_of(done)["error"]["hint"].get<std::string>().find("postgresql-client-") !=
        std::string::npos);
}

TEST_CASE("a backup of a newer server says so before anything else") {
  Shop shop("CREATE TABLE t AS SELECT 1 AS a");
  REQUIRE(shop.back_up().exit == 0);
  const std::string archive = content_of(shop.file);
  std::string manifest = manifest_in(archive);
  manifest.replace(manifest.find_first_of("0123456789", manifest.find("server_version")), 2, "99");
  std::ofstream(shop.file, std::ios::binary) << with_manifest(archive, manifest);
  for (const Words& how : kHow) {
    const Run back = shop.restored(how);
    INFO(back.err << back.out);
    CHECK(back.exit == 0);
    CHECK(report_of(back)["warnings"].dump().find("made on PostgreSQL 99, and this server is ") !=
          std::string::npos);
  }
  shop.forge("schema/pre-data.sql", "CREATE TABLE", "CREATE FABLE");
  const Run drill = shop.drilled();
  INFO(drill.err << drill.out);
  CHECK(drill.exit == 1);  // which is no finding about the backup
  CHECK(drill.out.find("PostgreSQL 99") != std::string::npos);
}

TEST_CASE("large objects come back with owner, rights and comment, whatever pg_dump writes") {
  Shop shop(
      "CREATE ROLE shop_keeper; CREATE ROLE \"shop reader\"; CREATE TABLE t(id int PRIMARY KEY);"
      "SELECT lo_from_bytea(4711, 'hello'), lo_from_bytea(4712, ''), lo_create(4713);"
      "COMMENT ON LARGE OBJECT 4711 IS 'a; ''picture''';"
      "GRANT SELECT ON LARGE OBJECT 4712 TO PUBLIC; REVOKE ALL ON LARGE OBJECT 4713 FROM postgres;"
      "ALTER LARGE OBJECT 4711 OWNER TO shop_keeper;"
      "GRANT SELECT ON LARGE OBJECT 4711 TO \"shop reader\" WITH GRANT OPTION;"
      "SET ROLE \"shop reader\"; GRANT SELECT ON LARGE OBJECT 4711 TO postgres; RESET ROLE");
  const std::string all =
      "SELECT oid, lomowner::regrole, lomacl, obj_description(oid, 'pg_largeobject'), lo_get(oid)"
      " FROM pg_largeobject_metadata ORDER BY 1";
  const std::string before = shop.database.query(all);
  REQUIRE(shop.back_up().exit == 0);
  CHECK(shop.drilled().exit == 0);
  for (const Words& how : kHow) {
    const Run back = shop.restored(how);
    INFO(back.err << back.out);
    CHECK(back.exit == 0);
    CHECK(shop.database.query(all) == before);
  }
  shop.database.exec("DROP OWNED BY \"shop reader\"; DROP ROLE \"shop reader\"");
  for (const Words& how : kHow) {
    const Run back = shop.restored(how);
    INFO(back.err << back.out);
    REQUIRE(back.exit == 0);
    CHECK(report_of(back)["result"]["left_out"].dump().find("no role shop reader") !=
          std::string::npos);
    CHECK(shop.database.query("SELECT lomowner::regrole, lo_get(oid) FROM pg_largeobject_metadata"
                              " WHERE oid = 4711") == "shop_keeper|\\x68656c6c6f");
  }
  shop.database.exec("SELECT lo_unlink(4711); DROP ROLE shop_keeper");
}

TEST_CASE("a script that ends the restore's transaction is refused before anything is touched") {
  const std::string pre = "schema/pre-data.sql", post = "schema/post-data.sql";
  for (const auto& [name, to] : std::vector<std::pair<std::string, std::string>>{
           {pre, "/* x*/ commit ;--atabase dump complete"},
           {post, "/* x*/ ROLLBACK;-atabase dump complete"},
           {post, "PREPARE TRANSACTION 'x';dump complete-"},
           {post, "\\! touch gone\n-- database dump complet"},
           {post, "SELECT 1 \\! touch gone\n;--dump complet"}}) {
    Shop shop(
        "CREATE TABLE t AS SELECT 1 AS a; CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS"
        " 'BEGIN RETURN 1; END'");
    REQUIRE(shop.back_up().exit == 0);
    const std::string from = "-- PostgreSQL database dump complete\n--";
    shop.forge(name, from.substr(0, to.size()), to);
    shop.database.exec("INSERT INTO t VALUES (2)");
    for (const Words& how : kHow) {
      const Run refused = shop.restored(how);
      INFO(refused.err << refused.out);
      CHECK(refused.exit == 4);
      const auto error = report_of(refused)["error"];
      CHECK(error["line"] > 1);
      CHECK(error["while"].dump().find(name) != std::string::npos);
      CHECK(shop.database.query("SELECT sum(a) FROM t") == "3");
    }
    CHECK(shop.drilled().exit == 4);
  }
}

// As scripts of extensions do, PostGIS' topology among them.
TEST_CASE("a search_path that a script sets for the database doesn't stay, and hinders no index") {
  Shop shop(
      "CREATE SCHEMA app; CREATE FUNCTION app.h(text) RETURNS text LANGUAGE sql IMMUTABLE AS"
      " 'SELECT lower($1)';"
      "CREATE FUNCTION g(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN h($1); "
      "END'; SET search_path = public, app;"
      "CREATE TABLE t(v text); INSERT INTO t VALUES ('A'); CREATE INDEX t_v ON t(g(v));"
      "CREATE MATERIALIZED VIEW m AS SELECT g(v) AS v FROM t");
  const auto set_path = [&](const std::string& path) {
    shop.database.exec("DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = " + path +
                       "', current_database()); END$$");
  };
  const std::string setting =
      "SELECT setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase"
      " WHERE datname = current_database() AND setrole = 0";
  set_path("public, app");
  const std::string script = (shop.folder / "path.sql").string();
  std::ofstream(script) << "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = nowhere'"
                           ", current_database()); EXECUTE format('ALTER DATABASE %I SET work_mem ="
                           " 999', current_database()); END$$;\n";
  REQUIRE(
      shop.back_up("{ cat; if [[ \"$*\" == *pre-data* ]]; then cat '" + script + "'; fi; }").exit ==
      0);
  CHECK(shop.drilled().exit == 0);
  for (const char* path : {"public, app", "public"}) {  // the second one isn't the backup's
    set_path(path);
    for (const Words& how : kHow) {
      const Run back = shop.restored(how);
      INFO(back.err << back.out);
      REQUIRE(back.exit == 0);
      CHECK(report_of(back)["result"]["left_out"].empty());
      const std::string now = shop.database.query(setting);
      CHECK(now.find(std::string("search_path=") + path) != std::string::npos);
      CHECK(now.find("work_mem") == std::string::npos);
      CHECK(shop.database.query("SELECT v FROM m") == "a");
      CHECK(shop.database.query("SELECT count(*) FROM pg_indexes WHERE indexname = 't_v'") == "1");
    }
  }
}

TEST_CASE("a drill finds nothing in tables whose columns a dump brings into another order") {
  Shop shop(
      "CREATE TABLE parent(a int, b text); CREATE TABLE child(c date, b text, a int);"
      "ALTER TABLE child INHERIT parent; INSERT INTO child VALUES ('2026-01-02', 'x', 1)");
  REQUIRE(shop.back_up().exit == 0);
  const Run drill = shop.drilled();
  INFO(drill.err << drill.out);
  CHECK(drill.exit == 0);
  for (const Words& how : kHow) {
    CHECK(shop.restored(how).exit == 0);
    CHECK(shop.database.query("SELECT a, b, c FROM child") == "1|x|2026-01-02");
  }
}

TEST_CASE("that a role may not create an extension says nothing of the backup") {
  Shop shop(
      "CREATE EXTENSION pageinspect; CREATE TABLE t AS SELECT 1 AS a;"
      "DROP ROLE IF EXISTS shop_driller; CREATE ROLE shop_driller LOGIN CREATEDB");
  REQUIRE(shop.back_up().exit == 0);
  REQUIRE(shop.drilled().exit == 0);
  std::string address = shop.database.url();
  address.replace(address.find("postgres@"), std::string("postgres").size(), "shop_driller");
  const Run drill =
      run({"verify", shop.file, "--drill", "--db", address, "--dir", shop.dir(), "--json"});
  INFO(drill.err << drill.out);
  CHECK(drill.exit == 1);
  CHECK((drill.out + drill.err).find("pageinspect") != std::string::npos);
  const auto listed = report_of(run({"list", "--dir", shop.dir(), "--json"}));
  CHECK(listed["result"]["backups"][0]["restored"].is_string());  // the earlier proof counts
  shop.database.exec("DROP ROLE shop_driller");
}
