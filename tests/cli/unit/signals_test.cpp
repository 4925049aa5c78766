#include "cli/signals.h"

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <chrono>
#include <functional>

#include "support/catch.h"

using namespace dbkeeper;
using namespace dbkeeper::cli;

namespace {

// The wait status of a process of its own that does `work`.
int status_of(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGINT, SIG_DFL);  // the test framework has a handler of its own
    _exit(work());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

void await(const Stop& stop) {
  for (int i = 0; i < 2000 && !stop.requested(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace

TEST_CASE("the first signal requests a stop and tells which it was") {
  const int status = status_of([] {
    Stop stop;
    const SignalWatch watch(stop);
    kill(getpid(), SIGTERM);
    await(stop);
    return stop.signal() == SIGTERM ? 7 : 1;
  });
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("the second signal ends the process at once") {
  const int status = status_of([] {
    Stop stop;
    const SignalWatch watch(stop);
    kill(getpid(), SIGINT);
    await(stop);
    kill(getpid(), SIGINT);
    std::this_thread::sleep_for(std::chrono::seconds(5));
    return 1;
  });
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 130);
}

TEST_CASE("behind the watch signals do again what they did before") {
  const int status = status_of([] {
    Stop stop;
    { const SignalWatch watch(stop); }
    kill(getpid(), SIGINT);
    std::this_thread::sleep_for(std::chrono::seconds(5));
    return 1;
  });
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGINT);
}
