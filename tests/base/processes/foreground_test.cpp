#include "dbkeeper/base/foreground.h"

#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <iterator>
#include <mutex>
#include <sstream>
#include <thread>

#include "support/catch.h"
#include "support/scratch.h"

using namespace dbkeeper;
using dbkeeper::testing::contains;
using namespace std::chrono_literals;

namespace {

class Told : public Reporter {
 public:
  void debug(std::string_view) override {}
  void info(std::string_view message) override { add(message); }
  void warn(std::string_view message) override { add(message); }
  void progress(const Progress&) override {}

  std::string text() const {
    const std::scoped_lock lock(mutex_);
    return text_;
  }

 private:
  void add(std::string_view message) {
    const std::scoped_lock lock(mutex_);
    text_.append(message).append("\n");
  }
  mutable std::mutex mutex_;
  std::string text_;
};

ForegroundCall shell(const std::string& script) {
  return {.program = find_program("sh"), .words = {"sh", "-c", script}, .shown = "sh"};
}

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Waits for the script to say that it is ready, by making the file.
void wait_for(const std::filesystem::path& file) {
  for (int i = 0; i < 500 && !std::filesystem::exists(file); ++i) std::this_thread::sleep_for(10ms);
}

}  // namespace

TEST_CASE("a program's end is told: exit code, signal, time") {
  Told told;
  const Stop stop;
  CHECK(run_in_foreground(shell("exit 0"), told, stop).status == 0);
  CHECK(run_in_foreground(shell("exit 7"), told, stop).status == 7);
  const ForegroundEnd killed = run_in_foreground(shell("kill -9 $$"), told, stop);
  CHECK(killed.status == 128 + SIGKILL);
  CHECK(killed.signal == SIGKILL);
  CHECK(run_in_foreground(shell("sleep 0.1"), told, stop).seconds >= 0.1);
  CHECK(told.text().empty());
}

TEST_CASE("a program that can't be run is named before it is started") {
  const testing::ScratchFolder folder;
  CHECK_THROWS_WITH(find_program("no_such_program_at_all"),
                    contains("no_such_program_at_all") && contains("PATH"));
  CHECK_THROWS_WITH(find_program(folder.write("text", "x").string()),
                    contains("Permission denied"));
  CHECK_THROWS_WITH(find_program(folder.path().string()), contains("Is a directory"));
  CHECK_THROWS_AS(find_program(""), Error);
}

TEST_CASE("a script without a first line is a shell's") {
  const testing::ScratchFolder folder;
  const auto script = folder.write("script", "exit 5\n");
  chmod(script.c_str(), 0700);
  Told told;
  CHECK(run_in_foreground(
            {.program = find_program(script.string()), .words = {script.string()}, .shown = "x"},
            told, Stop())
            .status == 5);
}

TEST_CASE("a program's environment is ours with changes") {
  const testing::ScratchFolder folder;
  const std::string file = (folder / "env").string();
  setenv("DBKEEPER_TEST_GONE", "1", 1);
  setenv("DBKEEPER_TEST_STAYS", "2", 1);
  auto call =
      shell("echo \"$DBKEEPER_TEST_GONE,$DBKEEPER_TEST_STAYS,$DBKEEPER_TEST_NEW\" > " + file);
  call.environment = {{"DBKEEPER_TEST_GONE", std::nullopt}, {"DBKEEPER_TEST_NEW", "3"}};
  Told told;
  CHECK(run_in_foreground(call, told, Stop()).status == 0);
  CHECK(content(file) == ",2,3\n");
  unsetenv("DBKEEPER_TEST_GONE");
  unsetenv("DBKEEPER_TEST_STAYS");
}

TEST_CASE("no signal is blocked or ignored in a program") {
  const testing::ScratchFolder folder;
  const std::string file = (folder / "status").string();
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  Told told;
  CHECK(
      run_in_foreground(shell("grep -E '^Sig(Blk|Ign)' /proc/self/status > " + file), told, Stop())
          .status == 0);
  std::signal(SIGPIPE, before);
  // Two signals are the C library's own, of which exec takes care.
  constexpr unsigned long long kInternal = 0x1'8000'0000;
  std::istringstream lines(content(file));
  std::string blocked, blocked_mask, ignored, ignored_mask;
  lines >> blocked >> blocked_mask >> ignored >> ignored_mask;
  CHECK(std::stoull(blocked_mask, nullptr, 16) == 0);
  CHECK((std::stoull(ignored_mask, nullptr, 16) & ~kInternal) == 0);
}

TEST_CASE("a stop reaches the whole group with its signal") {
  const testing::ScratchFolder folder;
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string name = std::to_string(signal);
    const auto ready = folder / ("ready" + name), child = folder / ("child" + name);
    Stop stop;
    Told told;
    std::thread asking([&] {
      wait_for(ready);
      stop.request(signal);
    });
    // A shell's background job ignores SIGINT: the inner one sets its own traps.
    const ForegroundEnd end = run_in_foreground(
        shell("trap 'exit 9' INT TERM; (trap 'echo told > " + child.string() +
              "; exit' TERM INT; touch " + ready.string() + "; while :; do sleep 0.05; done)"),
        told, stop);
    asking.join();
    CHECK(end.interrupted == signal);
    CHECK(content(child) == "told\n");
    CHECK(end.status == 9);
    CHECK_FALSE(end.timed_out);
  }
}

TEST_CASE("a program that ignores a signal is ended by the next") {
  const testing::ScratchFolder folder;
  const auto ready = folder / "ready";
  Stop stop;
  Told told;
  std::thread asking([&] {
    wait_for(ready);
    stop.request(SIGINT);
    std::this_thread::sleep_for(200ms);
    CHECK(stop.insist());
  });
  const ForegroundEnd end = run_in_foreground(
      shell("trap '' INT; touch " + ready.string() + "; while :; do sleep 0.05; done"), told, stop);
  asking.join();
  CHECK(end.interrupted == SIGINT);
  CHECK(end.signal == SIGTERM);
  CHECK_FALSE(stop.insist());
}

TEST_CASE("a program that takes too long is ended") {
  auto call = shell("exec sleep 30");
  call.timeout = 100ms;
  Told told;
  const ForegroundEnd end = run_in_foreground(call, told, Stop());
  CHECK(end.timed_out);
  CHECK(end.signal == SIGTERM);
  CHECK(end.interrupted == 0);
  CHECK(end.seconds < 5);
}

TEST_CASE("what a program leaves running is waited for") {
  const testing::ScratchFolder folder;
  const auto file = folder / "late";
  Told told;
  const ForegroundEnd end = run_in_foreground(
      shell("(sleep 0.7; echo x > " + file.string() + ") & exit 3"), told, Stop());
  CHECK(end.status == 3);
  CHECK_FALSE(end.left_running);
  CHECK(content(file) == "x\n");
  CHECK_THAT(told.text(), contains("waiting for what it left running"));
}
