// How PostgreSQL's databases are named by programs of all kinds.
#pragma once

#include <memory>
#include <string>

#include "engines/redirector.h"

namespace dbkeeper::postgres {

// Requires: both are recognised.
std::unique_ptr<Redirector> make_redirector(const std::string& live, const std::string& scratch,
                                            const Variables& environment);

}  // namespace dbkeeper::postgres
