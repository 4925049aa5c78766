#include "engines/postgres/database_swap.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "dbkeeper/base/text.h"
#include "dbkeeper/base/utc.h"
#include "dbkeeper/engines/run_mark.h"
#include "engines/postgres/run_mark.h"
#include "engines/postgres/system_identifier.h"

namespace dbkeeper::postgres {
namespace {

// A second one within a second gets another name.
std::string free_name(Maintenance& maintenance, const std::string& database) {
  const std::string stamp = file_stamp(std::chrono::system_clock::now());
  std::string name = stamped_name(database, "before", stamp);
  for (int i = 2; maintenance.exists(name); ++i)
    name = stamped_name(database, "before", fmt::format("{}-{}", stamp, i));
  return name;
}

}  // namespace

DatabaseSwap::DatabaseSwap(Maintenance& maintenance, const std::string& name,
                           const RestoreOptions& restore, const OpenOptions& options)
    : maintenance_(maintenance), restore_(restore), options_(options) {
  place_.name = name;
  place_.location = maintenance_.session().target().place();
  place_.server = system_identifier(maintenance_.session());
  place_.exists = maintenance_.exists(name);
  if (!place_.exists) return;
  place_.bytes = maintenance_.bytes(name);
  place_.sessions = maintenance_.sessions_of(name);
  place_.aside = free_name(maintenance_, name);
}

void DatabaseSwap::check() {
  if (place_.exists && !maintenance_.may_rename(place_.name))
    throw Error(
        ErrorKind::failed,
        fmt::format("this role doesn't own the database '{}', and may not rename it", place_.name))
        .hint("restore as its owner");
  if (!restore_.end_sessions) refuse_sessions();
}

std::string DatabaseSwap::mark() {
  return place_.exists ? mark_of_database(maintenance_.number_of(place_.name)) : kNoDatabaseYet;
}

void DatabaseSwap::carry_out(const std::string& fresh, RestoreReport& report) {
  if (!restore_.end_sessions) refuse_sessions();
  maintenance_.session().command("SET synchronous_commit = on");
  rename(fresh);
  report.put_aside = place_.aside;
  drop_old(report);
}

void DatabaseSwap::refuse_sessions() {
  const auto sessions = maintenance_.sessions_of(place_.name);
  if (sessions.empty()) return;
  throw Error(ErrorKind::refused, fmt::format("others work with the database '{}': {}", place_.name,
                                              join(sessions, "; ")))
      .hint("stop them, or leave --no-terminate out");
}

void DatabaseSwap::rename(const std::string& fresh) {
  const auto sessions =
      place_.exists ? maintenance_.sessions_of(place_.name) : std::vector<std::string>();
  try {
    maintenance_.swap(place_.name, place_.aside, fresh);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::refused) throw;
    const auto still = maintenance_.sessions_of(place_.name);
    if (still.empty()) throw;
    throw Error(ErrorKind::refused,
                fmt::format("others work with the database '{}', and could not be ended: {}",
                            place_.name, join(still, "; ")))
        .hint("stop them, or restore as a role that may end their sessions");
  }
  if (!sessions.empty())
    options_.reporter->info(
        fmt::format("sessions on the old database were ended: {}", join(sessions, "; ")));
}

void DatabaseSwap::drop_old(RestoreReport& report) {
  const auto names = maintenance_.stamped(stamped_name(place_.name, "before", ""));
  for (std::size_t i = static_cast<std::size_t>(std::max(restore_.keep_old, 0)); i < names.size();
       ++i) {
    try {
      maintenance_.drop(names[i]);
      report.dropped.push_back(names[i]);
      if (names[i] == report.put_aside) report.put_aside.clear();
    } catch (const Error& error) {
      options_.reporter->warn(
          fmt::format("the earlier database {} is still there: {}", names[i], error.message()));
    }
  }
}

}  // namespace dbkeeper::postgres
