// Small schemas for tests of the core, written down in a line or two.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/model/schema.h"

namespace dbkeeper::testing {

inline Column column(std::string name, Family family = Family::integer, bool nullable = false) {
  Column out;
  out.name = std::move(name);
  out.type.name = family == Family::integer ? "integer" : "text";
  out.type.family = family;
  out.nullable = nullable;
  return out;
}

inline Key key(std::string name, const std::vector<std::string>& columns,
               Key::Kind kind = Key::Kind::constraint) {
  Key out;
  out.name = std::move(name);
  out.kind = kind;
  for (const std::string& part : columns) out.parts.push_back({part, "", ""});
  return out;
}

// A table `name` with a numbered `id` and, for each parent, a foreign key column `<parent>_id`;
// a parent written `?parent` is one that may be NULL.
inline Table table(std::string name, const std::vector<std::string>& parents = {}) {
  Table out;
  out.name = {"public", std::move(name)};
  out.columns.push_back(column("id"));
  out.columns.back().origin = Origin::serial;
  out.primary_key = key("pk", {"id"}, Key::Kind::primary);
  for (std::string parent : parents) {
    const bool nullable = parent.front() == '?';
    if (nullable) parent.erase(0, 1);
    out.columns.push_back(column(parent + "_id", Family::integer, nullable));
    ForeignKey foreign;
    foreign.columns = {parent + "_id"};
    foreign.references = {"public", parent};
    foreign.to = {"id"};
    out.foreign_keys.push_back(foreign);
  }
  return out;
}

inline Schema schema(std::vector<Table> tables) {
  Schema out;
  out.default_schema = "public";
  out.tables = std::move(tables);
  return out;
}

}  // namespace dbkeeper::testing
