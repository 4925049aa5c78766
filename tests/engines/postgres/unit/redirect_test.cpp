#include "dbkeeper/engines/redirect.h"

#include "dbkeeper/base/error.h"
#include "engines/redirector.h"
#include "support/catch.h"
#include "support/scratch.h"

namespace dbkeeper::testing {
namespace {

const std::string kLive = "postgresql://bob:s3cret@db.example:5432/shop";
const std::string kScratch =
    "host='db.example' port='5432' user='bob' password='s3cret' dbname='shop_rehearsal_1'";

Redirection redirected(const Variables& environment, const std::vector<std::string>& words = {},
                       const std::string& live = kLive, const std::string& scratch = kScratch) {
  return redirect(live, scratch, {environment, words});
}

// What becomes of a variable's value; "-": it isn't touched.
std::string becomes(const std::string& value, const std::string& name = "X",
                    const std::string& live = kLive, const std::string& scratch = kScratch) {
  const Redirection out = redirected({{name, value}}, {}, live, scratch);
  const std::string* now = find_variable(out.set, name);
  return now ? *now : "-";
}

std::vector<std::string> words(const std::vector<std::string>& given) {
  return redirected({}, given).words;
}

std::string set_to(const Redirection& redirection, const std::string& name) {
  const std::string* value = find_variable(redirection.set, name);
  return value ? *value : "-";
}

}  // namespace

TEST_CASE("an address of the live database leads to the scratch one in its own dialect") {
  CHECK(becomes("postgresql://bob:s3cret@db.example:5432/shop") ==
        "postgresql://bob:s3cret@db.example:5432/shop_rehearsal_1");
  CHECK(becomes("postgres://db.example/shop") == "postgres://db.example/shop_rehearsal_1");
  CHECK(becomes("postgresql+psycopg2://eve:p%40ss@db.example/shop") ==
        "postgresql+psycopg2://eve:p%40ss@db.example/shop_rehearsal_1");
  CHECK(becomes("postgres://bob:a@b/c?d@DB.Example:5432/shop?schema=app&connection_limit=5") ==
        "postgres://bob:a@b/c?d@DB.Example:5432/shop_rehearsal_1?schema=app&connection_limit=5");
  CHECK(becomes("postgis://db.example/shop?sslmode=require") ==
        "postgis://db.example/shop_rehearsal_1?sslmode=require");
  CHECK(becomes("jdbc:postgresql://db.example:5432/shop?user=bob&password=x") ==
        "jdbc:postgresql://db.example:5432/shop_rehearsal_1?user=bob&password=x");
  CHECK(becomes("postgresql://db.example?dbname=shop") ==
        "postgresql://db.example/shop_rehearsal_1?dbname=shop_rehearsal_1");
  CHECK(becomes("host=db.example dbname=shop user=bob") ==
        "host=db.example dbname=shop user=bob dbname='shop_rehearsal_1'");
  CHECK(becomes("Host=db.example;Port=5432;Database=shop;Username=bob;Password=s3cret") ==
        "Host=db.example;Port=5432;Database=shop_rehearsal_1;Username=bob;Password=s3cret");
}

TEST_CASE("the address of another database stays what it is") {
  CHECK(becomes("postgresql://db.example/shop_shadow") == "-");
  CHECK(becomes("postgresql://db.example/sho") == "-");
  CHECK(becomes("postgresql://other.example/shop") == "-");
  CHECK(becomes("mysql://db.example/shop") == "-");
  CHECK(becomes("redis://db.example/shop") == "-");
  CHECK(becomes("host=db.example dbname=other") == "-");
  CHECK(becomes("sslmode=require") == "-");
  CHECK(becomes("https://example.com/shop") == "-");
  CHECK(becomes("shop") == "-");
}

TEST_CASE("a database of the name on another host is doubtful") {
  const auto out = redirected({{"POOLED_URL", "postgresql://pooler.example:6543/shop"},
                               {"OTHER_URL", "postgresql://pooler.example:6543/else"}});
  CHECK(out.doubtful == std::vector<std::string>{"POOLED_URL"});
}

TEST_CASE("another port of the same host is a pooler's, and the scratch database isn't there") {
  CHECK(becomes("postgresql://bob@db.example:6432/shop?pgbouncer=true") ==
        "postgresql://bob@db.example:5432/shop_rehearsal_1?pgbouncer=true");
}

TEST_CASE("whatever leads to this machine is the same host") {
  const std::string live = "postgresql://localhost/shop";
  const std::string scratch = "dbname='scratch'";
  CHECK(becomes("postgresql://127.0.0.1:5432/shop", "X", live, scratch) ==
        "postgresql://127.0.0.1:5432/scratch");
  CHECK(becomes("postgresql://[::1]:5432/shop", "X", live, scratch) ==
        "postgresql://[::1]:5432/scratch");
  CHECK(becomes("postgresql:///shop", "X", live, scratch) == "postgresql:///scratch");
  CHECK(becomes("postgresql:///shop?host=/var/run/postgresql", "X", live, scratch) ==
        "postgresql:///scratch?host=/var/run/postgresql");
  CHECK(becomes("postgresql:///shop?host=/cloudsql/a:b:c", "X", live, scratch) == "-");
}

TEST_CASE("what an address leaves out is taken from libpq's variables") {
  const auto out = redirected({{"PGHOST", "db.example"}, {"X", "postgresql:///shop"}});
  CHECK(set_to(out, "X") == "postgresql:///shop_rehearsal_1");
  CHECK(set_to(out, "PGHOST") == "db.example");
}

TEST_CASE("a bare name is the database's where the variable says so") {
  for (const char* name : {"POSTGRES_DB", "DB_NAME", "PGDATABASE", "DATABASE", "DB_DATABASE",
                           "MYAPP_DATABASE_NAME", "dbname", "SHOPDB"})
    CHECK(becomes("shop", name) == "shop_rehearsal_1");
  for (const char* name : {"DB_USER", "DATABASE_USER", "DB_HOST", "DB_PASSWORD", "DB_ENGINE",
                           "DATABASE_SCHEMA", "DB_CONNECTION", "USER", "COMPOSE_PROJECT_NAME"})
    CHECK(becomes("shop", name) == "-");
  CHECK(becomes("shop2", "DB_NAME") == "-");
}

TEST_CASE("an address within a longer value is replaced as it was given") {
  CHECK(becomes(R"({"postgres":[{"uri":")" + kLive + R"("}]})") ==
        R"({"postgres":[{"uri":"postgresql://bob:s3cret@db.example:5432/shop_rehearsal_1"}]})");
}

TEST_CASE("an address within a longer one is another's") {
  CHECK(becomes(kLive + "dev") == "-");
  CHECK(becomes(kLive + "_test") == "-");
  CHECK(becomes(R"({"uri":")" + kLive + R"(_test"})") == "-");
  CHECK(becomes("x" + kLive) == "-");
  CHECK(words({"tool", "--url=" + kLive + "dev"})[1] == "--url=" + kLive + "dev");
}

TEST_CASE("of a list every address is replaced that is the live one's") {
  const std::string now = kLive + "_rehearsal_1", other = kLive + "_test";
  CHECK(becomes(kLive + "," + kLive) == now + "," + now);
  CHECK(becomes(kLive + "," + other + "," + kLive) == now + "," + other + "," + now);
  CHECK(becomes(kLive + "?a=b;" + kLive) == now + "?a=b;" + now);
  CHECK(words({"tool", "--urls=" + kLive + "," + kLive})[1] == "--urls=" + now + "," + now);
}

TEST_CASE("a name among the parameters is replaced with the path") {
  CHECK(becomes(kLive + "?dbname=shop") == kLive + "_rehearsal_1?dbname=shop_rehearsal_1");
}

TEST_CASE("PDO's data source names lead to the scratch database") {
  CHECK(becomes("pgsql:host=db.example;port=5432;dbname=shop") ==
        "pgsql:host=db.example;port=5432;dbname=shop_rehearsal_1");
  CHECK(becomes("pgsql:dbname=shop;host=db.example;user=bob") ==
        "pgsql:dbname=shop_rehearsal_1;host=db.example;user=bob");
  CHECK(becomes("pgsql:host=db.example dbname=shop") ==
        "pgsql:host=db.example dbname=shop dbname='shop_rehearsal_1'");
  CHECK(becomes("pgsql:host=db.example;dbname=shop2") == "-");
  CHECK(becomes("pgsql:host=other.example;dbname=shop") == "-");
  CHECK(becomes("mysql:host=db.example;dbname=shop") == "-");
}

TEST_CASE("the variables that clients look at by themselves lead to the scratch database") {
  const auto out = redirected({{"PGSERVICE", ""}, {"PGUSER", "eve"}});
  CHECK(set_to(out, "PGHOST") == "db.example");
  CHECK(set_to(out, "PGPORT") == "5432");
  CHECK(set_to(out, "PGUSER") == "bob");
  CHECK(set_to(out, "PGPASSWORD") == "s3cret");
  CHECK(set_to(out, "PGDATABASE") == "shop_rehearsal_1");
  CHECK(out.unset == std::vector<std::string>{"PGSERVICE"});
  const std::string url = "postgresql://bob:s3cret@db.example:5432/shop_rehearsal_1";
  CHECK(set_to(out, "DATABASE_URL") == url);
  CHECK(set_to(out, "DBKEEPER_URL") == url);
  CHECK(set_to(out, "POSTGRES_DB") == "-");
  CHECK(out.found.empty());
}

TEST_CASE("a DATABASE_URL of another database isn't taken away") {
  CHECK(becomes("postgresql://other.example/else", "DATABASE_URL") == "-");
}

TEST_CASE("the variables of the official image are replaced together") {
  const auto out = redirected({{"POSTGRES_HOST", "db.example"},
                               {"POSTGRES_DB", "shop"},
                               {"POSTGRES_PORT", "tcp://10.0.0.1:5432"},
                               {"POSTGRES_PASSWORD_FILE", "/run/secrets/password"}});
  CHECK(set_to(out, "POSTGRES_DB") == "shop_rehearsal_1");
  CHECK(set_to(out, "POSTGRES_PASSWORD") == "s3cret");
  CHECK(set_to(out, "POSTGRES_PORT") == "-");
  CHECK(out.unset == std::vector<std::string>{"POSTGRES_PASSWORD_FILE"});
  CHECK(out.found == std::vector<std::string>{"POSTGRES_DB"});
}

TEST_CASE("a file that holds the address gives way to the variable") {
  const ScratchFolder folder;
  const auto secret = folder.write("url", kLive + "\n"), other = folder.write("other", "hello");
  const auto out = redirected({{"DATABASE_URL_FILE", secret.string()},
                               {"TLS_KEY_FILE", other.string()},
                               {"GONE_FILE", (folder / "gone").string()}});
  CHECK(set_to(out, "DATABASE_URL") == "postgresql://bob:s3cret@db.example:5432/shop_rehearsal_1");
  CHECK(out.unset == std::vector<std::string>{"DATABASE_URL_FILE"});
  CHECK(out.found == std::vector<std::string>{"DATABASE_URL_FILE"});
}

TEST_CASE("what a service file says is said by variables, which no service overrides") {
  const ScratchFolder folder;
  const auto file =
      folder.write("services", "[shop]\nhost=127.0.0.1\nport=1\ndbname=shop_db\nuser=bob\n");
  setenv("PGSERVICEFILE", file.c_str(), 1);
  const auto out =
      redirect("service=shop", "service='shop' dbname='scratch'",
               {{{"PGSERVICE", "shop"}, {"X", "postgresql://127.0.0.1:1/shop_db"}}, {}});
  unsetenv("PGSERVICEFILE");
  CHECK(set_to(out, "PGHOST") == "127.0.0.1");
  CHECK(set_to(out, "PGPORT") == "1");
  CHECK(set_to(out, "PGUSER") == "bob");
  CHECK(set_to(out, "PGDATABASE") == "scratch");
  CHECK(set_to(out, "X") == "postgresql://127.0.0.1:1/scratch");
  CHECK(set_to(out, "DATABASE_URL") == "postgresql://bob@127.0.0.1:1/scratch");
  CHECK(out.unset == std::vector<std::string>{"PGSERVICE"});
}

TEST_CASE("a socket's folder stands among the parameters of the URL") {
  const auto out =
      redirect("dbname=shop host=/tmp/pg", "host='/tmp/pg' port='5433' dbname='s 1'", {{}, {}});
  CHECK(set_to(out, "DATABASE_URL") == "postgresql:///s%201?host=%2Ftmp%2Fpg&port=5433");
}

TEST_CASE("words of the command that name the live database are rewritten") {
  using Words = std::vector<std::string>;
  CHECK(words({"psql", kLive, "-f", "m.sql"}) ==
        Words{"psql", "postgresql://bob:s3cret@db.example:5432/shop_rehearsal_1", "-f", "m.sql"});
  CHECK(words({"dbmate", "--url=" + kLive, "up"})[1] ==
        "--url=postgresql://bob:s3cret@db.example:5432/shop_rehearsal_1");
  CHECK(words({"env", "DB_NAME=shop", "DB_USER=shop", "run"}) ==
        Words{"env", "DB_NAME=shop_rehearsal_1", "DB_USER=shop", "run"});
  CHECK(words({"psql", "-d", "shop"})[2] == "shop_rehearsal_1");
  CHECK(words({"psql", "--dbname=shop"})[1] == "--dbname=shop_rehearsal_1");
  for (const std::string option : {"--dbname", "--database", "--db"}) {
    CHECK(words({"tool", option, "shop"})[2] == "shop_rehearsal_1");
    CHECK(words({"tool", option + "=shop"})[1] == option + "=shop_rehearsal_1");
    CHECK(words({"tool", option, "shop2"})[2] == "shop2");
  }
  CHECK(words({"tool", "--user", "shop"})[2] == "shop");
  CHECK(words({"/usr/bin/psql", "-dshop"})[1] == "-dshop_rehearsal_1");
  CHECK(words({"psql", "-f", "shop", "shop", "shop"}) ==
        Words{"psql", "-f", "shop", "shop_rehearsal_1", "shop"});
  CHECK(words({"psql", "-h", "shop", "-U", "shop", "shop"})[5] == "shop_rehearsal_1");
  CHECK(words({"psql", "-h", "shop", "-U", "shop", "shop"})[4] == "shop");
  CHECK(words({"flask", "db", "upgrade", "shop"}) == Words{"flask", "db", "upgrade", "shop"});
  CHECK(words({"sh", "-c", "psql 'shop' -f a.sql && tool \"" + kLive + "\""})[2] ==
        "psql 'shop_rehearsal_1' -f a.sql && tool "
        "\"postgresql://bob:s3cret@db.example:5432/shop_rehearsal_1\"");
}

TEST_CASE("a word with a blank in it may name the live database as a whole") {
  const std::string live = "postgresql://db.example/my%20shop";
  const std::string scratch = "host='db.example' dbname='scratch'";
  const auto rewritten = [&](const std::vector<std::string>& given) {
    return redirected({}, given, live, scratch).words;
  };
  CHECK(rewritten({"psql", "-d", "my shop"})[2] == "scratch");
  CHECK(rewritten({"psql", "-c", "select 1", "my shop"})[3] == "scratch");
  CHECK(rewritten({"psql", "-c", "my shop"})[2] == "my shop");
  CHECK(words({"psql", "host=db.example dbname=shop"})[1] ==
        "host=db.example dbname=shop dbname='shop_rehearsal_1'");
}

TEST_CASE("a shell's text that begins with an address is looked at to its end") {
  const std::string now = "postgresql://db.example/shop_rehearsal_1";
  CHECK(words({"sh", "-c", "U=postgresql://db.example/shop?a=b psql -d shop"})[2] ==
        "U=" + now + "?a=b psql -d shop_rehearsal_1");
  CHECK(words({"sh", "-c",
               "U=postgresql://db.example/shop psql postgresql://bob@db.example/shop"})[2] ==
        "U=" + now + " psql postgresql://bob@db.example/shop_rehearsal_1");
}

TEST_CASE("files that name the database are found, comments and others' names aside") {
  const ScratchFolder folder;
  folder.write("alembic.ini", "[alembic]\nsqlalchemy.url = postgresql://bob@db.example/shop\n");
  folder.write("commented.ini", "# sqlalchemy.url = postgresql://bob@db.example/shop\n");
  folder.write("other.ini", "sqlalchemy.url = postgresql://bob@db.example/else\n");
  folder.write("site/settings.py", "DATABASES = {'default': {\n  'NAME': 'shop',\n}}\n");
  folder.write("config/database.yml", "production:\n  database: shop\n");
  folder.write("package.json", "{\"name\": \"shop\"}\n");
  folder.write("schema.prisma", "url = env(\"DATABASE_URL\")\n");
  folder.write("app.ts", "const url = `postgres://db.example:5432/shop`;\n");
  folder.write("node_modules/x/a.js", "'postgres://db.example:5432/shop'\n");
  folder.write("notes.txt", "postgres://db.example:5432/shop\n");
  CHECK(files_that_name(kLive, folder.path()) == std::vector<std::string>{"alembic.ini", "app.ts",
                                                                          "config/database.yml",
                                                                          "site/settings.py"});
  CHECK(files_that_name(kLive, folder / "gone").empty());
}

TEST_CASE("the notations of sqitch and of Perl's DBI are an address as well") {
  CHECK(words({"sqitch", "deploy", "db:pg://bob@db.example/shop"})[2] ==
        "db:pg://bob@db.example/shop_rehearsal_1");
  CHECK(words({"sqitch", "deploy", "--target=db:postgres://db.example:5432/shop"})[2] ==
        "--target=db:postgres://db.example:5432/shop_rehearsal_1");
  CHECK(becomes("db:pg:shop", "X", "postgresql:///shop", "dbname='shop_rehearsal_1'") ==
        "db:pg:shop_rehearsal_1");
  CHECK(becomes("dbi:Pg:dbname=shop;host=db.example") ==
        "dbi:Pg:dbname=shop_rehearsal_1;host=db.example");
  CHECK(becomes("db:pg:other", "X", "postgresql:///shop", "dbname='shop_rehearsal_1'") == "-");
  CHECK(becomes("db:mysql://db.example/shop") == "-");
}

TEST_CASE("whether anything leads a program to the scratch database is told") {
  const auto leads = [](const Variables& environment, const std::vector<std::string>& given) {
    return redirected(environment, given).leads;
  };
  CHECK_FALSE(leads({}, {"manage.py", "migrate"}));
  CHECK_FALSE(leads({{"DATABASE_URL", "postgresql://db.example/else"}}, {"manage.py"}));
  CHECK(leads({{"DATABASE_URL", "postgresql://db.example/shop"}}, {"manage.py"}));
  CHECK(leads({}, {"sqitch", "deploy", "db:pg://db.example/shop"}));
  CHECK(leads({}, {"tool", "--url", "{url}"}));
  CHECK_FALSE(leads({}, {"tool", "--url", "${url}"}));
  CHECK(leads({}, {"sh", "-c", "tool \"$DATABASE_URL\""}));
  CHECK(leads({}, {"psql", "-f", "up.sql"}));
}

TEST_CASE("{url} is the scratch database's address, wherever it stands in a word") {
  CHECK(words({"tool", "{url}"})[1] == "postgresql://bob:s3cret@db.example:5432/shop_rehearsal_1");
  CHECK(words({"tool", "--url={url}"})[1] ==
        "--url=postgresql://bob:s3cret@db.example:5432/shop_rehearsal_1");
  CHECK(words({"tool", "{{url}}"})[1] == "{{url}}");
  CHECK(with_url({"tool", "{url}"}, kLive, {})[1] ==
        "postgresql://bob:s3cret@db.example:5432/shop");
}

TEST_CASE("two databases of different engines can't stand for one another") {
  CHECK_THROWS_AS(redirect(kLive, "sqlite:///x.db", {}), Error);
}

}  // namespace dbkeeper::testing
