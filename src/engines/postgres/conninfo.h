// What an address says: the parameters to hand to libpq, and what libpq is not told.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dbkeeper::postgres {

struct Conninfo {
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  // libpq's keywords and values. Handed over as arrays, never as one string: what libpq says about
  // a string that it can't parse may quote the password in it.
  Pairs parameters;
  // From `options`, to be SET once connected: connection poolers refuse options at start-up.
  Pairs settings;
  std::string limited_to_schema;
  // Keys that mean something to other drivers only.
  std::vector<std::string> dropped;

  const std::string* find(std::string_view keyword) const;
  void set(std::string_view keyword, std::string value);
};

// Requires: recognises(address). Error(usage) if the address makes no sense; the message never
// quotes a value.
Conninfo parse_conninfo(const std::string& address);

// How this process is seen in pg_stat_activity by those who wait for it, and knows its own
// sessions, unless the address has another application_name.
std::string own_application_name();

// An address that says the same, secrets included.
std::string address_of(const Conninfo& conninfo);

}  // namespace dbkeeper::postgres
