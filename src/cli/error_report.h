// An error as people and programs get to see it.
#pragma once

#include <string>
#include <string_view>

#include "cli/redactor.h"
#include "dbkeeper/base/error.h"

namespace dbkeeper::cli {

// `error: what` / `  while: where` / `hint: what to do`, a newline after each.
std::string error_text(const Error& error, const Redactor& redactor, bool color);

// {"kind": …, "message": …} and what else is known: table, column, key, line, while, hint.
Value error_value(const Error& error, const Redactor& redactor);

// A message or hint (base/printable.h) as it is shown: its own line breaks begin lines that are
// indented, so that each line without indent begins a new statement.
std::string shown_lines(std::string_view text);
// The same for programs.
std::string with_line_ends(std::string text);

}  // namespace dbkeeper::cli
