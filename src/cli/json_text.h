// A Value as JSON text.
#pragma once

#include <string>

#include "dbkeeper/base/value.h"

namespace dbkeeper::cli {

// On one line, or indented by two spaces; members in their order. Bytes that are not UTF-8 become
// U+FFFD, a number that JSON lacks (NaN, infinity) becomes null; it never fails on a value.
enum class Layout { line, indented };
std::string json_text(const Value& value, Layout layout = Layout::line);

}  // namespace dbkeeper::cli
