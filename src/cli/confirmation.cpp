#include "cli/confirmation.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "dbkeeper/base/printable.h"
#include "dbkeeper/base/write.h"

namespace dbkeeper::cli {
namespace {

// The terminal of this process, whatever its standard streams are.
class Terminal {
 public:
  Terminal() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {}
  ~Terminal() {
    if (fd_ >= 0) ::close(fd_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  bool is_there() const { return fd_ >= 0; }

  void show(std::string_view text) const { write_whole(fd_, text); }

  // Whatever was typed before a question is no answer to it.
  void forget_input() const { ::tcflush(fd_, TCIFLUSH); }

  // A line, without its end; what there is of it where the input ends first.
  std::string read_line(const Stop& stop) const {
    std::string line;
    char c = 0;
    while (read_byte(c, stop) && c != '\n') line += c;
    return line;
  }

 private:
  bool read_byte(char& c, const Stop& stop) const {
    constexpr int kPatience = 100;  // milliseconds between two looks at the stop
    while (true) {
      pollfd waiting{fd_, POLLIN, 0};
      const int ready = ::poll(&waiting, 1, kPatience);
      stop.check();
      if (ready <= 0) continue;
      const ssize_t got = ::read(fd_, &c, 1);
      if (got >= 0 || errno != EINTR) return got > 0;
    }
  }

  int fd_;
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string how_to_give(const Confirmation& needed) {
  return fmt::format("--confirm '{}'", needed.phrase);
}

}  // namespace

bool Confirmer::is_given(const Confirmation& needed) const {
  if (needed.given.empty()) return yes_;
  if (needed.given == needed.phrase) return true;
  throw Error(ErrorKind::refused,
              fmt::format("not confirmed: --confirm is '{}', and has to be '{}'", needed.given,
                          needed.phrase))
      .hint(how_to_give(needed));
}

void Confirmer::check(const Confirmation& needed) const {
  if (is_given(needed) || Terminal().is_there()) return;
  throw Error(ErrorKind::refused, fmt::format("not confirmed: {} destroys data, and there is no "
                                              "terminal to ask on",
                                              needed.needed))
      .hint(fmt::format("give {}, or --yes", how_to_give(needed)));
}

void Confirmer::confirm(const Confirmation& needed,
                        const std::function<std::string()>& question) const {
  check(needed);
  if (is_given(needed)) return;
  const std::string typed =
      answer(fmt::format("{}Type {} to go on: ", question(), one_line(needed.phrase)));
  if (trimmed(typed) == needed.phrase) return;
  throw Error(ErrorKind::refused, trimmed(typed).empty()
                                      ? "not confirmed: nothing was changed"
                                      : fmt::format("not confirmed: '{}' is not '{}'; nothing was "
                                                    "changed",
                                                    trimmed(typed), needed.phrase));
}

std::optional<std::string> Confirmer::ask(const std::string& question) const {
  if (yes_ || !Terminal().is_there()) return std::nullopt;
  return std::string(trimmed(answer(question)));
}

std::string Confirmer::answer(const std::string& question) const {
  const Terminal terminal;
  if (!terminal.is_there()) throw Error(ErrorKind::refused, "not confirmed: the terminal has gone");
  log_.make_way();
  terminal.forget_input();
  terminal.show(printable(redactor_(question)));
  try {
    return terminal.read_line(stop_);
  } catch (const Error&) {  // what the error says begins a line of its own
    terminal.show("\n");
    throw;
  }
}

}  // namespace dbkeeper::cli
