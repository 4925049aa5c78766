// What a config file gives to the options of the command line and of one command.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/assignment.h"
#include "cli/config_file.h"
#include "cli/option_info.h"

namespace dbkeeper::cli {

// The values of one table (empty name: the top of the file) for the options that may stand there.
// An unknown key, one that a file may not hold, or a value of another type is Error(usage) with
// file and line.
std::vector<Assignment> config_values(const ConfigFile& file, std::string_view table,
                                      const std::vector<OptionInfo>& options);

// Error(usage) for a key that no file may hold, or a table that is no command's.
void check_shape(const ConfigFile& file, const std::vector<std::string>& commands);

}  // namespace dbkeeper::cli
