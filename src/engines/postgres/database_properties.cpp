#include "engines/postgres/database_properties.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

bool is_true(const pqxx::field& field) { return field.c_str()[0] == 't'; }

const Value* member(const Value& value, std::string_view name) {
  const auto* object = std::get_if<Value::Object>(&value.data());
  if (!object) return nullptr;
  for (const auto& [key, found] : *object)
    if (key == name) return &found;
  return nullptr;
}

std::string text_in(const Value& value, std::string_view name) {
  const Value* found = member(value, name);
  const auto* text = found ? std::get_if<std::string>(&found->data()) : nullptr;
  return text ? *text : std::string();
}

bool flag_in(const Value& value, std::string_view name, bool otherwise) {
  const Value* found = member(value, name);
  const auto* flag = found ? std::get_if<bool>(&found->data()) : nullptr;
  return flag ? *flag : otherwise;
}

Value::List list_in(const Value& value, std::string_view name) {
  const Value* found = member(value, name);
  const auto* list = found ? std::get_if<Value::List>(&found->data()) : nullptr;
  return list ? *list : Value::List();
}

std::string to_role(const std::string& role) {
  return role.empty() ? "PUBLIC" : QuotedName(role).sql();
}

// What the setting's name may be in SQL: "search_path", "app.user".
std::string setting_name(const std::string& name) {
  const std::size_t dot = name.find('.');
  if (dot == name.npos) return QuotedName(name).sql();
  return QuotedName(name.substr(0, dot)).sql() + "." + QuotedName(name.substr(dot + 1)).sql();
}

// Lists of names, each of which is quoted by itself: a literal would be one name. Source: pg_dump's
// variable_is_guc_list_quote.
bool is_list_of_names(std::string_view setting) {
  constexpr std::array<std::string_view, 6> kLists = {
      "local_preload_libraries",  "search_path",      "session_preload_libraries",
      "shared_preload_libraries", "temp_tablespaces", "unix_socket_directories"};
  return std::find(kLists.begin(), kLists.end(), setting) != kLists.end();
}

std::string whose_setting(const DatabaseProperties::Setting& setting, const std::string& database) {
  return setting.role.empty() ? "ALTER DATABASE " + database
                              : fmt::format("ALTER ROLE {} IN DATABASE {}",
                                            QuotedName(setting.role).sql(), database);
}

std::string meaning_of(const DatabaseProperties::Setting& setting) {
  return fmt::format("setting {}{}", setting.name,
                     setting.role.empty() ? "" : " of role " + setting.role);
}

// Of a list, what the session has now is what the database gets. Of others it isn't: DateStyle
// would take a part from the session, and a role or a text search configuration may be none there.
PropertyStatement setting_statement(const DatabaseProperties::Setting& setting,
                                    const std::string& database) {
  const std::string set =
      fmt::format("{} SET {}", whose_setting(setting, database), setting_name(setting.name));
  std::vector<std::string> sql;
  if (is_list_of_names(setting.name))
    sql = {fmt::format("SELECT pg_catalog.set_config({}, {}, true)", literal(setting.name),
                       literal(setting.value)),
           set + " FROM CURRENT"};
  else
    sql = {fmt::format("{} TO {}", set, literal(setting.value))};
  return {std::move(sql), setting.role, meaning_of(setting)};
}

}  // namespace

DatabaseProperties read_properties(Session& session, const std::string& database) {
  DatabaseProperties out;
  for (const auto& row : session.query(sql::kDatabaseProperties)) {
    if (row["database"].c_str() != database) continue;
    out.owner = row["owner"].c_str();
    out.encoding = row["encoding"].c_str();
    out.lc_collate = row["lc_collate"].c_str();
    out.lc_ctype = row["lc_ctype"].c_str();
    out.provider = row["provider"].c_str();
    out.locale = row["locale"].c_str();
    out.tablespace = row["tablespace"].c_str();
    out.connection_limit = row["connection_limit"].as<std::int64_t>();
    out.comment = row["comment"].c_str();
    out.is_template = is_true(row["is_template"]);
    out.has_grants = is_true(row["has_grants"]);
    out.has_public = is_true(row["has_public"]);
  }
  for (const auto& row : session.query(sql::kDatabaseGrants))
    if (row["database"].c_str() == database)
      out.grants.push_back(
          {row["grantee"].c_str(), row["privilege"].c_str(), is_true(row["is_grantable"])});
  for (const auto& row : session.query(sql::kDatabaseSettings))
    if (row["database"].c_str() == database)
      out.settings.push_back({row["role"].c_str(), row["name"].c_str(), row["value"].c_str()});
  return out;
}

Value value_of(const DatabaseProperties& properties) {
  return Value()
      .set("owner", properties.owner)
      .set("encoding", properties.encoding)
      .set("lc_collate", properties.lc_collate)
      .set("lc_ctype", properties.lc_ctype)
      .set("provider", properties.provider)
      .set("locale", properties.locale)
      .set("tablespace", properties.tablespace)
      .set("connection_limit", properties.connection_limit)
      .set("comment", properties.comment)
      .set("is_template", properties.is_template)
      .set("has_grants", properties.has_grants)
      .set("has_public", properties.has_public)
      .set("grants", Value::list(properties.grants,
                                 [](const auto& grant) {
                                   return Value()
                                       .set("grantee", grant.grantee)
                                       .set("privilege", grant.privilege)
                                       .set("grantable", grant.grantable);
                                 }))
      .set("settings", Value::list(properties.settings, [](const auto& setting) {
             return Value()
                 .set("role", setting.role)
                 .set("name", setting.name)
                 .set("value", setting.value);
           }));
}

DatabaseProperties properties_of(const Value& value) {
  DatabaseProperties out;
  out.owner = text_in(value, "owner");
  out.encoding = text_in(value, "encoding");
  out.lc_collate = text_in(value, "lc_collate");
  out.lc_ctype = text_in(value, "lc_ctype");
  out.provider = text_in(value, "provider");
  out.locale = text_in(value, "locale");
  out.tablespace = text_in(value, "tablespace");
  if (const Value* limit = member(value, "connection_limit"))
    if (const auto* number = std::get_if<std::int64_t>(&limit->data()))
      out.connection_limit = *number;
  out.comment = text_in(value, "comment");
  out.is_template = flag_in(value, "is_template", false);
  out.has_grants = flag_in(value, "has_grants", false);
  out.has_public = flag_in(value, "has_public", true);
  for (const Value& grant : list_in(value, "grants"))
    out.grants.push_back({text_in(grant, "grantee"), text_in(grant, "privilege"),
                          flag_in(grant, "grantable", false)});
  for (const Value& setting : list_in(value, "settings"))
    out.settings.push_back(
        {text_in(setting, "role"), text_in(setting, "name"), text_in(setting, "value")});
  return out;
}

std::string create_sql(const DatabaseProperties& properties, const std::string& name) {
  std::string sql = "CREATE DATABASE " + QuotedName(name).sql() + " TEMPLATE template0";
  const auto add = [&](std::string_view keyword, const std::string& value) {
    if (!value.empty()) sql += fmt::format(" {} {}", keyword, literal(value));
  };
  add("ENCODING", properties.encoding);
  add("LC_COLLATE", properties.lc_collate);
  add("LC_CTYPE", properties.lc_ctype);
  if (properties.provider == "i") {
    sql += " LOCALE_PROVIDER icu";
    add("ICU_LOCALE", properties.locale);
  } else if (properties.provider == "b") {
    sql += " LOCALE_PROVIDER builtin";
    add("BUILTIN_LOCALE", properties.locale);
  }
  if (!properties.tablespace.empty() && properties.tablespace != "pg_default")
    sql += " TABLESPACE " + QuotedName(properties.tablespace).sql();
  return sql;
}

std::vector<PropertyStatement> property_statements(const DatabaseProperties& properties,
                                                   const std::string& name) {
  const std::string database = QuotedName(name).sql();
  std::vector<PropertyStatement> out;
  if (!properties.owner.empty())
    out.push_back({{fmt::format("ALTER DATABASE {} OWNER TO {}", database,
                                QuotedName(properties.owner).sql())},
                   properties.owner,
                   "owner " + properties.owner});
  if (properties.has_grants) {
    out.push_back({{fmt::format("REVOKE ALL ON DATABASE {} FROM PUBLIC", database)}, "", "grants"});
    if (!properties.owner.empty())
      out.push_back({{fmt::format("REVOKE ALL ON DATABASE {} FROM {}", database,
                                  QuotedName(properties.owner).sql())},
                     properties.owner,
                     "grants"});
  }
  for (const auto& grant : properties.grants)
    if (properties.has_grants)
      out.push_back(
          {{fmt::format("GRANT {} ON DATABASE {} TO {}{}", grant.privilege, database,
                        to_role(grant.grantee), grant.grantable ? " WITH GRANT OPTION" : "")},
           grant.grantee,
           fmt::format("{} on the database for {}", grant.privilege,
                       grant.grantee.empty() ? "everybody" : grant.grantee)});
  if (!properties.comment.empty())
    out.push_back(
        {{fmt::format("COMMENT ON DATABASE {} IS {}", database, literal(properties.comment))},
         "",
         "comment"});
  if (properties.connection_limit != -1)
    out.push_back({{fmt::format("ALTER DATABASE {} CONNECTION LIMIT {}", database,
                                properties.connection_limit)},
                   "",
                   "connection limit"});
  for (const auto& setting : properties.settings)
    out.push_back(setting_statement(setting, database));
  return out;
}

std::string search_path_of(const DatabaseProperties& properties) {
  for (const auto& setting : properties.settings)
    if (setting.role.empty() && setting.name == "search_path") return setting.value;
  return {};
}

std::vector<PropertyStatement> setting_changes(
    const std::vector<DatabaseProperties::Setting>& now,
    const std::vector<DatabaseProperties::Setting>& wished, const std::string& name) {
  const std::string database = QuotedName(name).sql();
  const auto find = [](const auto& settings, const DatabaseProperties::Setting& like) {
    return std::find_if(settings.begin(), settings.end(), [&](const auto& setting) {
      return setting.role == like.role && setting.name == like.name;
    });
  };
  std::vector<PropertyStatement> out;
  for (const auto& setting : now)
    if (find(wished, setting) == wished.end())
      out.push_back({{fmt::format("{} RESET {}", whose_setting(setting, database),
                                  setting_name(setting.name))},
                     setting.role,
                     meaning_of(setting)});
  for (const auto& setting : wished) {
    const auto same = find(now, setting);
    if (same == now.end() || same->value != setting.value)
      out.push_back(setting_statement(setting, database));
  }
  return out;
}

}  // namespace dbkeeper::postgres
