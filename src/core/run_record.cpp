// <database>_<word>_<time>.run: {"command": …, "engine": …, "database": …, "location": …, "server":
// …, "begun": …, "state": "begun" | "done" | "failed", "copy": …, "aside": …, "way": …}
#include "dbkeeper/core/run_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>

#include "core/record_file.h"
#include "dbkeeper/base/atomic_file.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/base/json_text.h"
#include "dbkeeper/base/utc.h"
#include "dbkeeper/core/export_target.h"

namespace dbkeeper {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".run";
constexpr std::size_t kKept = 20;  // of a database
constexpr std::array<std::string_view, 3> kStates = {"begun", "done", "failed"};

std::string_view word_of(RunState state) { return kStates[static_cast<std::size_t>(state)]; }

// "import --mode clean" is an import.
std::string file_word(const std::string& command) { return command.substr(0, command.find(' ')); }

bool same_database(const DestructiveRun& a, const DestructiveRun& b) {
  return a.engine == b.engine && a.database == b.database && a.location == b.location &&
         may_be_same_server(a.server, b.server);
}

std::string text_of(const DestructiveRun& run) {
  return json_of(Value()
                     .set("command", run.command)
                     .set("engine", run.engine)
                     .set("database", run.database)
                     .set("location", run.location)
                     .set("server", run.server.empty() ? Value() : Value(run.server))
                     .set("begun", rfc3339(run.begun))
                     .set("state", word_of(run.state))
                     .set("copy", run.copy.empty() ? Value() : Value(run.copy))
                     .set("aside", run.aside.empty() ? Value() : Value(run.aside))
                     .set("way", run.way.empty() ? Value() : Value(run.way))) +
         "\n";
}

std::optional<DestructiveRun> read_run(const fs::path& file) {
  const auto record = read_record_file(file);
  if (!record) return std::nullopt;
  const auto text = [&](std::string_view name) {
    return member_of<std::string>(*record, name).value_or("");
  };
  const auto begun = parse_rfc3339(text("begun"));
  const auto state = std::ranges::find(kStates, text("state"));
  if (!begun || state == kStates.end() || text("command").empty()) return std::nullopt;
  return DestructiveRun{.command = text("command"),
                        .engine = text("engine"),
                        .database = text("database"),
                        .location = text("location"),
                        .server = text("server"),
                        .begun = *begun,
                        .state = static_cast<RunState>(state - kStates.begin()),
                        .copy = text("copy"),
                        .aside = text("aside"),
                        .file = file,
                        .way = text("way")};
}

// Those of this database that are too old to be taken back, but for what keeps a copy.
void remove_old(const fs::path& folder, const DestructiveRun& latest) {
  const std::vector<DestructiveRun> runs = list_runs(folder);
  const std::vector<Hold> holds = held_copies(runs);
  std::size_t seen = 0;
  for (const DestructiveRun& run : runs) {
    if (!same_database(run, latest) || ++seen <= kKept) continue;
    const bool holding = std::ranges::any_of(
        holds, [&](const Hold& hold) { return hold.file == fs::path(run.copy); });
    std::error_code stays;
    if (!holding) fs::remove(run.file, stays);
  }
}

}  // namespace

RunRecord::RunRecord(const fs::path& folder, DestructiveRun run) : run_(std::move(run)) {
  make_backup_folder(folder);
  run_.begun = std::chrono::system_clock::now();
  run_.state = RunState::begun;
  AtomicFile file(folder / fmt::format("{}_{}_{}{}", file_name_of(run_.database),
                                       file_word(run_.command), file_stamp(run_.begun), kEnding));
  file.write(text_of(run_));
  run_.file = file.commit_as_new();
  remove_old(folder, run_);
}

void RunRecord::forget() {
  std::error_code stays;
  fs::remove(run_.file, stays);
}

// On a full disk it stays as begun: what it says of the copy is what counts.
void RunRecord::finish(RunState state) {
  run_.state = state;
  write();
}

bool RunRecord::renew(const std::string& copy) {
  if (run_.copy == copy && read_run(run_.file)) return true;
  run_.copy = copy;
  return write();
}

bool RunRecord::write() const {
  try {
    make_backup_folder(run_.file.parent_path());
    AtomicFile file(run_.file);
    file.write(text_of(run_));
    file.commit();
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

std::vector<DestructiveRun> list_runs(const fs::path& folder) {
  std::vector<DestructiveRun> out;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() != kEnding) continue;
    if (auto run = read_run(entry->path())) out.push_back(std::move(*run));
  }
  std::ranges::sort(out, [](const DestructiveRun& a, const DestructiveRun& b) {
    return std::tie(a.begun, a.file) > std::tie(b.begun, b.file);
  });
  return out;
}

std::vector<Hold> held_copies(const std::vector<DestructiveRun>& runs) {
  std::map<std::array<std::string, 4>, std::string> first;  // copies of series that go on
  std::map<std::array<std::string, 4>, bool> ended;
  for (const DestructiveRun& run : runs) {
    if (run.command != kMigrateCommand) continue;
    const std::array<std::string, 4> database = {run.engine, run.database, run.location,
                                                 run.server};
    if (run.state == RunState::done) ended[database] = true;
    if (!ended[database] && !run.copy.empty()) first[database] = run.copy;
  }
  std::vector<Hold> out;
  for (const auto& [database, copy] : first)
    out.push_back({copy, "it is from before the first of a series of failed migrations"});
  return out;
}

}  // namespace dbkeeper
