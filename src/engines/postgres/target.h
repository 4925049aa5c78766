// A server's database as a target.
#pragma once

#include "dbkeeper/engines/target.h"

namespace dbkeeper::postgres {

dbkeeper::Target resolve(const std::string& address);

}  // namespace dbkeeper::postgres
