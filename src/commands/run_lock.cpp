#include "commands/run_lock.h"

#include <cstdlib>
#include <iterator>
#include <sstream>
#include <vector>

namespace dbkeeper {
namespace {

// Secrets of the locks that are held above us, blanks between them.
constexpr const char* kVariable = "DBKEEPER_LOCK_TOKENS";

// Of the process's own environment alone: nobody above us has written it into a file.
std::string text_from_above() {
  const char* text = std::getenv(kVariable);
  return text ? text : "";
}

std::vector<std::string> tokens_from_above() {
  std::istringstream text(text_from_above());
  return {std::istream_iterator<std::string>(text), {}};
}

}  // namespace

std::unique_ptr<DatabaseLock> lock_for_run(const std::string& address, Context& context) {
  return lock_database(address, context.open_options(Access::write), tokens_from_above());
}

std::pair<std::string, std::string> lock_variable(const DatabaseLock& lock) {
  const std::string above = text_from_above();
  return {kVariable, (above.empty() ? "" : above + " ") + lock.token()};
}

}  // namespace dbkeeper
