// Which database a run is about, settled once, at its start: what happens meanwhile to .env, to
// service files or to links leads it nowhere else.
#pragma once

#include <cstdint>
#include <string>

namespace dbkeeper {

struct Target {
  std::string written;  // as the user gave it; may hold a password
  std::string origin;   // "--db", "DATABASE_URL in .env"
  // For everything that takes an address: what a service file said is in it, and of a path through
  // a link the file's own. May hold a password.
  std::string address;
  std::string shown;                    // safe to print: "/srv/app.db", "shop on localhost:5432"
  std::string file;                     // of a database in a file: its path without links
  std::uint64_t device = 0, inode = 0;  // of that; 0: it isn't there yet
};

// The database that `address` names: a URL in any of the accepted dialects, libpq's key=value
// string, or a path. It needn't exist. Asks no server. An address that makes no sense is
// Error(usage), one that may mean several files, or is in no folder, Error(connection).
Target resolve_target(const std::string& address, const std::string& origin = {});

// Error(refused) if another database stands under the target's path by now: the path leads through
// a link that wasn't there, or to a file that has another name as well. A file that was written
// anew under it is the target all the same: that is how many a tool changes one.
void require_same(const Target& target);

// What led to the database of a resolved address, and may lead elsewhere one day: a path through a
// link, "service shop"; empty: the address says it all. Safe to print.
std::string way_of(const std::string& address);

}  // namespace dbkeeper
