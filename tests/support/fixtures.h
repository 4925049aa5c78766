// The SQL files under tests/fixtures, and the schema that is too large to be a file.
//
//   name.sql           loads on every engine
//   name.postgres.sql  loads on PostgreSQL, name.sqlite.sql on SQLite
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dbkeeper::testing {

// The text of tests/fixtures/<name>. A fixture for every engine is also found under the name that
// it would have for one: "self_reference.sqlite.sql" is self_reference.sql.
std::string fixture(std::string_view name);

// The names of all that load on `engine` ("postgres", "sqlite"), sorted; those of migration tools,
// in a folder of their own, aside: their tables are plain ones.
std::vector<std::string> fixtures_for(std::string_view engine);

// SQL for every engine that makes `tables` empty tables, t0000 and on, of ten columns each, with a
// key, a unique key, an index and a foreign key: to an earlier table, in every tenth to itself.
std::string large_schema(int tables);

}  // namespace dbkeeper::testing
