#include "cli/env_file.h"

#include "support/catch.h"

using namespace dbkeeper::cli;

namespace {

std::string value_of(std::string_view text, const Environment& environment = {}) {
  const EnvFile file = parse_env_file(text, environment);
  const auto found = file.values.find("A");
  return found == file.values.end() ? "nothing" : found->second;
}

}  // namespace

TEST_CASE(".env: values with and without quotes") {
  CHECK(value_of("A=b") == "b");
  CHECK(value_of("A = b c \r\n") == "b c");
  CHECK(value_of("export A=b") == "b");
  CHECK(value_of("  A='b c' # comment") == "b c");
  CHECK(value_of("A=\"b\\nc\\\"d\\\\\"") == "b\nc\"d\\");
  CHECK(value_of("A='b\\nc'") == "b\\nc");
  CHECK(value_of("A='it\\'s'") == "it's");
  CHECK(value_of("A=") == "");
  CHECK(value_of("A=\"\"") == "");
  CHECK(value_of("A=a=b") == "a=b");
  CHECK(value_of("A=1\nA=2") == "2");
}

TEST_CASE(".env: a byte order mark and Windows line ends don't matter") {
  CHECK(value_of("\xEF\xBB\xBF"
                 "A=b\r\nB=c\r\n") == "b");
  CHECK(value_of("A='b'\r\n") == "b");
}

TEST_CASE(".env: # begins a comment only at the start or behind a blank") {
  CHECK(value_of("# A=x\nA=b#c") == "b#c");
  CHECK(value_of("A=b #c") == "b");
  CHECK(value_of("A= # nothing") == "");
  CHECK(value_of("A=#c") == "#c");
  CHECK(value_of("A='b #c'") == "b #c");
  CHECK(value_of("A=postgres://u:p#w@h/d") == "postgres://u:p#w@h/d");
}

TEST_CASE(".env: a value in quotes may span lines") {
  CHECK(value_of("A=\"b\nc\"\nB=d") == "b\nc");
  CHECK(value_of("B='x\ny'\nA=z") == "z");
}

TEST_CASE(".env: variables are expanded outside single quotes") {
  const Environment environment = {{"HOST", "db"}};
  CHECK(value_of("A=x$HOST/y", environment) == "xdb/y");
  CHECK(value_of("A=\"${HOST}:1\"", environment) == "db:1");
  CHECK(value_of("A='$HOST'", environment) == "$HOST");
  CHECK(value_of("USER=bob\nA=${USER}@${HOST}", environment) == "bob@db");
  CHECK(value_of("HOST=other\nA=$HOST", environment) == "db");
  CHECK(value_of("A=${NONE:-fallback}") == "fallback");
  CHECK(value_of("A=${NONE}") == "");
  CHECK(value_of("A=\"\\$HOST\"", environment) == "$HOST");
}

TEST_CASE(".env: a dollar sign in a password survives") {
  CHECK(value_of("A=pa$sword") == "pa$sword");
  CHECK(value_of("A=\"5$\"") == "5$");
  CHECK(value_of("A=$1$2") == "$1$2");
  CHECK(value_of("A=a${b") == "a${b");
}

TEST_CASE(".env: a malformed line is reported by its number and doesn't hide the others") {
  const EnvFile file =
      parse_env_file("good=1\nbad line\n=x\n\"A\"=b\nD='open\nA=b\nE='x' y\nF\n", {});
  CHECK(file.malformed_lines == std::vector<int>{2, 3, 4, 5, 7});
  CHECK(file.values.at("A") == "b");
  CHECK(file.values.at("good") == "1");
  CHECK(file.values.count("D") == 0);
}

TEST_CASE(".env: the line numbers stay right behind a value that spans lines") {
  CHECK(parse_env_file("A='1\n2\n3'\nbad line\n", {}).malformed_lines == std::vector<int>{4});
  CHECK(parse_env_file("A=\"1\n2\"\n\nbad line", {}).malformed_lines == std::vector<int>{4});
}

TEST_CASE(".env: any text can be read") {
  for (const char* text : {"", "\n", "A", "A=\"", "A='", "A=\"\\", "$", "A=$", "A=${", "export",
                           "export ", "\xEF\xBB\xBF", "A=\"$\"", "'", "A='\\"})
    CHECK(parse_env_file(text, {}).values.size() <= 1);
}
