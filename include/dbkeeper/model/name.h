// Names of tables, as the catalog has them and as users write them.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace dbkeeper {

// A table or sequence. The schema is empty where the engine has none.
struct TableName {
  std::string schema;
  std::string name;

  auto operator<=>(const TableName&) const = default;
};

// The name as users write it: the default schema left out, a part that contains one of . , * : "
// in double quotes with quotes doubled, as in SQL. `users`, `app.users`, `"odd.name"`.
std::string display(const TableName& name, std::string_view default_schema);

// One part of it.
std::string quoted_if_needed(std::string_view part);

// The name that display() wrote so; nothing if it isn't one.
std::optional<TableName> parse_display(std::string_view shown, std::string_view default_schema);

}  // namespace dbkeeper
