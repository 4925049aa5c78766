// A stop, told with what became of the database.
#pragma once

#include <string>

#include "dbkeeper/base/error.h"

namespace dbkeeper {

inline constexpr const char* kAsItWas = "interrupted; the database is as it was";
inline constexpr const char* kCommandNotRun =
    "interrupted before the command was run; the database is as it was";

// Runs what leaves the database as it was unless it comes to its end: that is what a stop on the
// way there says, unless it has other words already.
template <class Work>
auto all_or_nothing(const Work& work, const std::string& interrupted = kAsItWas) {
  try {
    return work();
  } catch (const Error& error) {
    // Of surroundings: the server was lost, and what it did isn't known.
    if (error.kind() != ErrorKind::interrupted || error.is_of_surroundings() ||
        error.message() != "interrupted")
      throw;
    Error told(ErrorKind::interrupted, interrupted);
    for (const std::string& context : error.context()) told.during(context);
    throw told;
  }
}

}  // namespace dbkeeper
