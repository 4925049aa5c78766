// The lock by which dbkeepers stay out of each other's way: an advisory one under a database's
// name, held by a session.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// Whether it was free: the session has it from now on, until it ends or releases it.
bool try_lock(Session& session, const std::string& database);
void release_lock(Session& session, const std::string& database);
// Waits up to the lock timeout for whoever has it, then Error(refused) that names them. Nothing, or
// that of the tokens which the session has shown that has the lock.
std::optional<std::string> lock(Session& session, const std::string& database,
                                const OpenOptions& options, const std::vector<std::string>& tokens);
// As long as the session lives, a lock of it stands for the token, which can't be told from it.
void show_token(Session& session, const std::string& token);

// Makes a session last that does nothing but hold a lock, for as long as its process lives, and no
// longer.
void keep_alive(Session& session);

}  // namespace dbkeeper::postgres
