// What is caught, whatever it is, in this program's own words.
#pragma once

#include <exception>

#include "dbkeeper/base/error.h"

namespace dbkeeper {

// Whatever was thrown, as an Error. No memory, and no thread, is the surroundings' fault.
Error as_error(const std::exception_ptr& thrown);

}  // namespace dbkeeper
