// What a run came to, as it stands on stdout.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/redactor.h"
#include "dbkeeper/commands/command.h"

namespace dbkeeper::cli {

// The one JSON document of --json, on success and on failure. Keys are only ever added; what there
// is not (a command that was not understood, an error) has no key.
std::string json_report(std::string_view command, const Outcome& outcome, int exit,
                        const std::vector<std::string>& warnings, const Redactor& redactor);

// Without --json: the command's text.
std::string text_report(const Outcome& outcome);

}  // namespace dbkeeper::cli
