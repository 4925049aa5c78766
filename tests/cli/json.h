// The JSON report of a run, for tests that look into it.
#pragma once

#include <nlohmann/json.hpp>

#include "support/run.h"

namespace dbkeeper::testing {

// Throws if stdout isn't one JSON document on one line.
inline nlohmann::json report_of(const Run& run) {
  if (run.out.find('\n') + 1 != run.out.size())
    throw std::runtime_error("not one line: " + run.out);
  return nlohmann::json::parse(run.out);
}

}  // namespace dbkeeper::testing
