#include "support/run.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace dbkeeper::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

struct Pipe {
  int read = -1;
  int write = -1;
};

Pipe make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail("pipe2: " + std::string(strerror(errno)));
  return {ends[0], ends[1]};
}

Pipe make_terminal() {
  int ours = -1, its = -1;
  const winsize size{24, 100, 0, 0};
  if (openpty(&ours, &its, nullptr, nullptr, &size) != 0) {
    fail("openpty: " + std::string(strerror(errno)));
  }
  fcntl(ours, F_SETFD, FD_CLOEXEC);
  fcntl(its, F_SETFD, FD_CLOEXEC);
  return {ours, its};
}

void close_end(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}

// What the child sees: of the caller's environment only what the system and the sanitizers need.
std::vector<std::string> clean_environment(const RunOptions& options, const std::string& home) {
  std::map<std::string, std::string> variables = {
      {"HOME", home}, {"LC_ALL", "C.UTF-8"}, {"NO_COLOR", "1"}, {"TERM", "xterm"}};
  for (const char* kept :
       {"PATH", "TMPDIR", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const char* value = getenv(kept)) variables[kept] = value;
  }
  for (const auto& [name, value] : options.env) variables[name] = value;
  std::vector<std::string> out;
  for (const auto& [name, value] : variables) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

// What stands on the child's standard streams; -1 where nothing has to be passed.
struct Streams {
  int in, out, err, terminal;
};

// In the child, between fork and exec: only calls that are safe there.
[[noreturn]] void become(const char* program, char** args, char** environment, const char* folder,
                         Streams streams) {
  setsid();
  if (streams.terminal >= 0) ioctl(streams.terminal, TIOCSCTTY, 0);
  dup2(streams.in, 0);
  dup2(streams.out, 1);
  dup2(streams.err, 2);
  for (int number : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGPIPE}) ::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (chdir(folder) == 0) execve(program, args, environment);
  _exit(127);
}

}  // namespace

const std::string& dbkeeper_binary() {
  static const std::string binary = [] {
    const char* given = getenv("DBKEEPER_TEST_BINARY");
    return std::string(given ? given : DBKEEPER_BINARY);
  }();
  return binary;
}

bool is_sanitized() {
#if defined(__SANITIZE_ADDRESS__)
  return true;
#else
  return dbkeeper_binary() != DBKEEPER_BINARY;
#endif
}

Running::Running(std::vector<std::string> args, RunOptions options)
    : options_(std::move(options)),
      deadline_(steady_clock::now() + std::chrono::seconds(options_.timeout_seconds)) {
  const bool has_terminal = options_.terminal || options_.error_terminal;
  const std::string program =
      options_.binary.empty() ? dbkeeper_binary() : options_.binary.string();
  const std::string folder = options_.cwd.empty() ? home_.path().string() : options_.cwd.string();
  std::vector<std::string> environment = clean_environment(options_, home_.path().string());
  args.insert(args.begin(), std::filesystem::path(program).filename().string());
  for (const std::string& arg : args) command_ += (command_.empty() ? "" : " ") + arg;
  std::vector<char*> argv = pointers(args), envp = pointers(environment);

  Pipe in = make_pipe(), out = make_pipe(), err = make_pipe();
  Pipe terminal = has_terminal ? make_terminal() : Pipe{};
  const int pty = terminal.write;
  const Streams streams{options_.terminal ? pty : in.read, options_.terminal ? pty : out.write,
                        has_terminal ? pty : err.write, pty};
  pid_ = fork();
  if (pid_ < 0) fail("fork: " + std::string(strerror(errno)));
  if (pid_ == 0) become(program.c_str(), argv.data(), envp.data(), folder.c_str(), streams);

  for (int* its : {&in.read, &out.write, &err.write, &terminal.write}) close_end(*its);
  in_ = in.write;
  out_ = out.read;
  err_ = err.read;
  terminal_ = terminal.read;
  if (options_.terminal) options_.typed = std::exchange(options_.input, {}) + options_.typed;
  if (!options_.typed.empty()) type(options_.typed);
  fcntl(in_, F_SETFL, O_NONBLOCK);
}

Running::~Running() {
  if (!ended_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  for (int* fd : {&in_, &out_, &err_, &terminal_}) close_end(*fd);
}

void Running::signal(int number) {
  if (!ended_) kill(pid_, number);
}

void Running::type(std::string_view text) {
  if (write(terminal_, text.data(), text.size()) < 0) fail("cannot type on the terminal");
}

void Running::read_some(int& fd, std::string& into) {
  std::array<char, 65536> buffer;
  const ssize_t size = read(fd, buffer.data(), buffer.size());
  if (size > 0)
    into.append(buffer.data(), static_cast<std::size_t>(size));
  else if (size == 0 || errno != EINTR)
    close_end(fd);  // a terminal whose user is gone says EIO
}

void Running::write_input() {
  const ssize_t size =
      write(in_, options_.input.data() + written_, options_.input.size() - written_);
  if (size > 0) written_ += static_cast<std::size_t>(size);
  if (written_ == options_.input.size() || (size < 0 && errno != EAGAIN)) close_end(in_);
}

bool Running::reap() {
  int status = 0;
  if (!ended_ && waitpid(pid_, &status, WNOHANG) == pid_) {
    ended_ = true;
    result_.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return ended_;
}

// Moves what is ready to be moved; false once nothing more can come.
bool Running::pump(milliseconds patience) {
  // Nothing is left to come when the streams have ended, or the process has while a child that it
  // left behind still holds them.
  if (in_ >= 0 && options_.input.empty()) close_end(in_);
  std::array<pollfd, 4> fds = {
      {{in_, POLLOUT, 0}, {out_, POLLIN, 0}, {err_, POLLIN, 0}, {terminal_, POLLIN, 0}}};
  if (out_ < 0 && err_ < 0 && terminal_ < 0) return false;
  const int ready = poll(fds.data(), fds.size(), static_cast<int>(patience.count()));
  if (ready == 0) {
    // What it wrote last may have come between the poll and its end: one more look.
    if (ended_) return false;
    reap();
    return true;
  }
  if (fds[0].revents) write_input();
  if (fds[1].revents) read_some(out_, result_.out);
  if (fds[2].revents) read_some(err_, result_.err);
  if (fds[3].revents) read_some(terminal_, options_.terminal ? result_.out : result_.err);
  return true;
}

void Running::give_up(const std::string& waited_for) {
  fail("'" + command_ + "' " + waited_for + "\nstdout so far: " + result_.out +
       "\nstderr so far: " + result_.err);
}

void Running::wait_for(std::string_view text) {
  const auto seen = [&] {
    return result_.out.find(text) != std::string::npos ||
           result_.err.find(text) != std::string::npos;
  };
  while (!seen()) {
    if (steady_clock::now() > deadline_) give_up("did not say '" + std::string(text) + "' in time");
    if (!pump(milliseconds(20)) && !seen()) {
      give_up("ended without saying '" + std::string(text) + "'");
    }
  }
}

Run Running::wait() {
  while (pump(milliseconds(20))) {
    if (steady_clock::now() > deadline_) give_up("did not end in time");
  }
  while (!reap()) {
    if (steady_clock::now() > deadline_) give_up("closed its streams but did not end in time");
    usleep(200);
  }
  return result_;
}

Run run(std::vector<std::string> args, RunOptions options) {
  return Running(std::move(args), std::move(options)).wait();
}

}  // namespace dbkeeper::testing
