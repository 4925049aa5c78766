#include "engines/postgres/sightings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dbkeeper/base/duration.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper::postgres {
namespace {

// What is shorter is everyday life.
constexpr double kHeldUp = 1;
constexpr std::size_t kLongestQuery = 120;

// Weakest first: pg_locks' name, and LOCK TABLE's.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kModes = {
    {{"ShareLock", "SHARE"},
     {"ShareRowExclusiveLock", "SHARE ROW EXCLUSIVE"},
     {"ExclusiveLock", "EXCLUSIVE"},
     {"AccessExclusiveLock", "ACCESS EXCLUSIVE"}}};

std::size_t strength(std::string_view mode) {
  for (std::size_t i = 0; i < kModes.size(); ++i)
    if (mode == kModes[i].first || mode == kModes[i].second) return i;
  return 0;
}

// One line, cut between characters; nothing of a statement that sets a password.
std::string shown_query(std::string_view query) {
  if (lower_ascii(query).find("password") != std::string::npos) return {};
  std::string out;
  for (const char c : query) {
    const bool blank = static_cast<unsigned char>(c) <= ' ';
    if (!blank)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  if (out.size() <= kLongestQuery) return out;
  std::size_t end = kLongestQuery;
  const auto continues = [&](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  while (end > 0 && continues(out[end])) --end;
  return out.substr(0, end) + "…";
}

}  // namespace

std::string shown_session(int pid, const std::string& user, const std::string& application,
                          const std::string& state, std::int64_t age, std::string_view query) {
  std::vector<std::string> facts;
  if (!user.empty()) facts.push_back("user " + user);
  if (!application.empty()) facts.push_back(application);
  if (!state.empty())
    facts.push_back(fmt::format("{} for {}", state, human_age(std::chrono::seconds(age))));
  std::string out = fmt::format("pid {}", pid);
  if (!facts.empty()) out += " (" + join(facts, ", ") + ")";
  const std::string shown = shown_query(query);
  return shown.empty() ? out : out + ": " + shown;
}

double Sightings::seconds(const Since& before, Since& now, const std::pair<int, std::string>& what,
                          Time time) {
  const auto known = before.find(what);
  const Time since = known == before.end() ? time : known->second;
  now.emplace(what, since);
  return std::chrono::duration<double>(time - since).count();
}

void Sightings::add(const Look& look) {
  add_locks(look);
  add_waits(look);
}

void Sightings::add_locks(const Look& look) {
  Since now;
  for (const Look::Lock& lock : look.locks) {
    if (others_.contains(lock.pid)) continue;
    LockTaken& taken = taken_[lock.relation];
    const std::size_t mode = strength(lock.mode);
    if (taken.mode.empty() || strength(taken.mode) < mode) taken.mode = kModes[mode].second;
    taken.relation = lock.relation;
    taken.stops_readers = taken.stops_readers || mode + 1 == kModes.size();
    taken.seconds =
        std::max(taken.seconds, seconds(locks_, now, {lock.pid, lock.relation}, look.time));
  }
  locks_ = std::move(now);
}

void Sightings::add_waits(const Look& look) {
  Since now;
  waiting_for_.clear();
  for (const Look::Wait& wait : look.waits) {
    const double waited =
        seconds(waits_, now, {wait.waiting, fmt::format("{}", wait.blocking)}, look.time);
    if (!others_.contains(wait.waiting)) {
      waiting_for_.push_back({wait.blocking, wait.relation, waited, wait.who});
      if (waited >= worth_telling_) add_blocker(waiting_for_.back());
    } else if (!others_.contains(wait.blocking) && waited >= kHeldUp) {
      held_up_.insert(wait.waiting);
      longest_held_up_ = std::max(longest_held_up_, waited);
    }
  }
  waits_ = std::move(now);
}

void Sightings::add_blocker(const BlockedBy& blocker) {
  BlockedBy& known = blockers_[blocker.pid];
  if (blocker.seconds >= known.seconds) known = blocker;
}

void Sightings::end() {
  for (const BlockedBy& blocker : waiting_for_) add_blocker(blocker);
}

SessionReport Sightings::report() const {
  SessionReport out;
  for (const auto& [relation, taken] : taken_) out.locks.push_back(taken);
  std::ranges::stable_sort(out.locks, [](const LockTaken& a, const LockTaken& b) {
    return std::pair(strength(a.mode), a.seconds) > std::pair(strength(b.mode), b.seconds);
  });
  for (const auto& [pid, blocker] : blockers_) out.waits.push_back(blocker);
  // One that was there before is in the way rather than the program's own.
  std::ranges::stable_sort(out.waits, [this](const BlockedBy& a, const BlockedBy& b) {
    return std::pair(others_.contains(a.pid), a.seconds) >
           std::pair(others_.contains(b.pid), b.seconds);
  });
  out.held_up = static_cast<int>(held_up_.size());
  out.longest_held_up = longest_held_up_;
  return out;
}

}  // namespace dbkeeper::postgres
