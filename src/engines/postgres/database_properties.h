// What belongs to a database as such, and not to anything in it: owner, encoding, locale, grants,
// settings, comment. A backup keeps it, a restore gives it to the database that it builds.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/base/value.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

struct DatabaseProperties {
  std::string owner, encoding, lc_collate, lc_ctype;
  std::string provider;  // "c", "i", "b": who compares texts
  std::string locale;    // of providers other than libc
  std::string tablespace;
  std::int64_t connection_limit = -1;
  std::string comment;
  bool is_template = false;
  bool has_grants = false;  // false: the default ones
  bool has_public = true;   // the schema
  struct Grant {
    std::string grantee;  // empty: PUBLIC
    std::string privilege;
    bool grantable = false;
  };
  std::vector<Grant> grants;
  struct Setting {
    std::string role;  // empty: everybody
    std::string name, value;
  };
  std::vector<Setting> settings;
};

// Of any database of the session's server.
DatabaseProperties read_properties(Session& session, const std::string& database);

Value value_of(const DatabaseProperties& properties);
// Of a manifest; what it lacks has its default.
DatabaseProperties properties_of(const Value& value);

// CREATE DATABASE of that name with what can't be changed later.
std::string create_sql(const DatabaseProperties& properties, const std::string& name);

// A statement that gives a property, and the role that it names, if any.
struct PropertyStatement {
  std::vector<std::string> sql;  // in one transaction
  std::string role;
  std::string meaning;  // "owner app", for messages
};
// What is given once the database is there. Run on a session of any database.
std::vector<PropertyStatement> property_statements(const DatabaseProperties& properties,
                                                   const std::string& name);

// The one that the database sets for whatever role; empty: it sets none.
std::string search_path_of(const DatabaseProperties& properties);

// What makes a database's settings, of roles in it too, those that are wished.
std::vector<PropertyStatement> setting_changes(
    const std::vector<DatabaseProperties::Setting>& now,
    const std::vector<DatabaseProperties::Setting>& wished, const std::string& name);

}  // namespace dbkeeper::postgres
