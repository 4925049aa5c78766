// Runs the dbkeeper binary as a user would, from the outside.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/scratch.h"

namespace dbkeeper::testing {

// How a run ended. `exit` is 128 plus the signal's number for one that died of a signal.
struct Run {
  int exit = -1;
  std::string out;  // on a terminal: all that it showed
  std::string err;
};

struct RunOptions {
  // Added to an environment that has PATH, LC_ALL, an empty HOME and NO_COLOR=1, and nothing of the
  // caller's that names a database or sets dbkeeper up.
  std::map<std::string, std::string> env = {};
  std::filesystem::path cwd = {};     // default: the empty HOME
  std::string input = {};             // stdin, then its end; typed, if the terminal has stdin
  int timeout_seconds = 60;           // then it is killed, and the test fails
  bool terminal = false;              // stdin, stdout and stderr are a terminal of its own
  bool error_terminal = false;        // stderr alone is, and /dev/tty leads to it
  std::string typed = {};             // what is typed on the terminal
  std::filesystem::path binary = {};  // another program than dbkeeper
};

// This build's dbkeeper, or what DBKEEPER_TEST_BINARY says: another build's.
const std::string& dbkeeper_binary();
// Whether that takes more memory than what is shipped, since sanitizers look on.
bool is_sanitized();

// Runs it to its end. Throws if it can't be started or doesn't end in time.
Run run(std::vector<std::string> args, RunOptions options = {});

// A run that goes on while the test does something else. Destroyed before wait(), it is killed.
class Running {
 public:
  explicit Running(std::vector<std::string> args, RunOptions options = {});
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  int pid() const { return pid_; }
  void signal(int number);
  // Types on its terminal. Requires: one of the two terminal options.
  void type(std::string_view text);
  // Waits until stdout or stderr holds `text`; throws at the timeout or if it ends before.
  void wait_for(std::string_view text);
  Run wait();

 private:
  bool pump(std::chrono::milliseconds patience);
  void read_some(int& fd, std::string& into);
  void write_input();
  bool reap();
  [[noreturn]] void give_up(const std::string& waited_for);

  ScratchFolder home_;
  RunOptions options_;
  std::string command_;  // as shown in a failure
  std::chrono::steady_clock::time_point deadline_;
  int pid_ = -1;
  bool ended_ = false;
  int in_ = -1;
  int out_ = -1;
  int err_ = -1;
  int terminal_ = -1;
  std::size_t written_ = 0;
  Run result_;
};

}  // namespace dbkeeper::testing
