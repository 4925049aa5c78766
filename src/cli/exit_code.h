// The one place where an error's kind becomes a word for programs and the process's exit code.
#pragma once

#include <string_view>

#include "dbkeeper/base/error.h"

namespace dbkeeper::cli {

// `signal` is the one that asked to stop, 0 if none did.
int exit_code(ErrorKind kind, int signal);

// As it stands in JSON: "conflict".
std::string_view kind_name(ErrorKind kind);

}  // namespace dbkeeper::cli
