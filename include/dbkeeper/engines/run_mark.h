// By what an engine tells afterwards whether a restore or import, of which nobody knows how it
// ended, has happened.
#pragma once

#include <optional>
#include <string>

#include "dbkeeper/engines/connect.h"

namespace dbkeeper {

// There was no such database.
inline constexpr const char* kNoDatabaseYet = "no database";

// Whether what left the mark (RestoreTarget::mark(), Import::mark()) was committed to the database
// that the address names. Nothing where the mark alone can't tell. Error(connection) where the
// database can't be opened.
std::optional<bool> has_happened(const std::string& mark, const std::string& address,
                                 const OpenOptions& options);

}  // namespace dbkeeper
