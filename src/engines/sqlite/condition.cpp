#include "engines/sqlite/condition.h"

#include <fmt/format.h>

#include "dbkeeper/base/text.h"
#include "engines/sqlite/quoted_name.h"
#include "engines/sqlite/statement.h"
#include "engines/sqlite/tokens.h"

namespace dbkeeper::sqlite {
namespace {

Error unusable(const Table& table, const std::string& condition, std::string_view why) {
  return Error(ErrorKind::usage, fmt::format("'{}' is no condition for the table '{}': {}",
                                             condition, table.name.name, why))
      .table(table.name.name);
}

// Text that closes a parenthesis which it hasn't opened would end the condition and go on with
// something else: "1) UNION SELECT … WHERE (1".
bool is_balanced(const std::string& condition) {
  const Tokens tokens(condition);
  int depth = 0;
  for (std::size_t i = 0; i < tokens.size() && depth >= 0; ++i) {
    if (tokens[i].is('(')) ++depth;
    if (tokens[i].is(')')) --depth;
  }
  return depth == 0;
}

std::string hint(const Table& table, std::string_view message) {
  constexpr std::string_view kUnknown = "no such column: ";
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  if (message.starts_with(kUnknown))
    return fmt::format("the columns are {}{}", join(names, ", "),
                       did_you_mean(message.substr(kUnknown.size()), names));
  return "write it as behind WHERE in SQL, with text in single quotes";
}

}  // namespace

std::string bracketed(const std::string& condition) { return "(\n" + condition + "\n)"; }

void check_condition(Connection& connection, const Table& table, const std::string& condition) {
  if (!is_balanced(condition)) throw unusable(table, condition, "its parentheses don't match");
  try {
    const Statement statement(connection,
                              fmt::format("SELECT 1 FROM {} WHERE {}", QuotedName(table.name).sql(),
                                          bracketed(condition)));
    if (sqlite3_bind_parameter_count(statement.raw()) > 0)
      throw unusable(table, condition, "it has a parameter, and nothing to put in its place");
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::failed || (connection.last_failure() & 0xff) != SQLITE_ERROR)
      throw;
    const std::string message = sqlite3_errmsg(connection.handle());
    throw unusable(table, condition, message).hint(hint(table, message));
  }
}

}  // namespace dbkeeper::sqlite
