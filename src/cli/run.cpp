#include "cli/run.h"

#include <unistd.h>

#include <csignal>
#include <string_view>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/session.h"

namespace dbkeeper::cli {
namespace {

int print_version(bool json) {
  Outcome outcome;
  outcome.result.set("version", DBKEEPER_VERSION);
  outcome.text = "dbkeeper " DBKEEPER_VERSION "\n";
  return write_stdout(json ? json_report("", outcome, 0, {}, {}) : outcome.text) ? 0 : 1;
}

// When not even an error could be shown properly.
int last_words() {
  constexpr std::string_view kWords = "error: out of memory, or worse\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kWords.data(), kWords.size());
  return 1;
}

}  // namespace

int run(int argc, char** argv) {
  try {
    // A closed pipe, or a file grown too large, is an error of the write that notices it.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    const Arguments arguments = take_arguments(argc, argv);
    if (arguments.has("--version")) return print_version(arguments.has("--json"));
    return Session(arguments).run();
  } catch (...) {
    return last_words();
  }
}

}  // namespace dbkeeper::cli
