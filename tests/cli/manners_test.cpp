// What a user meets before any database is opened: help, mistakes, exit codes, the JSON report.
#include "cli/json.h"
#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;

TEST_CASE("the option --version prints the version, wherever it stands") {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--version"}, {"inspect", "--version"}, {"--nope", "--version"}}) {
    const Run result = run(words);
    CHECK(result.exit == 0);
    CHECK(result.out == "dbkeeper " DBKEEPER_VERSION "\n");
    CHECK(result.err.empty());
  }
  CHECK(report_of(run({"--version", "--json"}))["result"]["version"] == DBKEEPER_VERSION);
}

TEST_CASE("the option --version doesn't look at a broken config file") {
  const ScratchFolder folder;
  folder.write("dbkeeper.toml", "nonsense");
  CHECK(run({"--version"}, {.cwd = folder.path()}).exit == 0);
}

TEST_CASE("help is there in every way it is asked for") {
  const Run help = run({"help"});
  CHECK(help.exit == 0);
  CHECK(help.err.empty());
  CHECK_THAT(help.out,
             contains("Usage: dbkeeper") && contains("inspect") && contains("Exit codes:"));
  CHECK(run({"--help"}).out == help.out);
  CHECK(run({"-h"}).out == help.out);

  const Run inspect = run({"help", "inspect"});
  CHECK(inspect.exit == 0);
  CHECK_THAT(inspect.out, contains("Usage: dbkeeper inspect") && contains("--exact") &&
                              contains("--lock-timeout"));
  CHECK(run({"inspect", "--help"}).out == inspect.out);
  CHECK(run({"--help", "inspect"}).out == inspect.out);
  CHECK(run({"inspect", "-qh"}).out == inspect.out);
  CHECK(run({"inspect", "--nope", "--help"}).out == inspect.out);
}

TEST_CASE("help fits 80 columns and says a good deal about every command") {
  for (const std::string command : {"inspect", "check", "config", "completion", "help"}) {
    const Run help = run({"help", command});
    INFO(help.out);
    CHECK(help.out.size() > 200);
    for (std::size_t start = 0; start < help.out.size();) {
      const std::size_t end = help.out.find('\n', start);
      CHECK(end - start <= 80);
      start = end + 1;
    }
  }
}

TEST_CASE("without a command, the help goes to stderr and the exit code is 2") {
  const Run result = run({});
  CHECK(result.exit == 2);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, contains("Usage: dbkeeper") && contains("error: no command given\n"));
}

TEST_CASE("a typo is answered with what was probably meant") {
  const Run option = run({"inspect", "--exat"});
  CHECK(option.exit == 2);
  CHECK(option.err ==
        "error: unknown option '--exat' of 'inspect'; did you mean '--exact'?\n"
        "hint: dbkeeper inspect --help\n");
  const Run command = run({"inspct"});
  CHECK(command.exit == 2);
  CHECK_THAT(command.err, contains("unknown command 'inspct'; did you mean 'inspect'?"));
  const Run global = run({"--jsn"});
  CHECK(global.exit == 2);
  CHECK_THAT(global.err, contains("did you mean '--json'?") && contains("hint: dbkeeper --help"));
  CHECK_THAT(run({"help", "chek"}).err, contains("did you mean 'check'?"));
}

TEST_CASE("every bad value of an option is exit 2 with what is allowed") {
  const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes = {
      {{"--color", "purple"}, "'purple' is not one of auto, always, never"},
      {{"--progress", "some"}, "'some' is not one of auto, always, never"},
      {{"--log-format", "xml"}, "'xml' is not one of text, json"},
      {{"--jobs", "0"}, "'0' is not a whole number from 1 to 64"},
      {{"-j65"}, "'65' is not a whole number from 1 to 64"},
      {{"--jobs", "many"}, "'many' is not a whole number from 1 to 64"},
      {{"--lock-timeout", "10"}, "'10' is not a duration such as 500ms, 10s, 2m or 0"},
      {{"--db", ""}, "option '--db' has an empty value"},
      {{"--dir="}, "option '--dir' has an empty value"},
      {{"--db"}, "option '--db' needs a value: URL"},
      {{"--db", "a", "--db", "b"}, "option '--db' is given twice"},
      {{"--json=yes"}, "option '--json' takes no value"},
      {{"--format", "xml"}, "'xml' is not one of table, json"},
      {{"--config", "absent.toml"}, "cannot read absent.toml: No such file or directory"}};
  for (const auto& [words, answer] : mistakes) {
    std::vector<std::string> all = {"inspect"};
    all.insert(all.end(), words.begin(), words.end());
    const Run result = run(all);
    INFO(words.front());
    CHECK(result.exit == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, contains(answer));
  }
}

TEST_CASE("no database named: exit 2 and the ways to name one") {
  const Run result = run({"inspect"});
  CHECK(result.exit == 2);
  CHECK_THAT(result.err, contains("error: no database named") && contains("--db URL") &&
                             contains("DATABASE_URL") && contains(".env") &&
                             contains("dbkeeper.toml"));
}

TEST_CASE("with --json stdout is one document, on success and on any failure") {
  const auto ok = report_of(run({"config", "--json"}));
  CHECK(ok["dbkeeper"] == DBKEEPER_VERSION);
  CHECK(ok["command"] == "config");
  CHECK(ok["ok"] == true);
  CHECK(ok["exit"] == 0);
  CHECK(ok["warnings"].empty());
  CHECK(ok["result"]["settings"].is_array());
  CHECK_FALSE(ok.contains("error"));

  const auto usage = report_of(run({"inspect", "--exat", "--json"}));
  CHECK(usage["ok"] == false);
  CHECK(usage["exit"] == 2);
  CHECK(usage["command"] == "inspect");
  CHECK(usage["error"]["kind"] == "usage");
  CHECK(usage["error"]["hint"] == "dbkeeper inspect --help");

  const auto unknown = report_of(run({"--json", "frobnicate"}));
  CHECK(unknown["exit"] == 2);
  CHECK_FALSE(unknown.contains("command"));

  const Run absent = run({"check", "--json", "--db", "absent.db"});
  CHECK(absent.exit == 3);
  CHECK(report_of(absent)["error"]["kind"] == "connection");
  CHECK_THAT(absent.err, contains("error: "));

  CHECK(report_of(run({"--json"}))["exit"] == 2);
  CHECK(report_of(run({"help", "--json"}))["result"]["help"].is_string());
}

TEST_CASE("the option --json behind -- is no option of dbkeeper") {
  CHECK(run({"check", "--", "--json"}).out.empty());
}

TEST_CASE("with --log-format json each line on stderr is an object with time and level") {
  const Run result = run({"check", "-v", "--log-format", "json", "--db", "absent.db"});
  std::size_t lines = 0;
  for (std::size_t start = 0; start < result.err.size(); ++lines) {
    const std::size_t end = result.err.find('\n', start);
    const auto line = nlohmann::json::parse(result.err.substr(start, end - start));
    CHECK_THAT(line["time"].get<std::string>(), matches("....-..-..T..:..:..[.]...Z"));
    CHECK((line["level"] == "debug" || line["level"] == "error"));
    CHECK(line["message"].is_string());
    start = end + 1;
  }
  CHECK(lines >= 2);
  CHECK_THAT(run({"check", "--nope", "--log-format=json"}).err, contains("\"kind\":\"usage\""));
}

TEST_CASE("colours are for terminals, or for who asks for them") {
  const std::string red = "\x1b[1;31merror:";
  CHECK(run({"inspct"}).err.find('\x1b') == std::string::npos);
  CHECK_THAT(run({"inspct", "--color=always"}).err, contains(red));
  CHECK_THAT(run({"inspct"}, {.env = {{"NO_COLOR", ""}}, .terminal = true}).out, contains(red));
  CHECK(run({"inspct"}, {.env = {{"NO_COLOR", "1"}}, .terminal = true}).out.find('\x1b') ==
        std::string::npos);
  CHECK(run({"inspct", "--color", "never"}, {.env = {{"NO_COLOR", ""}}, .terminal = true})
            .out.find('\x1b') == std::string::npos);
}

TEST_CASE("a result that is all there is to do, and can't be written, is no success") {
  const std::string& binary = dbkeeper_binary();
  const auto shell = [&](const std::string& script) {
    return run({"-c", script, binary}, {.binary = "/bin/bash"});
  };
  const Run full = shell("\"$0\" help > /dev/full");
  CHECK(full.exit == 1);
  CHECK(full.err == "error: cannot write to standard output: No space left on device\n");
  const Run closed = shell("\"$0\" help >&-");
  CHECK(closed.exit == 1);
  CHECK_THAT(closed.err, contains("cannot write to standard output"));
  // Whoever reads has seen enough: no words, but no success either.
  const Run gone = shell("{ sleep 0.2; \"$0\" help; echo $? >&2; } | true");
  CHECK(gone.err == "1\n");
}

TEST_CASE("what was done is done, whether it could be reported or not") {
  const ScratchFolder folder;
  const ScratchSqlite source("CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES(1)");
  ScratchSqlite target("CREATE TABLE t(id INTEGER PRIMARY KEY)");
  const auto shell = [&](const std::string& script) {
    return run({"-c", script, dbkeeper_binary()},
               {.env = {{"DATABASE_URL", target.url()}, {"FILE", source.path().string()}},
                .cwd = folder.path(),
                .binary = "/bin/bash"});
  };
  const Run full = shell("\"$0\" import \"$FILE\" > /dev/full");
  CHECK(full.exit == 0);
  CHECK_THAT(full.err, contains("warning: it is done, but not reported") &&
                           contains("No space left on device"));
  CHECK(target.query("SELECT count(*) FROM t") == "1");
  const Run gone = shell("{ sleep 0.2; \"$0\" backup --json; echo \"exit $?\" >&2; } | true");
  CHECK_THAT(gone.err, contains("not reported") && contains("exit 0"));
  // A failure stays what it is.
  CHECK(shell("\"$0\" import none.json > /dev/full").exit == 4);
  CHECK(shell("\"$0\" export -o - > /dev/full").exit == 1);
}
