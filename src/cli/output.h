// Results on stdout.
#pragma once

#include <string_view>

namespace dbkeeper::cli {

// Writes all of it. False if whoever reads it has gone (`dbkeeper … | head`), which needs no words
// but is no success; any other failure (a full disk) is Error(failed).
bool write_stdout(std::string_view text);

}  // namespace dbkeeper::cli
