#include "engines/sqlite/temporary_databases.h"

#include <fmt/format.h>

#include <charconv>

namespace dbkeeper::sqlite {
namespace {

// Of the ten that a connection can have at most (SQLITE_MAX_ATTACHED).
constexpr int kDatabases = 9;
// Those of the first tables are in temp, as long as it has no more than others.
constexpr int kInTemp = 100;

std::string name_of(int number) { return fmt::format("dbkeeper_temp{}", number); }

}  // namespace

// They needn't outlive a loss of power, so a commit that concerns them too waits for the main one
// alone (https://www.sqlite.org/pragma.html#pragma_synchronous).
void attach_temporary_databases(Connection& connection) {
  for (int number = 0; number < kDatabases; ++number)
    connection.run(fmt::format("ATTACH '' AS {0}; PRAGMA {0}.synchronous=OFF", name_of(number)));
}

// By the number at the name's end, so that all tables of one number are together.
std::string temporary_database_of(std::string_view name) {
  const std::size_t digits = name.find_last_not_of("0123456789") + 1;
  int number = 0;
  std::from_chars(name.data() + digits, name.data() + name.size(), number);
  return number < kInTemp ? "temp" : name_of(number % kDatabases);
}

}  // namespace dbkeeper::sqlite
