#include "commands/stopped_run.h"

#include <fmt/format.h>

#include <optional>
#include <system_error>

#include "dbkeeper/base/utc.h"
#include "dbkeeper/core/sameness.h"
#include "dbkeeper/engines/put_back.h"
#include "dbkeeper/engines/run_mark.h"

namespace dbkeeper {
namespace {

bool is_backup_there(const std::string& file) {
  std::error_code ignored;
  return file.ends_with(".dbk") && std::filesystem::is_regular_file(file, ignored);
}

bool differs_from_copy(const DestructiveRun& run, const std::string& address, Context& context) {
  context.reporter.info(fmt::format("{} of {} was stopped: comparing the database with {}",
                                    run.command, rfc3339(run.begun), run.copy));
  const auto database = context.open_address(address, Access::read);
  const SamenessOptions how{.enough = 1, .jobs = context.settings.jobs};
  return !changes_since(BackupArchive(run.copy), *database, how, context.reporter, context.stop)
              .empty();
}

// Earlier versions of dbkeeper left no mark, but the name under which the old database would stand.
std::optional<bool> was_put_aside(const DestructiveRun& run, const std::string& address,
                                  const OpenOptions& options) {
  if (run.aside.empty()) return std::nullopt;
  return begin_put_back(address, run.aside, {}, options) != nullptr;
}

}  // namespace

bool may_have_changed(const DestructiveRun& run, const std::string& address, Context& context) {
  if (run.state != RunState::begun) return true;
  OpenOptions options = context.open_options(Access::read);
  options.reporter = &context.reporter;
  options.stop = &context.stop;
  try {
    const auto told = run.mark.empty() ? was_put_aside(run, address, options)
                                       : has_happened(run.mark, address, options);
    if (told) return *told;
    return !is_backup_there(run.copy) || differs_from_copy(run, address, context);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted || error.kind() == ErrorKind::usage) throw;
    context.reporter.debug(fmt::format("whether {} has changed anything can't be told: {}",
                                       run.command, error.message()));
    return run.mark != kNoDatabaseYet;
  }
}

}  // namespace dbkeeper
