// What a program's sessions do on the server while it runs: which locks they take, and whom they
// wait for.
//
//   auto watch = watch_sessions(address, options);
//   … the program runs …
//   const SessionReport report = watch->finish();
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "dbkeeper/engines/connect.h"
#include "dbkeeper/engines/redirect.h"

namespace dbkeeper {

// A lock that keeps others from writing to a relation, or from reading it.
struct LockTaken {
  std::string relation;  // as display() writes it
  std::string mode;      // the strongest: "ACCESS EXCLUSIVE", as LOCK TABLE calls it
  bool stops_readers = false;
  double seconds = 0;  // as long as it was seen; a lock shorter than a look may be missed
};

// A session that another one waited for.
struct BlockedBy {
  int pid = 0;         // of the one in the way
  std::string waited;  // for what: "orders", as display() writes it; may be empty
  double seconds = 0;  // the longest wait that was seen
  // "pid 4711 (user app, psql, idle in transaction for 12 min): UPDATE users …"; one line, its
  // query cut after 120 characters.
  std::string who;
};

struct SessionReport {
  std::vector<LockTaken> locks;  // strongest and longest first
  // Of the program for others: of a second and more, or of half the lock timeout if that is
  // shorter, and those that were going on at the last look.
  std::vector<BlockedBy> waits;
  int held_up = 0;             // sessions of others that waited for the program, a second and more
  double longest_held_up = 0;  // seconds
};

// Sessions that began after the watch did are taken for the program's; this process's own aren't.
class SessionWatch {
 public:
  virtual ~SessionWatch() = default;  // ends it
  // What was seen so far. Threads: may be called from any.
  virtual SessionReport so_far() const = 0;
  // Ends it, and says what was seen.
  virtual SessionReport finish() = 0;
};

// Begins at once, on a thread and over a session of its own. It is no one's duty to succeed: where
// it can't connect, or not any more, it ends by itself, with a debug line. An engine without
// sessions has nothing to see.
std::unique_ptr<SessionWatch> watch_sessions(const std::string& address,
                                             const OpenOptions& options);

// Variables by which a program's sessions on that database give up waiting for a lock after that
// time: PGOPTIONS, the environment's own kept. None if it says so already, where the server (a
// pooler) would refuse it, or the engine has none.
Variables lock_timeout_variables(const std::string& address, std::chrono::milliseconds timeout,
                                 const Variables& environment, const OpenOptions& options);

}  // namespace dbkeeper
