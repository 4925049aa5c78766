// Tables as users name them on the command line: lists with commas, globs, names in quotes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/model/schema.h"

namespace dbkeeper {

// One name or glob of a list: `users`, `audit_*`, `app.*`, `"odd.name"` (never a glob).
struct TablePattern {
  std::string text;  // as written
  bool glob = false;

  // Requires: `schema` is the table's.
  bool matches(const Schema& schema, const Table& table) const;
};

// The patterns in texts that may each be a list: {"users,audit_*", "\"a,b\""}. Error(usage) for an
// empty name or a quote that stays open; `option` is named in it.
std::vector<TablePattern> parse_table_list(const std::vector<std::string>& texts,
                                           std::string_view option);

// The table of exactly this name. Error(usage) with the nearest name if there is none.
const Table& named_table(const Schema& schema, std::string_view name, std::string_view option);

// Error(usage) with the nearest name: `pattern` matches no table.
[[noreturn]] void complain_of_no_match(const Schema& schema, std::string_view pattern,
                                       std::string_view option);

// What stands before and behind the first `separator` outside of double quotes; both are empty if
// there is none. `users:id < 5`, `"odd:name"=a,b`.
std::pair<std::string, std::string> split_outside_quotes(std::string_view text, char separator);

// The names between the commas outside of double quotes, as written, blanks around them gone.
std::vector<std::string> split_list(std::string_view text);

// "name" of `"name"`, quotes within it undoubled; a bare one as it is.
std::string unquoted(std::string_view name);

}  // namespace dbkeeper
