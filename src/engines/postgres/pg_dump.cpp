#include "engines/postgres/pg_dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>

#include "dbkeeper/base/process.h"
#include "dbkeeper/base/text.h"
#include "engines/postgres/lock_room.h"

namespace dbkeeper::postgres {
namespace {

namespace fs = std::filesystem;

constexpr int kMajor = 10000;

// In the server's hint where no lock is left, whatever its language.
constexpr std::string_view kLocksSetting = "max_locks_per_transaction";

struct Found {
  fs::path program;
  int major = 0;
  std::string version;
};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t end = text.find(separator);
    out.emplace_back(text.substr(0, end));
    if (end == text.npos) return out;
    text.remove_prefix(end + 1);
  }
}

// Debian's script that looks for one: slower to start than what it finds.
bool is_wrapper(const fs::path& program) {
  std::error_code error;
  return fs::canonical(program, error).filename() == "pg_wrapper";
}

// PATH first, then the places where packages put one beside the other.
std::vector<fs::path> candidates() {
  std::vector<fs::path> out, wrappers;
  const char* path = std::getenv("PATH");
  for (const std::string& folder : split(path ? path : "", ':')) {
    const fs::path program = fs::path(folder) / "pg_dump";
    if (!folder.empty()) (is_wrapper(program) ? wrappers : out).push_back(program);
  }
  const std::vector<std::pair<fs::path, std::string>> kPlaces = {
      {"/usr/lib/postgresql", ""},     // Debian, Alpine: 15/bin
      {"/usr/libexec", "postgresql"},  // Alpine: postgresql15
      {"/usr", "pgsql-"},              // Red Hat: pgsql-15/bin
      {"/opt/homebrew/opt", "postgresql@"},
      {"/usr/local/opt", "postgresql@"}};
  for (const auto& [parent, prefix] : kPlaces) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(parent, error)) {
      if (!entry.path().filename().string().starts_with(prefix)) continue;
      out.push_back(entry.path() / "bin" / "pg_dump");
      out.push_back(entry.path() / "pg_dump");
    }
  }
  out.insert(out.end(), wrappers.begin(), wrappers.end());
  return out;
}

// "pg_dump (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)"
std::optional<Found> look_at(const fs::path& program, const Stop& stop) {
  std::error_code error;
  if (!fs::is_regular_file(program, error)) return std::nullopt;
  constexpr std::string_view kBefore = "(PostgreSQL) ";
  try {
    const std::string answer = run_process({program.string(), {"--version"}}, stop).output;
    const std::size_t at = answer.find(kBefore);
    if (at == answer.npos) return std::nullopt;
    const std::string version =
        answer.substr(at + kBefore.size(),
                      answer.find_first_of(" \n", at + kBefore.size()) - at - kBefore.size());
    return Found{program, std::atoi(version.c_str()), version};
  } catch (const Error& failure) {
    if (failure.kind() == ErrorKind::interrupted) throw;
    return std::nullopt;
  }
}

[[noreturn]] void none_fits(int major, const std::set<std::string>& versions) {
  throw Error(
      ErrorKind::failed,
      fmt::format(
          "a backup of PostgreSQL {0} takes pg_dump of version {0} or newer, and {1}", major,
          versions.empty() ? "none is installed"
                           : "only " + join({versions.begin(), versions.end()}, " and ") +
                                 (versions.size() > 1 ? " are installed" : " is installed")))
      .hint(fmt::format("install it: apt install postgresql-client-{} (from apt.postgresql.org, "
                        "where the distribution's is older)",
                        major));
}

fs::path best_of(int major, const Stop& stop) {
  std::optional<Found> best;
  std::set<std::string> versions;
  for (const fs::path& program : candidates()) {
    const auto found = look_at(program, stop);
    if (!found) continue;
    versions.insert(found->version);
    if (found->major >= major && (!best || found->major < best->major)) best = found;
    if (best && best->major == major) break;
  }
  if (!best) none_fits(major, versions);
  return best->program;
}

// The live connection's parameters, in the variables that libpq reads them from. A service is not
// among them: what it said they say, and a database that it names goes before PGDATABASE.
std::vector<std::pair<std::string, std::string>> variables_of(PGconn* connection) {
  std::vector<std::pair<std::string, std::string>> out;
  const RawConninfo options(PQconninfo(connection));
  for (const PQconninfoOption* option = options.get(); option && option->keyword; ++option) {
    if (!option->envvar || !option->val) continue;
    const std::string_view name = option->envvar;
    if (name == "PGSERVICE") continue;
    // Of several hosts the one that answered.
    std::string value = option->val;
    if (name == "PGHOST") value = text_or_empty(PQhost(connection));
    if (name == "PGHOSTADDR") value = text_or_empty(PQhostaddr(connection));
    if (name == "PGPORT") value = text_or_empty(PQport(connection));
    if (name == "PGDATABASE") value = text_or_empty(PQdb(connection));
    if (name == "PGPASSWORD") value = text_or_empty(PQpass(connection));
    if (!value.empty()) out.emplace_back(name, std::move(value));
  }
  return out;
}

// The others that libpq reads: a caller's own would be taken where the connection has none.
std::vector<std::string> variables_but(
    PGconn* connection, const std::vector<std::pair<std::string, std::string>>& known) {
  std::vector<std::string> out;
  const RawConninfo options(PQconninfo(connection));
  for (const PQconninfoOption* option = options.get(); option && option->keyword; ++option) {
    const std::string name = text_or_empty(option->envvar);
    const auto is_it = [&](const auto& pair) { return pair.first == name; };
    if (!name.empty() && std::ranges::none_of(known, is_it)) out.push_back(name);
  }
  return out;
}

// Of the live connection's parameters those about a network that went away, which no variable
// names.
std::string network_patience_of(PGconn* connection) {
  std::string out;
  const RawConninfo options(PQconninfo(connection));
  for (const PQconninfoOption* option = options.get(); option && option->keyword; ++option) {
    const std::string_view name = option->keyword;
    if (option->val && (name.starts_with("keepalives") || name == "tcp_user_timeout"))
      out += fmt::format("{}='{}' ", name, option->val);
  }
  return out;
}

// The last of its complaints, without the program's name.
std::string complaint_of(const std::string& errors) {
  std::string out;
  for (const std::string& line : split(errors, '\n')) {
    const std::size_t at = line.find("error: ");
    if (at != line.npos) out += (out.empty() ? "" : " ") + line.substr(at + 7);
  }
  return out.empty() ? "it says nothing of why" : out;
}

}  // namespace

PgDump::PgDump(Session& session, const Stop& stop)
    : program_(best_of(session.server_version() / kMajor, stop)),
      environment_(variables_of(session.raw())),
      without_(variables_but(session.raw(), environment_)),
      network_patience_(network_patience_of(session.raw())),
      stop_(stop) {}

std::string PgDump::run(std::vector<std::string> arguments) const {
  if (!network_patience_.empty()) arguments.push_back("--dbname=" + network_patience_);
  const ProcessResult result =
      run_process({program_.string(), arguments, environment_, without_}, stop_);
  stop_.check();
  if (result.status == 0) return result.output;
  // The statement is told as it is, the reason in the server's language: where that isn't English,
  // it counts as any other failure.
  const bool waited = result.errors.find("LOCK TABLE") != result.errors.npos &&
                      result.errors.find("timeout") != result.errors.npos;
  Error error(waited ? ErrorKind::refused : ErrorKind::failed,
              fmt::format("{} failed: {}", program_.string(), complaint_of(result.errors)));
  if (result.errors.find(kLocksSetting) != result.errors.npos) error.hint(kNoLockLeft);
  throw error;
}

}  // namespace dbkeeper::postgres
