// A file as a target.
#pragma once

#include "dbkeeper/engines/target.h"

namespace dbkeeper::sqlite {

Target resolve(const std::string& address);
void require_same(const Target& target);

}  // namespace dbkeeper::sqlite
