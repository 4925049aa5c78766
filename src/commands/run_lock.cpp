#include "commands/run_lock.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>

namespace dbkeeper {
namespace {

constexpr std::string_view kVariable = "DBKEEPER_LOCK_HOLDER";

std::string text_of(pid_t holder, const NamedDatabase& database) {
  return fmt::format("{} {} {}", holder, database.engine, database.name);
}

// Something that the command has left running may outlive the lock.
bool is_held_by_us(const std::string& text, const NamedDatabase& database) {
  pid_t holder = 0;
  std::from_chars(text.data(), text.data() + text.size(), holder);
  return holder > 0 && text == text_of(holder, database) && ::kill(holder, 0) == 0;
}

}  // namespace

std::unique_ptr<DatabaseLock> lock_for_run(const std::string& address, Context& context) {
  const NamedDatabase database = named_database(address);
  for (const auto& [name, value] : context.program_environment())
    if (name == kVariable && is_held_by_us(value, database)) return nullptr;
  return lock_database(address, context.open_options(Access::write));
}

std::pair<std::string, std::string> lock_variable(const std::string& address) {
  return {std::string(kVariable), text_of(::getpid(), named_database(address))};
}

}  // namespace dbkeeper
