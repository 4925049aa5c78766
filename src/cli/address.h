// Which database is meant: the option, the environment, a .env file and the config file, in this
// order (docs: "How to name a database").
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cli/environment.h"
#include "cli/redactor.h"

namespace dbkeeper::cli {

struct Address {
  std::string text;    // as the engines take it; may hold a password
  std::string origin;  // "--db", "DATABASE_URL in .env", "POSTGRES_DB", "dbkeeper.toml:1"
};

struct AddressSources {
  std::string option;  // --db; empty if not given
  const Environment& environment;
  std::function<Environment()> env_file;  // reads .env; called only if it is needed
  std::optional<Address> config;          // `db` of the config file
};

// The environment is searched as a whole before .env is: a variable that is set beats any that is
// only written in the file. What the chosen way lacks (a password beside POSTGRES_HOST) is taken
// from the file in any case. Every secret that is met is taught to `redactor`.
std::optional<Address> find_address(const AddressSources& sources, Redactor& redactor);

// What to do where find_address() finds nothing.
std::string_view ways_to_name_a_database();

}  // namespace dbkeeper::cli
