// <database>_<word>_<time>.run: {"command": …, "engine": …, "database": …, "location": …, "server":
// …, "number": …, "begun": …, "state": "begun" | "done" | "failed", "copy": …, "aside": …,
// "way": …, "source": …, "mark": …}
#include "dbkeeper/core/run_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <ranges>
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

Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }

std::string text_of(const DestructiveRun& run) {
  return json_of(Value()
                     .set("command", run.command)
                     .set("engine", run.engine)
                     .set("database", run.database)
                     .set("location", run.location)
                     .set("server", text_or_null(run.server))
                     .set("number", run.number)
                     .set("begun", rfc3339(run.begun))
                     .set("state", word_of(run.state))
                     .set("copy", text_or_null(run.copy))
                     .set("aside", text_or_null(run.aside))
                     .set("way", text_or_null(run.way))
                     .set("source", text_or_null(run.source))
                     .set("mark", text_or_null(run.mark))) +
         "\n";
}

// A number that nobody can have counted to is none.
std::int64_t number_in(const Value& record) {
  constexpr std::int64_t kHighest = std::int64_t{1} << 53;
  const std::int64_t number = member_of<std::int64_t>(record, "number").value_or(0);
  return number > 0 && number < kHighest ? number : 0;
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
                        .way = text("way"),
                        .source = text("source"),
                        .mark = text("mark"),
                        .number = number_in(*record)};
}

// Two runs at once may get the same one, if they aren't of one database, which the lock sees to.
std::int64_t next_number(const fs::path& folder) {
  std::int64_t highest = 0;
  for (const DestructiveRun& run : list_runs(folder)) highest = std::max(highest, run.number);
  return highest + 1;
}

// The series of failed migrations in which a database is, if it is in one.
class Series {
 public:
  // The next of its runs.
  void follow(const DestructiveRun& run) {
    for (const std::string& old : {run.copy, run.aside})
      if (!old.empty()) earlier_[fs::path(old).filename()] = first_;
    if (run.command == kMigrateCommand)
      follow_migration(run);
    else if (run.state == RunState::done && !run.source.empty())
      first_ = first_at(run.source);
  }

  // The copy from before the first failure; empty: there is no such series.
  const std::string& first() const { return first_; }

 private:
  void follow_migration(const DestructiveRun& run) {
    if (run.state == RunState::done)
      first_.clear();
    else if (first_.empty())
      first_ = run.copy;
  }

  // What it was in the state that a copy is of, or a database that was put aside.
  std::string first_at(const std::string& old) const {
    const auto at = earlier_.find(fs::path(old).filename());
    return at == earlier_.end() ? std::string() : at->second;
  }

  std::string first_;
  std::map<fs::path, std::string> earlier_;
};

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
  run_.number = next_number(folder);
  AtomicFile file(folder / fmt::format("{}_{}_{}{}", file_name_of(run_.database),
                                       file_word(run_.command), file_stamp(run_.begun), kEnding));
  file.write(text_of(run_));
  run_.file = file.commit_as_new();
  remove_old(folder, run_);
}

void RunRecord::forget() { forget_run(run_); }

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
    return std::tie(a.number, a.begun, a.file) > std::tie(b.number, b.begun, b.file);
  });
  return out;
}

void forget_run(const DestructiveRun& run) {
  std::error_code stays;
  fs::remove(run.file, stays);
}

std::vector<Hold> held_copies(const std::vector<DestructiveRun>& runs) {
  std::map<std::array<std::string, 4>, Series> all;
  for (const DestructiveRun& run : runs | std::views::reverse)
    all[{run.engine, run.database, run.location, run.server}].follow(run);
  std::vector<Hold> out;
  for (const auto& [database, series] : all)
    if (!series.first().empty())
      out.push_back(
          {series.first(), "it is from before the first of a series of failed migrations"});
  return out;
}

}  // namespace dbkeeper
