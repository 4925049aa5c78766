#include "cli/globals.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <limits>

#include "cli/option_info.h"
#include "dbkeeper/base/duration.h"

namespace dbkeeper::cli {
namespace {

// The longest that PostgreSQL's lock_timeout can hold.
constexpr std::chrono::milliseconds kLongest{std::numeric_limits<std::int32_t>::max()};

std::chrono::milliseconds duration_of(const std::string& text) {
  const auto duration = parse_duration(text);
  if (!duration || *duration > kLongest)
    throw CLI::ValidationError(
        fmt::format("'{}' is not a duration such as 500ms, 10s, 2m or 0, of at most 24d", text),
        CLI::ExitCodes::ValidationError);
  return *duration;
}

}  // namespace

void add_global_options(CLI::App& app, Globals& globals) {
  const std::string usual_group = app.option_defaults()->get_group();
  app.option_defaults()->always_capture_default()->group(std::string(kGlobalGroup));

  app.add_option("--db", globals.db, "the database: a URL, libpq's key=value string, or a file")
      ->type_name("URL");
  app.add_option("--config", globals.config, "read this config file instead of dbkeeper.toml")
      ->type_name("FILE");
  app.add_flag("--json", globals.json, "report to stdout as one JSON document");
  app.add_flag("-q,--quiet", globals.quiet,
               "on success say nothing but what was asked to be shown: for cron");
  app.add_flag("-v,--verbose", globals.verbose, "say more about what is done");
  app.add_option("--log-format", globals.log_format, "how lines on stderr are written")
      ->check(CLI::IsMember({"text", "json"}));
  app.add_option("--color", globals.color, "colours on stderr (NO_COLOR is honoured)")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_option("--progress", globals.progress, "show progress on stderr")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_flag("-y,--yes", globals.yes, "answer every question with yes");
  app.add_option("-j,--jobs", globals.jobs, "connections and threads at work")
      ->check(CLI::Range(1, 64));
  app.add_option("--dir", globals.dir, "the backup folder (or DBKEEPER_BACKUP_DIR)")
      ->type_name("DIR");
  app.add_option_function<std::string>(
         "--lock-timeout",
         [&](const std::string& text) { globals.lock_timeout = duration_of(text); },
         "how long to wait for a lock")
      ->type_name("DURATION")
      ->default_str("10s");
  app.add_option_function<std::string>(
         "--wait", [&](const std::string& text) { globals.wait = duration_of(text); },
         "PostgreSQL: how long to try again while the server isn't up yet: 60s")
      ->type_name("DURATION")
      ->default_str("0");
  app.add_flag("--no-env-file", globals.no_env_file, "don't read .env in the current folder");
  app.add_flag("--version", globals.version, "print the version");
  app.add_flag("-h,--help", globals.help, "print this help");

  app.option_defaults()->group(usual_group);
}

}  // namespace dbkeeper::cli
