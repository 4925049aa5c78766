// The manual says what the binary says.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;
namespace fs = std::filesystem;

TEST_CASE("docs/commands holds each command's --help, word for word") {
  std::size_t pages = 0;
  for (const auto& entry : fs::directory_iterator(DBKEEPER_DOCS "/commands")) {
    const std::string command = entry.path().stem();
    CAPTURE(command);
    std::ostringstream page;
    page << std::ifstream(entry.path()).rdbuf();
    INFO("run scripts/docs after a change of options");
    CHECK(page.str() ==
          "# dbkeeper " + command + "\n\n```text\n" + run({command, "--help"}).out + "```\n");
    ++pages;
  }
  std::istringstream help(run({"help"}).out);
  std::size_t commands = 0;
  bool listing = false;
  for (std::string line; std::getline(help, line);) {
    if (line.empty()) listing = false;
    if (listing && line.size() > 2 && line[2] != ' ') ++commands;
    if (line == "Commands:") listing = true;
  }
  CHECK(commands > 0);
  CHECK(pages == commands);
}
