#include "dbkeeper/base/shell.h"

#include <csignal>
#include <thread>

#include "support/catch.h"
#include "support/scratch.h"

using namespace dbkeeper;

TEST_CASE("a shell takes a quoted text for the one word that it is") {
  CHECK(shell_word("/srv/backups/shop_manual_20260102T030405Z.dbk") ==
        "/srv/backups/shop_manual_20260102T030405Z.dbk");
  CHECK(shell_word("") == "''");
  const Stop stop;
  for (const std::string text : {"a b", "it's", "$(exit 3)", "`x`", "a\nb", "\\", "*", "\"", "~"}) {
    CAPTURE(text);
    const testing::ScratchFolder folder;
    const std::string file = folder.write("word", text).string();
    CHECK(run_shell("[ " + shell_word(text) + " = \"$(cat " + shell_word(file) + ")\" ]", stop) ==
          0);
  }
}

TEST_CASE("a command's status is its exit code, or 128 and its signal") {
  const Stop stop;
  CHECK(run_shell("exit 0", stop) == 0);
  CHECK(run_shell("exit 7", stop) == 7);
  CHECK(run_shell("kill -9 $$", stop) == 128 + SIGKILL);
  CHECK(run_shell("no_such_command_at_all 2>/dev/null", stop) == 127);
}

TEST_CASE("a stop ends a command soon") {
  Stop stop;
  const auto begin = std::chrono::steady_clock::now();
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop.request(SIGINT);
  });
  CHECK_THROWS_AS(run_shell("exec sleep 30", stop), Error);
  later.join();
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}
