// How SQLite's files are named by programs of all kinds.
#pragma once

#include <memory>
#include <string>

#include "engines/redirector.h"

namespace dbkeeper::sqlite {

// Requires: both are addresses.
std::unique_ptr<Redirector> make_redirector(const std::string& live, const std::string& scratch);

}  // namespace dbkeeper::sqlite
