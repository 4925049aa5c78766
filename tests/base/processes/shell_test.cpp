#include "dbkeeper/base/shell.h"

#include <csignal>
#include <filesystem>
#include <fstream>
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

TEST_CASE("a stop ends what the command has started, too") {
  const testing::ScratchFolder folder;
  const std::string file = (folder / "pid").string();
  Stop stop;
  std::thread later([&] {
    const auto there = [&] {
      std::error_code ignored;
      return std::filesystem::exists(file, ignored) && std::filesystem::file_size(file) > 0;
    };
    for (int i = 0; i < 500 && !there(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    stop.request(SIGTERM);
  });
  CHECK_THROWS_AS(run_shell("sleep 30 & echo $! > " + shell_word(file) + "; wait", stop), Error);
  later.join();
  pid_t child = 0;
  std::ifstream(file) >> child;
  REQUIRE(child > 0);
  // Whoever inherits it may not have buried it yet.
  const auto runs = [&] {
    std::ifstream status("/proc/" + std::to_string(child) + "/stat");
    std::string number, name, state;
    status >> number >> name >> state;
    return ::kill(child, 0) == 0 && state != "Z";
  };
  for (int i = 0; i < 500 && runs(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK_FALSE(runs());
}
