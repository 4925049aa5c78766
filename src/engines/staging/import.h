// An import as set-based SQL, the same for every engine that has a Dialect.
#pragma once

#include <memory>

#include "engines/staging/dialect.h"

namespace dbkeeper::staging {

std::unique_ptr<Import> begin_import(std::unique_ptr<Dialect> dialect);

}  // namespace dbkeeper::staging
