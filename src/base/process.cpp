#include "dbkeeper/base/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "base/spawn.h"
#include "dbkeeper/base/environment.h"

namespace dbkeeper {
namespace {

constexpr std::size_t kErrorsKept = 64 << 10;
constexpr int kLookMs = 100;  // how soon a stop is noticed

[[noreturn]] void fail(const std::string& program, int error) {
  throw Error(ErrorKind::failed, fmt::format("cannot run '{}': {}", program, std::strerror(error)));
}

class Pipe {
 public:
  explicit Pipe(const std::string& program) {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) fail(program, errno);
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  bool open() const { return ends_[0] >= 0; }
  void close_reader() { close_end(0); }
  void close_writer() { close_end(1); }

 private:
  void close_end(std::size_t end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }
  std::array<int, 2> ends_ = {-1, -1};
};

// What the child has instead of our signals and descriptors.
class Surroundings {
 public:
  Surroundings(const Pipe& output, const Pipe& errors) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files_, output.writer(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files_, errors.writer(), STDERR_FILENO);
  }
  ~Surroundings() { posix_spawn_file_actions_destroy(&files_); }
  Surroundings(const Surroundings&) = delete;
  Surroundings& operator=(const Surroundings&) = delete;

  const posix_spawn_file_actions_t* files() const { return &files_; }
  const posix_spawnattr_t* attributes() const { return signals_.get(); }

 private:
  posix_spawn_file_actions_t files_;
  DefaultSignals signals_;
};

std::vector<std::string> environment_of(const ProcessCall& call) {
  std::vector<std::string> out;
  for (std::string& text : inherited_environment()) {
    const std::string_view known = std::string_view(text).substr(0, text.find('='));
    bool left_out = std::ranges::find(call.without, known) != call.without.end();
    for (const auto& [name, value] : call.environment) left_out = left_out || known == name;
    if (!left_out) out.push_back(std::move(text));
  }
  for (const auto& [name, value] : call.environment) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

class Child {
 public:
  Child(const ProcessCall& call, const Pipe& output, const Pipe& errors) {
    std::vector<std::string> words = {call.program};
    words.insert(words.end(), call.arguments.begin(), call.arguments.end());
    std::vector<std::string> environment = environment_of(call);
    const Surroundings surroundings(output, errors);
    if (const int error = posix_spawnp(&pid_, call.program.c_str(), surroundings.files(),
                                       surroundings.attributes(), pointers(words).data(),
                                       pointers(environment).data());
        error != 0)
      fail(call.program, error);
  }
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGTERM);
    if (!ended_in_time()) ::kill(pid_, SIGKILL);
    wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // It may tidy up first, and what it asks for that may never answer.
  bool ended_in_time() const {
    constexpr int kLooks = 200;
    constexpr timespec kBetween{0, 10'000'000};
    for (int i = 0; i < kLooks; ++i) {
      siginfo_t end = {};
      if (::waitid(P_PID, static_cast<id_t>(pid_), &end, WEXITED | WNOHANG | WNOWAIT) != 0 ||
          end.si_pid != 0)
        return true;
      ::nanosleep(&kBetween, nullptr);
    }
    return false;
  }

  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return exit_status(status);
  }

 private:
  pid_t pid_ = -1;
};

// Takes what there is; false at the end.
bool take(Pipe& pipe, std::string& out) {
  std::array<char, 1 << 16> room;
  const ssize_t size = ::read(pipe.reader(), room.data(), room.size());
  if (size > 0) out.append(room.data(), static_cast<std::size_t>(size));
  return size > 0 || (size < 0 && errno == EINTR);
}

}  // namespace

ProcessResult run_process(const ProcessCall& call, const Stop& stop) {
  Pipe output(call.program), errors(call.program);
  Child child(call, output, errors);
  output.close_writer();
  errors.close_writer();
  ProcessResult result;
  while (output.open() || errors.open()) {
    stop.check();
    std::array<pollfd, 2> waiting = {{{output.reader(), POLLIN, 0}, {errors.reader(), POLLIN, 0}}};
    ::poll(waiting.data(), waiting.size(), kLookMs);
    if (waiting[0].revents && !take(output, result.output)) output.close_reader();
    if (waiting[1].revents && !take(errors, result.errors)) errors.close_reader();
    if (result.errors.size() > 2 * kErrorsKept)
      result.errors.erase(0, result.errors.size() - kErrorsKept);
  }
  result.status = child.wait();
  return result;
}

}  // namespace dbkeeper
