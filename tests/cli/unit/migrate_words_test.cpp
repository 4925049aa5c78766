#include "commands/migrate_words.h"

#include "support/catch.h"

using namespace dbkeeper;

namespace {

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("no secret of a command is shown, wherever in its words it stands") {
  for (const Words& words :
       std::vector<Words>{{"tool", "--password", "s3cr3t"},
                          {"tool", "--password=s3cr3t"},
                          {"tool", "--db-pass", "s3cr3t"},
                          {"env", "DB_PASS=s3cr3t", "API_KEY=s3cr3t", "false"},
                          {"env", "DB_PASS=a;s3cr3t&s3cr3t"},
                          {"sh", "-c", "exit 1 # --password s3cr3t"},
                          {"sh", "-c", "tool --password s3cr3t; other"},
                          {"sh", "-c", "tool --password 's3cr3t s3cr3t' --x"},
                          {"sh", "-c", "tool --password=\"a \\\" s3cr3t\" --x"},
                          {"sh", "-c", "cd x && DB_PASS=s3cr3t API_KEY='s3cr3t s3cr3t' tool"},
                          {"sh", "-c", "tool postgres://bob:s3cr3t@h/shop --token s3cr3t"},
                          {"sh", "-c", "tool 'Host=h;Password=s3cr3t;Database=d'"},
                          {"psql", "dbname=shop password='s3cr3t'"},
                          {"psql", "postgres://h/shop?password=s3cr3t"}}) {
    const std::string line = shown_line(words);
    CAPTURE(line);
    CHECK(line.find("s3cr3t") == std::string::npos);
    CHECK(line.find("***") != std::string::npos);
  }
}

TEST_CASE("what is no secret of a command is shown as it is") {
  CHECK(shown_words({"sh", "-c", "tool --password x; ls -p 5432"})[2] ==
        "tool --password ***; ls -p 5432");
  CHECK(shown_words({"env", "DB_PASS=x", "DB_NAME=shop", "run"}) ==
        Words{"env", "DB_PASS=***", "DB_NAME=shop", "run"});
  CHECK(shown_words({"sh", "-c", "psql postgres://u:a@h/d -c 'select 1'; mail a@b"})[2] ==
        "psql postgres://u:***@h/d -c 'select 1'; mail a@b");
  CHECK(shown_words({"sh", "-c", "A=postgres://u:x@h/a B=\"postgres://v:y z@h/b\" run"})[2] ==
        "A=postgres://u:***@h/a B=\"postgres://v:***@h/b\" run");
  CHECK(shown_words({"sh", "-c", "echo at 10:30; mail a@b"})[2] == "echo at 10:30; mail a@b");
  for (const std::string word : {"migrate", "-p", "--database=shop", "bypass=1", "a b; c=d",
                                 "postgres://bob@h/shop", "--password", "create table b(x)"})
    CHECK(shown_words({"tool", word})[1] == word);
}
