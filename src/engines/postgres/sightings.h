// What looks at the server's locks, one after another, add up to.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dbkeeper/engines/session_watch.h"
#include "dbkeeper/model/name.h"

namespace dbkeeper::postgres {

// One look. Times are those at which it was taken.
struct Look {
  struct Lock {
    int pid = 0;
    std::string relation;  // as display() writes it
    std::string mode;      // as pg_locks calls it
  };
  struct Wait {
    int waiting = 0;
    int blocking = 0;
    std::string relation;
    std::string who;  // of the one in the way
  };
  std::chrono::steady_clock::time_point time;
  std::vector<Lock> locks;
  std::vector<Wait> waits;
};

class Sightings {
 public:
  // Sessions that were there before: not the program's. Its waits count from `worth_telling` on,
  // seconds; those of others for it from a second on.
  explicit Sightings(std::set<int> others, double worth_telling = 1)
      : others_(std::move(others)), worth_telling_(worth_telling) {}

  void add(const Look& look);
  // Nothing more will be seen: what the program waited for at the last look counts, however short.
  void end();
  SessionReport report() const;

 private:
  using Time = std::chrono::steady_clock::time_point;
  using Since = std::map<std::pair<int, std::string>, Time>;

  void add_locks(const Look& look);
  void add_waits(const Look& look);
  void add_blocker(const BlockedBy& blocker);
  // How long that has been seen without a break.
  static double seconds(const Since& before, Since& now, const std::pair<int, std::string>& what,
                        Time time);

  std::set<int> others_;
  double worth_telling_;
  Since locks_, waits_;  // what the last look saw, and since when
  std::map<std::string, LockTaken> taken_;
  std::map<int, BlockedBy> blockers_;
  std::vector<BlockedBy> waiting_for_;  // at the last look
  std::set<int> held_up_;
  double longest_held_up_ = 0;
};

// "pid 4711 (user app, psql, idle in transaction for 12 min): UPDATE users …"
std::string shown_session(int pid, const std::string& user, const std::string& application,
                          const std::string& state, std::int64_t age, std::string_view query);

}  // namespace dbkeeper::postgres
