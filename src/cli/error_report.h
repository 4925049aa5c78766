// An error as people and programs get to see it.
#pragma once

#include <exception>
#include <string>

#include "cli/redactor.h"
#include "dbkeeper/base/error.h"

namespace dbkeeper::cli {

// Whatever was thrown, as an Error.
Error as_error(const std::exception_ptr& thrown);

// `error: what` / `  while: where` / `hint: what to do`, a newline after each.
std::string error_text(const Error& error, const Redactor& redactor, bool color);

// {"kind": …, "message": …} and what else is known: table, column, key, line, while, hint.
Value error_value(const Error& error, const Redactor& redactor);

// Text that is safe on a terminal: control characters but line breaks and tabs spelled out.
std::string printable(std::string_view text);

}  // namespace dbkeeper::cli
