// What holds: each option's value after command line, environment, config file and defaults.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/address.h"
#include "cli/assignment.h"
#include "cli/config_file.h"
#include "cli/environment.h"
#include "cli/option_info.h"
#include "dbkeeper/commands/command.h"

namespace dbkeeper::cli {

// What environment variables give to the global options (the database aside).
std::vector<Assignment> environment_values(const Environment& environment);

// One assignment an option: the first list's, or else the second's, and so on.
std::vector<Assignment> merged(const std::vector<std::vector<Assignment>>& strongest_first);

// The whole config file against every command's options, so that a mistake shows whatever command
// is called. Error(usage) as from config_values() and assign_values().
void check_config(const ConfigFile& file);

// `db` at the top of the config file, which is not an ordinary value: variables beat it.
std::optional<Address> config_address(const ConfigFile& file);

// The settings of `options`, in their order, as `command`'s; of `db` those of `address`.
std::vector<Setting> settings_of(const std::string& command, const std::vector<OptionInfo>& options,
                                 const std::vector<Assignment>& given,
                                 const std::optional<Address>& address);

}  // namespace dbkeeper::cli
