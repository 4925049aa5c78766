#include "engines/staging/refused_row.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "dbkeeper/base/text.h"
#include "engines/staging/questions.h"

namespace dbkeeper::staging {
namespace {

// The search writes about ten times as many rows: as long as nobody minds.
constexpr std::int64_t kMostRows = 100'000;

// Rows up to some number are taken, and with the next one they aren't: halved until it is known.
std::optional<std::int64_t> refused_number(const Workspace& work, std::size_t table,
                                           const Write& write) {
  const auto last = number(work.dialect(), fmt::format("SELECT max(s.{}) FROM {} AS s",
                                                       work.n(table), work.stage(table)));
  if (!last || *last > kMostRows) return std::nullopt;
  std::int64_t taken = 0, refused = *last;
  while (refused - taken > 1) {
    const std::int64_t middle = taken + (refused - taken) / 2;
    const Write some{write.table,
                     fmt::format("{} AND v.{} <= {}", write.sql, work.n(table), middle)};
    (work.dialect().refuses(some) ? refused : taken) = middle;
  }
  return refused;
}

Value value_of(const Column& column, const std::string& shown) {
  std::int64_t integer = 0;
  const char* const end = shown.data() + shown.size();
  if (column.type.family == Family::integer &&
      std::from_chars(shown.data(), end, integer).ptr == end)
    return integer;
  return shown;
}

struct NamedRow {
  std::string name;  // "id 5"
  Value key = Value::object();
};

// By its primary key; nothing of a table without one.
std::optional<NamedRow> named(const Workspace& work, std::size_t table, std::int64_t row) {
  const StagedTable& staged = work.at(table);
  if (staged.primary_key.empty()) return std::nullopt;
  std::vector<std::string> values, parts;
  for (const std::string& column : staged.primary_key)
    values.push_back(work.dialect().shown(work.of("s", column)));
  NamedRow out;
  work.dialect().query(fmt::format("SELECT {} FROM {} AS s WHERE s.{} = {}", join(values, ", "),
                                   work.stage(table), work.n(table), row),
                       [&](const Texts& texts) {
                         for (std::size_t i = 0; i < texts.size(); ++i) {
                           const std::string& column = staged.primary_key[i];
                           parts.push_back(column + " " + texts[i].value_or("NULL"));
                           out.key.set(column,
                                       value_of(staged.column(column), texts[i].value_or("NULL")));
                         }
                       });
  out.name = join(parts, ", ");
  return out;
}

}  // namespace

Error with_refused_row(const Error& error, const Workspace& work, std::size_t table,
                       const Write& write) {
  std::optional<NamedRow> row;
  try {
    if (const auto number = refused_number(work, table, write)) row = named(work, table, *number);
  } catch (const Error& other) {  // nothing can be asked any more
    if (other.kind() == ErrorKind::interrupted) throw;
  }
  if (!row) return error;
  Error out(error.kind(), fmt::format("{} (the row {})", error.message(), row->name));
  return out.table(error.table()).column(error.column()).key(row->key).hint(error.hint());
}

}  // namespace dbkeeper::staging
