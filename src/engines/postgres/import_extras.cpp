#include "engines/postgres/import_extras.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/catalog.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::string_view kForeignKeyViolation = "23503";

bool contains(const std::vector<TableName>& tables, const TableName& name) {
  return std::find(tables.begin(), tables.end(), name) != tables.end();
}

std::string quoted(const std::string& name) { return QuotedName(std::string_view(name)).sql(); }

}  // namespace

bool ImportExtras::can_take_off_keys(const TableName& table) {
  if (!known_) known_ = look();
  return std::all_of(known_->begin(), known_->end(), [&](const Extra& extra) {
    return !extra.key || extra.table != table || extra.removable;
  });
}

std::vector<std::string> ImportExtras::take_off(const std::vector<TableName>& tables) {
  std::vector<std::string> names;
  // A table with deferred checks to come can't be altered.
  std::vector<std::string> statements = {"SET CONSTRAINTS ALL IMMEDIATE"};
  for (Extra& extra : look()) {
    if (!extra.removable || !contains(tables, extra.table)) continue;
    names.push_back(display(extra.table, kDefaultSchema) + "." + extra.name);
    statements.push_back(take_off_sql(extra));
    off_.push_back(std::move(extra));
  }
  if (names.empty()) return names;
  if (const auto failure = session_.run_all(statements)) throw failure->error;
  return names;
}

// Indexes first: they may serve the look that a key takes at its rows.
std::optional<Error> ImportExtras::put_back() {
  if (off_.empty()) return std::nullopt;
  std::vector<std::string> statements = {"SET CONSTRAINTS ALL IMMEDIATE",
                                         "SET LOCAL default_tablespace = ''"};
  for (const bool keys : {false, true})
    for (const Extra& extra : off_)
      if (extra.key == keys) {
        statements.push_back(put_back_sql(extra));
        if (extra.comment) statements.push_back(comment_sql(extra));
      }
  return add(statements);
}

std::optional<Error> ImportExtras::add(const std::vector<std::string>& statements) {
  session_.command("SAVEPOINT dbkeeper_extras");
  if (const auto failure = session_.run_all(statements)) {
    if (failure->sqlstate != kForeignKeyViolation) throw failure->error;
    session_.command("ROLLBACK TO dbkeeper_extras");
    return failure->error;
  }
  session_.command("RELEASE dbkeeper_extras");
  return std::nullopt;
}

void ImportExtras::check() {
  const std::vector<Extra> now = look();
  for (const Extra& extra : off_)
    if (std::find(now.begin(), now.end(), extra) == now.end())
      throw Error(ErrorKind::failed, fmt::format("{} of table {} could not be put back as it was",
                                                 extra.name, display(extra.table, kDefaultSchema)))
          .table(display(extra.table, kDefaultSchema))
          .hint("nothing was changed; --fire-triggers leaves it in place");
  off_.clear();
}

std::vector<ImportExtras::Extra> ImportExtras::look() {
  std::vector<Extra> out;
  for (const auto& row : session_.query(sql::kRemovable)) {
    Extra extra{row["kind"].c_str() == std::string_view("key"),
                {row["nspname"].c_str(), row["relname"].c_str()},
                row["name"].c_str(),
                row["definition"].c_str(),
                std::nullopt,
                row["removable"].c_str()[0] == 't'};
    if (!row["comment"].is_null()) extra.comment = row["comment"].c_str();
    out.push_back(std::move(extra));
  }
  return out;
}

std::string ImportExtras::take_off_sql(const Extra& extra) {
  if (!extra.key)
    return "DROP INDEX " + QuotedName(TableName{extra.table.schema, extra.name}).sql();
  return fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", QuotedName(extra.table).sql(),
                     quoted(extra.name));
}

std::string ImportExtras::put_back_sql(const Extra& extra) {
  if (!extra.key) return extra.definition;
  return fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", QuotedName(extra.table).sql(),
                     quoted(extra.name), extra.definition);
}

std::string ImportExtras::comment_sql(const Extra& extra) {
  const std::string what =
      extra.key
          ? fmt::format("CONSTRAINT {} ON {}", quoted(extra.name), QuotedName(extra.table).sql())
          : "INDEX " + QuotedName(TableName{extra.table.schema, extra.name}).sql();
  return fmt::format("COMMENT ON {} IS {}", what, literal(*extra.comment));
}

}  // namespace dbkeeper::postgres
