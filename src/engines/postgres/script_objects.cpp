#include "engines/postgres/script_objects.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace dbkeeper::postgres {
namespace {

// The word of CREATE that a type's name follows. Those that can't meet another's are left out.
std::optional<std::string> keyword_of(const std::string& type) {
  static const std::map<std::string, std::string> kKeywords = {
      {"TABLE", "table"},
      {"FOREIGN TABLE", "table"},
      {"VIEW", "view"},
      {"MATERIALIZED VIEW", "view"},
      {"SEQUENCE", "sequence"},
      {"INDEX", "index"},
      {"TYPE", "type"},
      {"SHELL TYPE", "type"},
      {"DOMAIN", "domain"},
      {"FUNCTION", "function"},
      {"PROCEDURE", "procedure"},
      {"AGGREGATE", "aggregate"},
      {"COLLATION", "collation"},
      {"CONVERSION", "conversion"},
      {"STATISTICS", "statistics"},
      {"TEXT SEARCH CONFIGURATION", "configuration"},
      {"TEXT SEARCH DICTIONARY", "dictionary"},
      {"TEXT SEARCH PARSER", "parser"},
      {"TEXT SEARCH TEMPLATE", "template"},
      {"OPERATOR FAMILY", "family"},
      {"OPERATOR CLASS", "class"},
      {"SCHEMA", "schema"},
      {"EXTENSION", "extension"},
      {"PUBLICATION", "publication"},
      {"SUBSCRIPTION", "subscription"},
      {"EVENT TRIGGER", "trigger"},
      {"FOREIGN DATA WRAPPER", "wrapper"},
      {"SERVER", "server"},
      {"ACCESS METHOD", "method"},
      {"PROCEDURAL LANGUAGE", "language"}};
  const auto found = kKeywords.find(type);
  if (found == kKeywords.end()) return std::nullopt;
  return found->second;
}

bool is_routine(const std::string& type) {
  return type == "FUNCTION" || type == "PROCEDURE" || type == "AGGREGATE";
}

bool is_relation(const std::string& type) {
  static const std::set<std::string> kRelations = {
      "TABLE", "FOREIGN TABLE", "VIEW", "MATERIALIZED VIEW", "SEQUENCE", "INDEX"};
  return kRelations.count(type) > 0;
}

// "(integer, text)" as the server writes it: "(integer,text)".
std::string without_blanks(std::string list) {
  for (std::size_t at = 0; (at = list.find(", ", at)) != list.npos;) list.erase(at + 1, 1);
  return list;
}

// An index is made in its table's schema, which its own name doesn't say.
std::string schema_of_index(const std::vector<Word>& words) {
  for (std::size_t i = 0; i + 3 < words.size(); ++i) {
    if (!words[i].is("on")) continue;
    const std::size_t name = i + (words[i + 1].is("only") ? 2 : 1);
    return std::string(words[name].place);
  }
  return {};
}

std::optional<ScriptObject> object_in(const ScriptEntry& entry) {
  const auto keyword = keyword_of(entry.type);
  if (!keyword || entry.statements.empty()) return std::nullopt;
  const auto words = words_of(entry.statements.front());
  if (words.empty() || !words[0].is("create")) return std::nullopt;
  const auto found = std::find_if(words.begin() + 1, words.end(),
                                  [&](const Word& word) { return word.is(*keyword); });
  auto at = static_cast<std::size_t>(found - words.begin()) + 1;
  if (at + 2 < words.size() && words[at].is("if")) at += 3;  // IF NOT EXISTS
  if (at >= words.size()) return std::nullopt;
  ScriptObject out{entry.type, "", std::string(words[at].place), &entry};
  if (at + 2 < words.size() && words[at + 1].text == ".") {
    out.schema = out.identity;
    out.identity += "." + std::string(words[at + 2].place);
  }
  if (entry.type == "INDEX") {
    out.schema = schema_of_index(words);
    out.identity = out.schema + "." + out.identity;
  }
  if (is_routine(entry.type)) {
    const std::size_t arguments = entry.name.find('(');
    if (arguments != entry.name.npos) out.identity += without_blanks(entry.name.substr(arguments));
  }
  return out;
}

}  // namespace

std::vector<ScriptObject> objects_in(const std::vector<ScriptEntry>& entries) {
  std::vector<ScriptObject> out;
  for (const ScriptEntry& entry : entries)
    if (auto object = object_in(entry)) out.push_back(std::move(*object));
  return out;
}

bool share_names(const std::string& script_type, const std::string& server_type) {
  std::string type = server_type;
  std::transform(type.begin(), type.end(), type.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c == '-' ? ' ' : c;
  });
  if (type == "STATISTICS OBJECT") type = "STATISTICS";
  if (type == "LANGUAGE") type = "PROCEDURAL LANGUAGE";
  if (is_relation(script_type)) return is_relation(type);
  if (is_routine(script_type)) return is_routine(type);
  if (script_type == "DOMAIN" || script_type == "SHELL TYPE") return type == "TYPE";
  return script_type == type;
}

// Measured with version 15 over the dumps of databases of many kinds. A table takes a lock for
// itself, for its overlong values and their index; each comes to the total as it is made.
std::int64_t locks_to_run(const std::vector<ScriptEntry>& entries) {
  static const std::map<std::string, std::int64_t> kLocks = {
      {"TABLE", 4}, {"FOREIGN TABLE", 4}, {"MATERIALIZED VIEW", 4},
      {"VIEW", 2},  {"SEQUENCE", 2},      {"CONSTRAINT", 2},
      {"INDEX", 2}, {"TABLE ATTACH", 3},  {"INDEX ATTACH", 3},
      {"TYPE", 3},  {"DOMAIN", 2},        {"EXTENSION", 300}};
  constexpr std::int64_t kCatalogs = 100;
  std::int64_t out = kCatalogs;
  for (const ScriptEntry& entry : entries) {
    const auto found = kLocks.find(entry.type);
    out += found == kLocks.end() ? 1 : found->second;
  }
  return out;
}

}  // namespace dbkeeper::postgres
