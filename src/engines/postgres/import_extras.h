// Foreign keys and plain indexes, off for the time of an import: checked and built once at the end,
// they cost a fraction of what they cost row by row.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dbkeeper/model/schema.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

class ImportExtras {
 public:
  // Requires: the session is in a transaction and outlives this.
  explicit ImportExtras(Session& session) : session_(session) {}

  // Whether each of the table's foreign keys can be taken off and put back exactly as it is.
  // Requires: search_path is our own.
  bool can_take_off_keys(const TableName& table);

  // What was looked at before the tables were locked counts no more.
  void forget() { known_.reset(); }

  // Takes off those of these tables that can be put back exactly as they are: their names,
  // "table.name". Locks the tables against everybody, and those that the keys refer to.
  // Requires: search_path is our own; no deferred check is pending.
  std::vector<std::string> take_off(const std::vector<TableName>& tables);

  bool any_off() const { return !off_.empty(); }

  // Puts them back. An error if rows contradict a key: then nothing is back, and the transaction is
  // good for nothing but to look which.
  // Requires: search_path has pg_catalog first, as the definitions take for granted, and what the
  // functions of an index call.
  std::optional<Error> put_back();

  // Compares each with what it was: Error(failed) if one isn't the same.
  // Requires: search_path is our own.
  void check();

 private:
  struct Extra {
    bool key;  // else an index
    TableName table;
    std::string name;
    std::string definition;
    std::optional<std::string> comment;
    bool removable;

    bool operator==(const Extra&) const = default;
  };

  std::vector<Extra> look();
  static std::string take_off_sql(const Extra& extra);
  static std::string put_back_sql(const Extra& extra);
  static std::string comment_sql(const Extra& extra);
  std::optional<Error> add(const std::vector<std::string>& statements);

  Session& session_;
  std::optional<std::vector<Extra>> known_;  // from the first look on
  std::vector<Extra> off_;
};

}  // namespace dbkeeper::postgres
