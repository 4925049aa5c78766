#include "dbkeeper/core/retention.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <utility>

#include "dbkeeper/base/duration.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper {
namespace {

// The period in which a moment lies, as a rule names it.
using Period = std::function<std::string(Moment)>;

std::string day_of(Moment moment) {
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(moment)};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string month_of(Moment moment) { return day_of(moment).substr(0, 7); }

// ISO 8601: a week begins on Monday and belongs to the year of its Thursday.
std::string week_of(Moment moment) {
  using namespace std::chrono;
  const sys_days day = floor<days>(moment);
  const sys_days thursday = day + days{4} - days{weekday{day}.iso_encoding()};
  const year_month_day date{thursday};
  const auto first = sys_days{date.year() / January / 1};
  return fmt::format("{:04}-W{:02}", static_cast<int>(date.year()),
                     (thursday - first).count() / 7 + 1);
}

std::string class_of(const FolderBackup& backup) {
  return is_reserved_label(backup.label) ? backup.label : std::string("user");
}

class Planner {
 public:
  Planner(const std::vector<FolderBackup>& backups, const CleanupRules& rules, Moment now)
      : backups_(backups), rules_(rules), now_(now), kept_(backups.size()) {}

  std::vector<Verdict> plan() {
    for (std::size_t i = 0; i < backups_.size(); ++i) kept_[i] = why_out_of_reach(backups_[i]);
    for (const auto& slots : candidates()) fill_slots(slots);
    keep_newest_of_databases();
    hold();
    std::vector<Verdict> verdicts;
    for (std::size_t i = 0; i < backups_.size(); ++i) verdicts.push_back(verdict(i));
    return verdicts;
  }

 private:
  // Why the rules don't apply to it at all; empty: they do.
  std::string why_out_of_reach(const FolderBackup& backup) const {
    if (!backup.problem.empty())
      return fmt::format("not readable, so not judged: {}", backup.problem);
    if (!has_given_name(backup)) return "its name isn't one that dbkeeper gives";
    if (!glob_matches(rules_.label, backup.label))
      return fmt::format("its label isn't '{}'", rules_.label);
    if (!is_sound(backup)) return "not verified: fills no slot, and is never removed";
    if (is_yet_to_come(backup, now_)) return "its time is yet to come: fills no slot";
    return "";
  }

  // Newest first, those of one database and class in a list.
  std::vector<std::vector<std::size_t>> candidates() const {
    std::vector<std::size_t> order(backups_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
      return std::pair(backups_[a].time, backups_[a].path) >
             std::pair(backups_[b].time, backups_[b].path);
    });
    std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> classes;
    for (const std::size_t i : order)
      if (kept_[i].empty()) classes[{database_of(backups_[i]), class_of(backups_[i])}].push_back(i);
    std::vector<std::vector<std::size_t>> out;
    for (auto& [name, members] : classes) out.push_back(std::move(members));
    return out;
  }

  void keep(std::size_t backup, std::string rule) {
    if (kept_[backup].empty()) kept_[backup] = std::move(rule);
  }

  void fill_slots(const std::vector<std::size_t>& newest_first) {
    const auto slots = std::min(static_cast<std::size_t>(newest()), newest_first.size());
    for (std::size_t i = 0; i < slots; ++i)
      keep(newest_first[i], newest() == 1
                                ? "the newest"
                                : fmt::format("number {} of the {} newest", i + 1, newest()));
    fill_periods(newest_first, rules_.daily, "day", day_of);
    fill_periods(newest_first, rules_.weekly, "week", week_of);
    fill_periods(newest_first, rules_.monthly, "month", month_of);
  }

  void fill_periods(const std::vector<std::size_t>& newest_first, std::optional<int> count,
                    std::string_view name, const Period& period_of) {
    std::string last;
    int filled = 0;
    for (const std::size_t i : newest_first) {
      const std::string period = period_of(backups_[i].time);
      if (period == last) continue;
      if (filled == count.value_or(0)) return;
      last = period;
      ++filled;
      keep(i, fmt::format("the newest of {} {}, {} {} of {}", name, period, name, filled, *count));
    }
  }

  // The last resort of each database, whatever its label is.
  void keep_newest_of_databases() {
    std::map<std::string, std::size_t> newest;
    for (std::size_t i = 0; i < backups_.size(); ++i) {
      const FolderBackup& backup = backups_[i];
      if (!is_sound(backup) || !has_given_name(backup) || is_yet_to_come(backup, now_)) continue;
      const auto [at, first] = newest.emplace(database_of(backup), i);
      const FolderBackup& other = backups_[at->second];
      if (!first && std::pair(backup.time, backup.path) > std::pair(other.time, other.path))
        at->second = i;
    }
    for (const auto& [database, i] : newest) keep(i, "the newest sound backup of its database");
  }

  void hold() {
    for (std::size_t i = 0; i < backups_.size(); ++i) {
      if (is_sound(backups_[i]) && backups_[i].proof->before_collapse)
        keep(i, "the last one before the data collapsed (--accept-collapse lets it go)");
      for (const Hold& hold : rules_.holds)
        if (hold.file.filename() == backups_[i].path.filename()) keep(i, hold.reason);
    }
  }

  Verdict verdict(std::size_t i) const {
    if (!kept_[i].empty()) return {true, kept_[i]};
    if (!rules_.max_age) return {false, "no rule keeps it: " + given_rules()};
    const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(now_ - backups_[i].time);
    if (age <= *rules_.max_age)
      return {true, fmt::format("younger than {}", human_age(*rules_.max_age))};
    return {false, fmt::format("older than {}, and no rule keeps it: {}",
                               human_age(*rules_.max_age), given_rules())};
  }

  int newest() const {
    const bool none_given = !rules_.newest && !rules_.daily && !rules_.weekly && !rules_.monthly;
    return rules_.newest.value_or(none_given ? kKeptByDefault : 0);
  }

  std::string given_rules() const {
    std::vector<std::string> out;
    if (newest() > 0 || rules_.newest) out.push_back(fmt::format("{} newest", newest()));
    for (const auto& [count, name] :
         {std::pair(rules_.daily, "days"), std::pair(rules_.weekly, "weeks"),
          std::pair(rules_.monthly, "months")})
      if (count) out.push_back(fmt::format("{} {}", *count, name));
    return join(out, ", ");
  }

  const std::vector<FolderBackup>& backups_;
  const CleanupRules& rules_;
  const Moment now_;
  std::vector<std::string> kept_;  // why; empty: nothing has kept it yet
};

}  // namespace

bool is_reserved_label(std::string_view label) {
  return label == kPreMigrate || label == kPreRestore || label == kPreImport;
}

std::vector<Verdict> plan_cleanup(const std::vector<FolderBackup>& backups,
                                  const CleanupRules& rules, Moment now) {
  return Planner(backups, rules, now).plan();
}

}  // namespace dbkeeper
