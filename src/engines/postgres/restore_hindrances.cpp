#include "engines/postgres/restore_hindrances.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "dbkeeper/base/text.h"
#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/catalog.h"
#include "engines/postgres/script_objects.h"

namespace dbkeeper::postgres {
namespace {

using Words = std::vector<Word>;

bool has(const Words& words, std::string_view keyword) {
  return std::any_of(words.begin(), words.end(),
                     [&](const Word& word) { return word.is(keyword); });
}

class Rights {
 public:
  explicit Rights(Session& session) {
    for (const auto& row : session.query(sql::kMakingRights))
      rights_.insert({row["what"].c_str(), row["name"].c_str()});
  }

  bool has(const std::string& what, const std::string& name = "") const {
    return rights_.count({what, name}) > 0;
  }
  bool superuser() const { return has("superuser"); }

 private:
  std::set<std::pair<std::string, std::string>> rights_;
};

// What is made by superusers alone, whatever other rights a role has.
bool needs_superuser(const ScriptObject& object, const Words& words) {
  static const std::set<std::string> kTypes = {
      "EVENT TRIGGER",      "FOREIGN DATA WRAPPER", "ACCESS METHOD",
      "TEXT SEARCH PARSER", "TEXT SEARCH TEMPLATE", "OPERATOR CLASS",
      "OPERATOR FAMILY",    "SHELL TYPE",           "PROCEDURAL LANGUAGE"};
  if (kTypes.count(object.type)) return true;
  if (object.type == "FUNCTION") return has(words, "leakproof");
  if (object.type == "PUBLICATION") return has(words, "all") && has(words, "tables");
  if (object.type == "TYPE") return has(words, "input") && has(words, "output");
  return false;
}

class Search {
 public:
  Search(Session& session, const OwnObjects& own) : session_(session), own_(own), rights_(session) {
    found_ = own.hindrances;
    for (const StayingObject& object : own.staying)
      staying_.emplace(as_dumped(object.identity), &object);
  }

  void look_at(const std::vector<ScriptEntry>& entries) {
    for (const ScriptObject& object : objects_in(entries)) {
      look_for_namesake(object);
      if (!rights_.superuser()) look_at_rights(object);
    }
  }

  // Rows of the user's in tables of extensions that stay.
  void look_at_rows(const BackupDescription& description) {
    for (const auto& row : session_.query(sql::kConfigTables)) {
      if (row["may"].c_str()[0] == 't' || !own_.find_staying("extension", row["extname"].c_str()))
        continue;
      const TableName name{row["nspname"].c_str(), row["relname"].c_str()};
      for (const BackupTable& table : description.tables)
        if (table.name == name && table.total.rows > 0)
          add(
              fmt::format("this role may not write the rows of table {}, which belongs to the "
                          "extension {}",
                          display(name, kDefaultSchema), row["extname"].c_str()));
    }
  }

  std::vector<std::string> found() { return std::move(found_); }

 private:
  void add(std::string hindrance) {
    if (std::find(found_.begin(), found_.end(), hindrance) == found_.end())
      found_.push_back(std::move(hindrance));
  }

  void look_for_namesake(const ScriptObject& object) {
    if (object.type == "SCHEMA" || object.type == "EXTENSION") return;
    const auto [begin, end] = staying_.equal_range(object.identity);
    for (auto at = begin; at != end; ++at)
      if (share_names(object.type, at->second->type))
        add(fmt::format("{} {} of role {} is in the way of the backup's", at->second->type,
                        object.identity, at->second->owner));
  }

  // The server writes the types of a routine's arguments with their schema, a dump only where it
  // isn't the server's own.
  static std::string as_dumped(std::string identity) {
    constexpr std::string_view kServers = "pg_catalog.";
    for (std::size_t at = 0; (at = identity.find(kServers, at)) != identity.npos;)
      identity.erase(at, kServers.size());
    return identity;
  }

  void look_at_rights(const ScriptObject& object) {
    const Words words = words_of(object.entry->statements.front());
    const std::string what = lower_ascii(object.type) + " " + object.identity;
    if (needs_superuser(object, words)) return add(what + " takes a superuser to make");
    if (object.type == "EXTENSION") return look_at_extension(object.identity);
    if (object.type == "SCHEMA" || object.type == "PUBLICATION") {
      if (!rights_.has("database") && !own_.find_staying("schema", object.identity))
        add(what + " takes the right to CREATE in the database");
      return;
    }
    if (const auto* schema = own_.find_staying("schema", object.schema); schema && !schema->may)
      add(fmt::format("schema {} of role {} is not this role's to CREATE in", schema->identity,
                      schema->owner));
    if (object.type == "FUNCTION" || object.type == "PROCEDURE") look_at_language(what, words);
    if (object.type == "SERVER") look_at_wrapper(what, words);
  }

  void look_at_extension(const std::string& name) {
    if (own_.find_staying("extension", name)) return;
    const std::string plain = words_of(name).front().text;
    if (rights_.has("trusted extension", plain)) {
      if (!rights_.has("database"))
        add(fmt::format("extension {} takes the right to CREATE in the database", name));
    } else {
      add(rights_.has("extension", plain)
              ? fmt::format("extension {} takes a superuser to make", name)
              : fmt::format("extension {} isn't installed on the server", name));
    }
  }

  void look_at_language(const std::string& what, const Words& words) {
    const auto at = std::find_if(words.begin(), words.end(),
                                 [](const Word& word) { return word.is("language"); });
    if (words.end() - at < 2) return;
    const std::string& language = (at + 1)->text;
    if (!rights_.has("language", language) && !rights_.has("trusted extension", language))
      add(fmt::format("{} is in the language {}, which this role may not use", what, language));
  }

  void look_at_wrapper(const std::string& what, const Words& words) {
    const auto at = std::find_if(words.begin(), words.end(),
                                 [](const Word& word) { return word.is("wrapper"); });
    if (words.end() - at < 2) return;
    const auto* wrapper = own_.find_staying("foreign-data wrapper", std::string((at + 1)->place));
    if (wrapper && !wrapper->may)
      add(fmt::format("{} uses the foreign data wrapper {}, which this role may not", what,
                      wrapper->identity));
  }

  Session& session_;
  const OwnObjects& own_;
  const Rights rights_;
  std::multimap<std::string, const StayingObject*> staying_;  // by identity
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> restore_hindrances(Session& session, const OwnObjects& own,
                                            const RestoreFiles& files,
                                            const BackupDescription& description) {
  Search search(session, own);
  search.look_at(files.pre_data());
  search.look_at(files.post_data());
  search.look_at_rows(description);
  return search.found();
}

std::string warn_of_older(Session& session, const BackupDescription& description,
                          Reporter& reporter) {
  constexpr int kMajor = 10000;
  const int made = std::atoi(description.server_version.c_str());
  const int here = session.server_version() / kMajor;
  if (made <= here) return {};
  const std::string older =
      fmt::format("the backup was made on PostgreSQL {}, and this server is {}", made, here);
  reporter.warn(older + ": what the newer one alone knows can't be put back here");
  return older;
}

}  // namespace dbkeeper::postgres
