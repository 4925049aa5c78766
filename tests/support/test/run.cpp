// The tests of the tests' own process runner, against the shell.
#include "support/run.h"

#include <signal.h>
#include <stdlib.h>

#include "support/catch.h"

namespace dbkeeper::testing {
namespace {

RunOptions shell(RunOptions options = {}) {
  options.binary = "/bin/sh";
  return options;
}

}  // namespace

TEST_CASE("a run tells stdout, stderr and the exit status apart") {
  const Run result = run({"-c", "echo out; echo err >&2; exit 3"}, shell());
  CHECK(result.out == "out\n");
  CHECK(result.err == "err\n");
  CHECK(result.exit == 3);
}

TEST_CASE("a run sees none of the caller's database settings") {
  setenv("PGHOST", "elsewhere", 1);
  setenv("DATABASE_URL", "postgresql://elsewhere/x", 1);
  const Run result = run({"-c", "env"}, shell({.env = {{"GIVEN", "yes"}}}));
  unsetenv("PGHOST");
  unsetenv("DATABASE_URL");
  CHECK_THAT(result.out, !contains("elsewhere"));
  CHECK_THAT(result.out, contains("GIVEN=yes\n") && contains("NO_COLOR=1\n"));
}

TEST_CASE("a run reads more input and writes more output than a pipe holds") {
  const std::string much(1 << 20, 'x');
  CHECK(run({"-c", "cat"}, shell({.input = much})).out == much);
}

TEST_CASE("a run that takes too long is killed and says what it was") {
  CHECK_THROWS_WITH(run({"-c", "echo here; sleep 60"}, shell({.timeout_seconds = 1})),
                    contains("sleep 60") && contains("here"));
}

TEST_CASE("a running process can be waited for and sent a signal") {
  Running process({"-c", "trap 'exit 130' INT; echo ready; while :; do sleep 0.01; done"}, shell());
  process.wait_for("ready");
  process.signal(SIGINT);
  CHECK(process.wait().exit == 130);
}

TEST_CASE("a process that dies of a signal exits with 128 and its number") {
  CHECK(run({"-c", "kill -9 $$"}, shell()).exit == 137);
}

TEST_CASE("a terminal is one for all three streams or for stderr alone") {
  const std::string ask = "for i in 0 1 2; do test -t $i && echo $i; done; echo said >&2";
  CHECK(run({"-c", ask}, shell()).out.empty());
  CHECK(run({"-c", ask}, shell({.terminal = true})).out == "0\r\n1\r\n2\r\nsaid\r\n");
  const Run half = run({"-c", ask}, shell({.error_terminal = true}));
  CHECK(half.out == "2\n");
  CHECK(half.err == "said\r\n");
}

TEST_CASE("what is typed on the terminal is not what stdin holds") {
  const Run result = run({"-c", "read a; read b </dev/tty; echo $a $b"},
                         shell({.input = "file\n", .error_terminal = true, .typed = "typed\n"}));
  CHECK(result.out == "file typed\n");
}

}  // namespace dbkeeper::testing
