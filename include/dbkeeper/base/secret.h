// Secrets that are made for a while.
#pragma once

#include <string>

namespace dbkeeper {

// 128 bits that nobody can guess, in hexadecimal. Error(failed) where the system gives none.
std::string new_secret();

}  // namespace dbkeeper
