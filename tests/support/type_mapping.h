// The examples of docs/type-mapping.md, as the tests run them.
#pragma once

#include <string>
#include <vector>

namespace dbkeeper::testing {

// A line of one of its tables.
struct MappingExample {
  int line = 0;         // of the page
  std::string value;    // an SQL literal of SQLite; a value's text in PostgreSQL
  std::string from;     // the type of its column
  std::string into;     // the type of the column it goes to
  std::string arrives;  // PostgreSQL's text; SQLite's literal; empty if it is refused
  std::string refused;  // why
};

enum class Direction { into_postgres, into_sqlite };

// Throws if the page has no such table, or a line of it that isn't understood.
std::vector<MappingExample> mapping_examples(Direction direction);

}  // namespace dbkeeper::testing
