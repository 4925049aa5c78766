// The .env file, as Docker Compose and the dotenv libraries read it.
#pragma once

#include <string_view>
#include <vector>

#include "cli/environment.h"

namespace dbkeeper::cli {

struct EnvFile {
  Environment values;
  std::vector<int> malformed_lines;  // skipped; their content may be a secret and is never shown
};

// `NAME=value` a line, `export` before it or not; `#` at the start or behind white space begins a
// comment. 'single quotes' are literal, "double quotes" know \n \r \t \" \\ \$; both may span
// lines. Outside single quotes `${NAME}`, `${NAME:-default}` and `$NAME` stand for a variable: of
// the environment, or set in a line before. An unset `$NAME` stays as it is: it is rather part of a
// password than a reference.
EnvFile parse_env_file(std::string_view text, const Environment& environment);

}  // namespace dbkeeper::cli
