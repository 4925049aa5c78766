#include "dbkeeper/base/foreground.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <thread>

#include "base/controlling_terminal.h"
#include "base/spawn.h"
#include "dbkeeper/base/environment.h"

namespace dbkeeper {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kGrace{5'000};       // between SIGTERM and SIGKILL
constexpr milliseconds kLeftBehind{5'000};  // how long what it left behind is waited for
constexpr milliseconds kUntold{300};        // that long without a word
constexpr milliseconds kFirstLook{1};       // how soon its end is noticed: at first, …
constexpr milliseconds kLook{10};           // … and later on

constexpr std::string_view kShell = "/bin/sh";

// Error codes as in errno; 0: it can be run.
int why_not_runnable(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return errno;
  if (S_ISDIR(status.st_mode)) return EISDIR;
  return ::access(path.c_str(), X_OK) == 0 ? 0 : errno;
}

[[noreturn]] void fail(const std::string& name, int error, const std::string& where = {}) {
  throw Error(ErrorKind::failed,
              fmt::format("cannot run '{}': {}{}", name, std::strerror(error), where));
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment_of(const ForegroundCall& call) {
  std::vector<std::string> out;
  for (std::string& text : inherited_environment()) {
    const std::string_view name = std::string_view(text).substr(0, text.find('='));
    if (std::ranges::none_of(call.environment,
                             [&](const auto& change) { return change.first == name; }))
      out.push_back(std::move(text));
  }
  for (const auto& [name, value] : call.environment)
    if (value) out.push_back(name + "=" + *value);
  return out;
}

// Started as the leader of a process group of its own.
pid_t start(const ForegroundCall& call) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  if (call.output_to_errors) posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  DefaultSignals attributes;
  attributes.own_group();
  std::vector<std::string> words = call.words;
  std::vector<std::string> environment = environment_of(call);
  pid_t child = -1;
  const auto spawn = [&](const std::string& program) {
    return posix_spawn(&child, program.c_str(), &files, attributes.get(), pointers(words).data(),
                       pointers(environment).data());
  };
  int error = spawn(call.program);
  if (error == ENOEXEC) {  // a script that doesn't say whose: a shell's, as every shell has it
    words.front() = call.program;
    words.emplace(words.begin(), "sh");
    error = spawn(std::string(kShell));
  }
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) fail(call.shown, error);
  return child;
}

// A program that runs, from its start to the end of its group.
class Program {
 public:
  Program(const ForegroundCall& call, Reporter& reporter, const Stop& stop)
      : call_(call), reporter_(reporter), stop_(stop), answer_(stop), group_(start(call)) {}

  ForegroundEnd follow() {
    on_terminal_ = terminal_.lend_to(group_);
    for (milliseconds pause = kFirstLook; !look(); pause = std::min(2 * pause, kLook)) {
      pass_on_signals();
      std::this_thread::sleep_for(pause);
    }
    end_.seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
    wait_for_rest();
    terminal_.take_back();
    tell_interruption();
    return end_;
  }

 private:
  // Whether it has ended; it is stopped and continued with us.
  bool look() {
    int status = 0;
    const pid_t changed = ::waitpid(group_, &status, WNOHANG | WUNTRACED);
    if (changed == 0 || (changed < 0 && errno == EINTR)) return false;
    if (changed == group_ && WIFSTOPPED(status)) {
      pause_with_it(WSTOPSIG(status));
      return false;
    }
    end_.status = exit_status(status);
    end_.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return true;
  }

  // It may have read from the terminal before that was its own: then there is nothing to wait for.
  // Else whoever stopped it, a shell's job control, waits for the whole job to stop. Where nobody
  // would ever continue us, the system ignores this signal.
  void pause_with_it(int signal) {
    const bool too_early = signal == SIGTTIN || signal == SIGTTOU;
    if (!too_early || !terminal_.lend_to(group_)) {
      terminal_.take_back();
      ::kill(0, SIGTSTP);
      terminal_.lend_to(group_);
    }
    ::kill(-group_, SIGCONT);
  }

  void pass_on_signals() {
    const auto now = Clock::now();
    if (stop_.requested() && end_.interrupted == 0) {
      end_.interrupted = stop_.signal();
      send(end_.interrupted);
      reporter_.info(fmt::format("'{}' was asked to stop; waiting for its end", call_.shown));
    }
    const bool late = call_.timeout && now - begin_ > *call_.timeout;
    if (!killing_ && (late || stop_.insisted() > 0)) {
      end_.timed_out = late;
      if (late) reporter_.warn(fmt::format("'{}' takes too long and is ended", call_.shown));
      send(SIGTERM);
      killing_ = now;
    }
    if (killing_ && now - *killing_ > kGrace) send(SIGKILL);
  }

  void send(int signal) {
    ::kill(-group_, signal);
    if (signal != SIGKILL) ::kill(-group_, SIGCONT);
  }

  // Its number stays the group's as long as anything of it lives. As a container's first process we
  // inherit orphans, and nobody else buries them.
  bool is_anything_left() const {
    while (::waitpid(-group_, nullptr, WNOHANG) > 0) {
    }
    return ::kill(-group_, 0) == 0 || errno == EPERM;
  }

  void wait_for_rest() {
    const auto since = Clock::now();
    bool told = false;
    while (is_anything_left()) {
      const auto waited = Clock::now() - since;
      if (killing_ ? Clock::now() - *killing_ > 2 * kGrace : waited > kLeftBehind) {
        end_.left_running = true;
        reporter_.warn(fmt::format(
            "'{}' has ended, but something that it started goes on; what that does from "
            "now on is not accounted for",
            call_.shown));
        return;
      }
      if (!told && waited > kUntold) {
        told = true;
        reporter_.info(
            fmt::format("'{}' has ended; waiting for what it left running", call_.shown));
      }
      pass_on_signals();
      std::this_thread::sleep_for(kLook);
    }
  }

  // Ctrl-C was for the program alone.
  void tell_interruption() {
    if (on_terminal_ && end_.interrupted == 0 && !end_.timed_out &&
        (end_.signal == SIGINT || end_.status == 128 + SIGINT))
      end_.interrupted = SIGINT;
  }

  const ForegroundCall& call_;
  Reporter& reporter_;
  const Stop& stop_;
  const Stop::Answer answer_;
  ControllingTerminal terminal_;
  const Clock::time_point begin_ = Clock::now();
  const pid_t group_;
  bool on_terminal_ = false;
  std::optional<Clock::time_point> killing_;  // since when
  ForegroundEnd end_;
};

}  // namespace

std::string find_program(const std::string& name) {
  if (name.empty()) fail(name, ENOENT);
  if (name.find('/') != std::string::npos) {
    if (const int error = why_not_runnable(name); error != 0) fail(name, error);
    return name;
  }
  const char* const path = std::getenv("PATH");
  std::string_view rest = path ? path : "/bin:/usr/bin";
  int worst = ENOENT;
  while (true) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    const std::string candidate =
        folder.empty() ? "./" + name : (std::filesystem::path(folder) / name).string();
    const int error = why_not_runnable(candidate);
    if (error == 0) return candidate;
    if (error == EACCES) worst = EACCES;
    if (folder.size() == rest.size()) break;
    rest.remove_prefix(folder.size() + 1);
  }
  if (worst == EACCES) fail(name, EACCES);
  throw Error(ErrorKind::failed,
              fmt::format("cannot run '{}': there is no such program in PATH", name));
}

ForegroundEnd run_in_foreground(const ForegroundCall& call, Reporter& reporter, const Stop& stop) {
  stop.check();
  return Program(call, reporter, stop).follow();
}

}  // namespace dbkeeper
