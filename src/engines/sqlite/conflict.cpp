#include "engines/sqlite/conflict.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>

#include "dbkeeper/base/text.h"
#include "engines/sqlite/shown.h"

namespace dbkeeper::sqlite {
namespace {

// What follows "failed: " in SQLite's messages: "users.email, users.city", "a_check", "index 'i'".
std::string_view subject(std::string_view message) {
  constexpr std::string_view kBefore = "failed: ";
  const std::size_t at = message.find(kBefore);
  return at == std::string_view::npos ? std::string_view() : message.substr(at + kBefore.size());
}

// The offered columns that the message names as table.column, perhaps in a list.
std::vector<std::size_t> named_columns(std::string_view message, const OfferedRow& offered) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < offered.columns.size(); ++i) {
    const std::string name = offered.table + "." + offered.columns[i];
    const std::size_t at = message.find(name);
    if (at == std::string_view::npos) continue;
    const std::size_t end = at + name.size();
    const bool whole = end == message.size() || message[end] == ',';
    const bool starts = at == 0 || message[at - 1] == ' ';
    if (whole && starts) found.push_back(i);
  }
  return found;
}

std::string values_of(const std::vector<std::size_t>& columns, const OfferedRow& offered) {
  std::vector<std::string> parts;
  for (const std::size_t column : columns)
    parts.push_back(fmt::format("{} {}", offered.columns[column],
                                shown(offered.batch.at(offered.row, column))));
  return join(parts, ", ");
}

std::vector<std::size_t> key_columns(const OfferedRow& offered) {
  std::vector<std::size_t> out;
  for (const std::string& column : offered.key) {
    const auto at = std::ranges::find(offered.columns, column);
    if (at == offered.columns.end()) return {};
    out.push_back(static_cast<std::size_t>(at - offered.columns.begin()));
  }
  return out;
}

Value key_of(const std::vector<std::size_t>& columns, const OfferedRow& offered) {
  Value key = Value::object();
  for (const std::size_t column : columns) {
    const CellView cell = offered.batch.at(offered.row, column);
    key.set(offered.columns[column],
            cell.kind == CellKind::integer ? Value(cell.integer) : Value(shown(cell)));
  }
  return key;
}

std::string describe(int code, std::string_view message, const std::string& values,
                     const OfferedRow& offered) {
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      if (values.empty()) break;
      return fmt::format("'{}' has a row with {} already", offered.table, values);
    case SQLITE_CONSTRAINT_NOTNULL:
      if (subject(message).empty()) break;
      return fmt::format("{} cannot be NULL", subject(message));
    case SQLITE_CONSTRAINT_CHECK:
      return fmt::format("a row of '{}' breaks its check {}", offered.table, subject(message));
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return fmt::format("a row of '{}' refers to a row that is not there", offered.table);
    case SQLITE_TOOBIG:
      return fmt::format("a value of '{}' is longer than SQLite can store", offered.table);
    default:
      break;
  }
  return fmt::format("a row of '{}' was refused: {}", offered.table, message);
}

}  // namespace

bool is_conflict(int code) {
  const int family = code & 0xff;
  return family == SQLITE_CONSTRAINT || family == SQLITE_MISMATCH || family == SQLITE_TOOBIG;
}

Error conflict(int code, std::string_view message, const OfferedRow& offered) {
  const std::vector<std::size_t> columns = named_columns(message, offered);
  std::vector<std::string> names;
  for (const std::size_t column : columns) names.push_back(offered.columns[column]);
  const std::vector<std::size_t> key = key_columns(offered);
  std::string what = describe(code, message, values_of(columns, offered), offered);
  if (!key.empty() && key != columns) what += fmt::format(" (the row {})", values_of(key, offered));
  Error error(ErrorKind::conflict, std::move(what));
  error.table(offered.table);
  if (!key.empty()) error.key(key_of(key, offered));
  if (!names.empty()) error.column(join(names, ", "));
  return error;
}

Error unstorable(const std::string& table, const std::string& column, std::string_view value) {
  return Error(ErrorKind::conflict,
               fmt::format("{}.{}: SQLite cannot store {}", table, column, value))
      .table(table)
      .column(column);
}

}  // namespace dbkeeper::sqlite
