#include "dbkeeper/base/shell.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "base/controlling_terminal.h"
#include "base/spawn.h"
#include "dbkeeper/base/environment.h"

namespace dbkeeper {
namespace {

// As the leader of a process group of its own: a signal is for all that the command starts.
pid_t spawn_shell(const std::string& command) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  DefaultSignals signals;
  signals.own_group();
  std::string shell = "sh", option = "-c", text = command;
  char* const words[] = {shell.data(), option.data(), text.data(), nullptr};
  std::vector<std::string> variables = inherited_environment();
  std::vector<char*> environment;
  for (std::string& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  pid_t child = -1;
  const int error =
      posix_spawn(&child, "/bin/sh", &files, signals.get(), words, environment.data());
  posix_spawn_file_actions_destroy(&files);
  if (error != 0)
    throw Error(ErrorKind::failed, std::string("cannot run '/bin/sh': ") + std::strerror(error));
  return child;
}

void send(pid_t group, int signal) {
  ::kill(-group, signal);
  ::kill(-group, SIGCONT);
}

// It may ask at the terminal, a password say, which only the foreground group can: then the
// terminal is lent to it. Else whoever stopped it, a shell's job control, waits for us to stop as
// well.
void go_on(pid_t group, int signal, ControllingTerminal& terminal) {
  const bool asks = signal == SIGTTIN || signal == SIGTTOU;
  if (!asks || !terminal.lend_to(group)) {
    terminal.take_back();
    ::kill(0, SIGTSTP);
    terminal.lend_to(group);
  }
  ::kill(-group, SIGCONT);
}

}  // namespace

std::string shell_word(std::string_view text) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("_-./:@%+=,").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) return std::string(text);
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

int run_shell(const std::string& command, const Stop& stop) {
  constexpr std::chrono::milliseconds kLook{20};  // how soon its end, or a stop, is noticed
  stop.check();
  ControllingTerminal terminal;
  const pid_t child = spawn_shell(command);
  bool stopped = false, lent = false;
  int status = 0;
  while (true) {
    const pid_t changed = ::waitpid(child, &status, WNOHANG | WUNTRACED);
    if (changed == child && WIFSTOPPED(status)) {
      go_on(child, WSTOPSIG(status), terminal);
      lent = true;
    } else if (changed == child || (changed < 0 && errno != EINTR)) {
      break;
    }
    if (stop.requested() && !std::exchange(stopped, true)) send(child, SIGTERM);
    std::this_thread::sleep_for(kLook);
  }
  stop.check();
  // Ctrl-C at a terminal that was lent is for the command alone, and meant for both.
  if (lent && exit_status(status) == exit_status(SIGINT))
    throw Error(ErrorKind::interrupted, "interrupted");
  return exit_status(status);
}

}  // namespace dbkeeper
