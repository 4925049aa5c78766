#include "engines/postgres/dump_script.h"

#include "dbkeeper/base/error.h"
#include "engines/postgres/post_data.h"
#include "support/catch.h"

namespace dbkeeper::postgres {
namespace {

using Texts = std::vector<std::string>;

ScriptEntry only(const std::string& script) {
  const auto entries = parse_script(script);
  REQUIRE(entries.size() == 1);
  return entries.front();
}

TEST_CASE("a dump's entries have their headings' names and their statements") {
  const auto entries = parse_script(
      "--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n"
      "SELECT pg_catalog.set_config('search_path', '', false);\n\n"
      "--\n-- Name: users; Type: TABLE; Schema: public; Owner: app\n--\n\n"
      "CREATE TABLE public.users (id integer);\n\nALTER TABLE public.users OWNER TO app;\n\n"
      "SET default_tablespace = fast;\n\n"
      "--\n-- Name: t; Type: INDEX; Schema: public; Owner: app\n--\n\nCREATE INDEX t ON "
      "public.users "
      "(id);\n");
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].type == "TABLE");
  CHECK(entries[0].name == "users");
  CHECK(entries[0].statements ==
        Texts{"CREATE TABLE public.users (id integer)", "ALTER TABLE public.users OWNER TO app"});
  CHECK(entries[0].settings.size() == 2);
  CHECK(entries[1].settings.back() == "SET default_tablespace = fast");
}

TEST_CASE("a semicolon within a text, a name, a comment or a body ends no statement") {
  for (const std::string statement :
       {"SELECT 'a;b', E'it\\'s; \\\\', \"odd;name\", $$ ; $$, $x$ $$ ; $x$ -- ; \n, 1",
        "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b)",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; "
        "END",
        "CREATE OR REPLACE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC INSERT INTO t VALUES (1); END",
        "SELECT /* ; /* ; */ ; */ 1"})
    CHECK(only(statement + ";\n").statements == Texts{statement});
}

TEST_CASE("a column called end, begin or atomic ends nothing") {
  CHECK(parse_script("CREATE TABLE t (begin int, \"end\" int, atomic int);SELECT 1;")
            .front()
            .statements.size() == 2);
}

TEST_CASE("a script that is cut, or meant for psql, is refused") {
  for (const std::string script :
       {"SELECT 1", "SELECT 'a;", "SELECT $x$ ;", "\\connect shop\n", "SELECT 1 \\! id\n;"})
    CHECK_THROWS_AS(parse_script(script), Error);
}

TEST_CASE("a statement that begins or ends a transaction is refused with its line") {
  for (const std::string statement :
       {"COMMIT", "begin work", "/* x */ RollBack", "START -- x\n TRANSACTION", "SAVEPOINT a",
        "PREPARE TRANSACTION 'a'", "End", "abort", "RELEASE a"}) {
    try {
      parse_script("SELECT 1;\n" + statement + ";\n");
      FAIL(statement << " was let through");
    } catch (const Error& error) {
      CHECK(error.kind() == dbkeeper::ErrorKind::input);
      CHECK(error.line() == 2);
      CHECK(error.message().find("begins or ends a transaction: ") != std::string::npos);
    }
  }
  for (const std::string statement :
       {"DO $$BEGIN COMMIT; END$$", "COMMENT ON TABLE t IS '; COMMIT;'", "PREPARE x AS SELECT 1",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END", "SELECT 1 AS commit"})
    CHECK(only(statement + ";\n").statements == Texts{statement});
}

TEST_CASE("the settings of a script are found where they stand") {
  const std::string script =
      "SET a_b = 1;\n-- SET c = 1;\nset \"D\" = 1; Set E to 'x;'; SET LOCAL f = 1; SET g.h = 1;"
      "SET SESSION AUTHORIZATION x; SELECT 'SET i = 1;';";
  std::string found;
  for (const auto& setting : settings_in(script))
    found += setting.name + ":" + script.substr(setting.begin, setting.end - setting.begin) + "|";
  CHECK(found == "a_b:SET a_b = 1;|e:Set E to 'x;';|");
}

TEST_CASE("only the dump's own restrict lines go") {
  const std::string text = "--\n-- x\n--\n\n\\restrict abc\n\nSELECT '\n\\unrestrict no\n';\n";
  CHECK(without_restrictions(text + "\\unrestrict abc\n\n") ==
        "--\n-- x\n--\n\n\nSELECT '\n\\unrestrict no\n';\n\n");
  CHECK(without_restrictions("SELECT 1;\n") == "SELECT 1;\n");
}

TEST_CASE("an entry's locks are those of the tables that it names") {
  const auto locks = [](const std::string& type, const std::string& statement) {
    return locks_of({type, "x", {statement}, {}});
  };
  CHECK(
      locks("INDEX", "CREATE UNIQUE INDEX \"on\" ON ONLY public.\"a b\" USING btree (id)").tables ==
      Texts{"public.a b"});
  CHECK(locks("INDEX", "CREATE INDEX i ON public.a USING btree (id)").shared);
  CHECK(locks("CONSTRAINT", "ALTER TABLE ONLY public.a ADD CONSTRAINT k PRIMARY KEY (id)").tables ==
        Texts{"public.a"});
  CHECK_FALSE(locks("CONSTRAINT", "ALTER TABLE ONLY public.a ADD UNIQUE (id)").shared);
  CHECK(locks("FK CONSTRAINT",
              "ALTER TABLE ONLY public.a ADD CONSTRAINT k FOREIGN KEY (b) REFERENCES app.b(id)")
            .tables == Texts{"public.a", "app.b"});
}

}  // namespace
}  // namespace dbkeeper::postgres
