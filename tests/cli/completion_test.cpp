// The completion scripts, bash's by asking bash.
#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;

namespace {

// What bash offers for a command line, its last word being completed; as readline splits it.
std::string offered(const std::string& words) {
  const std::string script =
      "source <(\"$0\" completion bash)\n"
      "COMP_WORDS=(" +
      words +
      ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
      "_dbkeeper\necho \"${COMPREPLY[*]}\"";
  const Run result = run({"-c", script, dbkeeper_binary()}, {.binary = "/bin/bash"});
  CHECK(result.err.empty());
  return result.out.substr(0, result.out.find('\n'));
}

}  // namespace

TEST_CASE("the bash script is valid and completes commands, options and values") {
  CHECK(run({"-c", "\"$0\" completion bash | bash -n", dbkeeper_binary()}, {.binary = "/bin/bash"})
            .exit == 0);
  CHECK(offered("dbkeeper ins") == "inspect");
  CHECK(offered("dbkeeper inspect --ex") == "--exact");
  CHECK(offered("dbkeeper --db a.db -j 3 inspect --ex") == "--exact");
  CHECK(offered("dbkeeper --db check inspect --ex") == "--exact");
  CHECK(offered("dbkeeper check --ex").empty());
  CHECK(offered("dbkeeper check --color a") == "auto always");
  CHECK(offered("dbkeeper check --color = n") == "never");
  CHECK(offered("dbkeeper inspect --format ''") == "table json");
  CHECK(offered("dbkeeper completion f") == "fish");
  CHECK(offered("dbkeeper help chec") == "check");
  CHECK(offered("dbkeeper --js") == "--json");
}

TEST_CASE("files are offered where a file is expected, spaces in names included") {
  const ScratchFolder folder;
  folder.write("a file.toml", "");
  const std::string prefix = "'" + (folder / "a").string() + "'";
  CHECK(offered("dbkeeper check --config " + prefix) == (folder / "a file.toml").string());
}

TEST_CASE("the zsh and fish scripts know every command and option") {
  for (const std::string shell : {"zsh", "fish"}) {
    const Run result = run({"completion", shell});
    CHECK(result.exit == 0);
    for (const std::string word : {"inspect", "check", "completion", "exact", "lock-timeout"})
      CHECK_THAT(result.out, contains(word));
  }
}

TEST_CASE("completion needs the name of a shell that it knows") {
  CHECK(run({"completion"}).exit == 2);
  CHECK_THAT(run({"completion"}).err, contains("SHELL is missing: one of bash, zsh, fish"));
  CHECK_THAT(run({"completion", "tcsh"}).err, contains("'tcsh' is not one of bash, zsh, fish"));
  CHECK_THAT(run({"completion", "--help"}).out, contains(".bashrc"));
}
