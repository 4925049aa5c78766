#include "commands/migrate_child.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <set>
#include <stop_token>
#include <thread>

#include "commands/migrate_words.h"
#include "dbkeeper/base/threads.h"
#include "dbkeeper/base/thrown.h"

namespace dbkeeper {
namespace {

constexpr std::chrono::milliseconds kLook{500};

// Tells, while the command runs, who is in its way.
class Onlooker {
 public:
  Onlooker(const SessionWatch& watch, Reporter& reporter) : watch_(watch), reporter_(reporter) {
    add_thread(thread_, [this](const std::stop_token& end) { look(end); });
  }

 private:
  void look(const std::stop_token& end) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    while (!wake.wait_for(lock, end, kLook, [&] { return end.stop_requested(); }))
      for (const BlockedBy& blocker : watch_.so_far().waits)
        if (told_.insert({blocker.pid, blocker.waited}).second)
          reporter_.info(fmt::format("it waits{} for {}",
                                     blocker.waited.empty() ? "" : " on " + blocker.waited,
                                     blocker.who));
  }

  const SessionWatch& watch_;
  Reporter& reporter_;
  std::set<std::pair<int, std::string>> told_;
  std::vector<std::jthread> thread_;  // one, or none to be had
};

bool contains(const Variables& variables, const std::string& name) {
  return std::ranges::any_of(variables, [&](const auto& pair) { return pair.first == name; });
}

}  // namespace

MigrateChild run_child(const MigrateCall& call, Context& context) {
  ForegroundCall foreground{.program = find_program(call.words.front()),
                            .words = call.words,
                            .output_to_errors = context.settings.json,
                            .timeout = call.timeout,
                            .shown = shown_line({call.words.front()})};
  for (const auto& [name, value] : call.set) foreground.environment.emplace_back(name, value);
  for (const std::string& name : call.unset)
    foreground.environment.emplace_back(name, std::nullopt);
  const Stop never;  // what a stop does to the child is still to be seen
  OpenOptions watching = context.open_options(Access::read);
  watching.stop = &never;
  const auto watch = watch_sessions(call.address, watching);
  MigrateChild child;
  {
    const Onlooker onlooker(*watch, context.reporter);
    context.reporter.progress({});
    child.end = run_in_foreground(foreground, context.reporter, context.stop);
  }
  try {
    child.sessions = watch->finish();
  } catch (...) {
    context.reporter.debug(as_error(std::current_exception()).message());
  }
  return child;
}

std::string end_in_words(const MigrateChild& child) {
  if (child.end.timed_out) return "took longer than --timeout allows and was ended";
  if (child.end.signal != 0)
    return fmt::format("was ended by signal {} ({})", child.end.signal,
                       ::strsignal(child.end.signal));
  return fmt::format("ended with status {}", child.end.status);
}

Variables absent_variables(const std::string& address, const Variables& environment) {
  constexpr std::string_view kService = "PGSERVICE";
  if (contains(environment, std::string(kService))) return {};  // it says all of it
  Variables out = redirect(address, address, {environment, {}}).set;
  std::erase_if(out, [&](const auto& pair) {
    return contains(environment, pair.first) || contains(environment, pair.first + "_FILE");
  });
  return out;
}

std::string other_database(const std::string& text, const std::string& address) {
  try {
    if (!is_database_address(text)) return {};
    const NamedDatabase ours = named_database(address), named = named_database(text);
    if (ours.engine == named.engine && ours.name == named.name) return {};
    if (ours.engine == named.engine && (ours.name.empty() || named.name.empty())) return {};
    const std::string variable = "DATABASE_URL";
    const Redirection way = redirect(address, address, {{{variable, text}}, {}});
    const bool ours_after_all = std::ranges::count(way.found, variable) > 0 ||
                                std::ranges::count(way.doubtful, variable) > 0;
    return ours_after_all ? std::string() : named.name;
  } catch (const Error&) {  // it names none that we know
    return {};
  }
}

}  // namespace dbkeeper
