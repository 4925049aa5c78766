// Hands assigned values to CLI11's options, which check and convert them.
#pragma once

#include <vector>

#include "cli/assignment.h"
#include "cli/option_info.h"

namespace CLI {
class App;
}

namespace dbkeeper::cli {

// A value that an option doesn't take is Error(usage) with what it does take.
// Requires: each key names an option of `app`, and none has a value yet.
void assign_values(CLI::App& app, const std::vector<OptionInfo>& options,
                   const std::vector<Assignment>& assignments);

// What options demand of each other (required, excludes, needs), once all have their values.
void check_together(CLI::App& app, const std::vector<OptionInfo>& options);

}  // namespace dbkeeper::cli
