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

#include "base/spawn.h"

extern char** environ;

namespace dbkeeper {
namespace {

pid_t spawn_shell(const std::string& command) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  const DefaultSignals signals;
  std::string shell = "sh", option = "-c", text = command;
  char* const words[] = {shell.data(), option.data(), text.data(), nullptr};
  pid_t child = -1;
  const int error = posix_spawn(&child, "/bin/sh", &files, signals.get(), words, environ);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0)
    throw Error(ErrorKind::failed, std::string("cannot run '/bin/sh': ") + std::strerror(error));
  return child;
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
  const pid_t child = spawn_shell(command);
  bool stopped = false;
  int status = 0;
  while (true) {
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child || (ended < 0 && errno != EINTR)) break;
    if (stop.requested() && !std::exchange(stopped, true)) ::kill(child, SIGTERM);
    std::this_thread::sleep_for(kLook);
  }
  stop.check();
  return exit_status(status);
}

}  // namespace dbkeeper
