#include "dbkeeper/core/table_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

std::size_t find_outside_quotes(std::string_view text, char wanted, std::size_t from = 0) {
  bool quoted = false;
  for (std::size_t at = from; at < text.size(); ++at) {
    if (text[at] == '"') quoted = !quoted;
    if (text[at] == wanted && !quoted) return at;
  }
  return kNone;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\n");
  if (begin == kNone) return {};
  return text.substr(begin, text.find_last_not_of(" \t\n") - begin + 1);
}

void require_a_name(std::string_view name, std::string_view whole, std::string_view option) {
  if (!name.empty() && std::count(name.begin(), name.end(), '"') % 2 == 0) return;
  throw Error(ErrorKind::usage,
              name.empty() ? fmt::format("{}: a table's name is missing in '{}'", option, whole)
                           : fmt::format("{}: the quote in '{}' is not closed", option, whole))
      .hint("separate tables by commas: users,audit_*,\"odd,name\"");
}

}  // namespace

bool TablePattern::matches(const Schema& schema, const Table& table) const {
  if (glob) return glob_matches(text, schema.display(table));
  const auto name = parse_display(text, schema.default_schema);
  return name && *name == table.name;
}

std::pair<std::string, std::string> split_outside_quotes(std::string_view text, char separator) {
  const std::size_t at = find_outside_quotes(text, separator);
  if (at == kNone) return {};
  return {std::string(trimmed(text.substr(0, at))), std::string(trimmed(text.substr(at + 1)))};
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin != kNone;) {
    const std::size_t end = find_outside_quotes(text, ',', begin);
    parts.emplace_back(trimmed(text.substr(begin, end == kNone ? kNone : end - begin)));
    begin = end == kNone ? kNone : end + 1;
  }
  return parts;
}

std::vector<TablePattern> parse_table_list(const std::vector<std::string>& texts,
                                           std::string_view option) {
  std::vector<TablePattern> patterns;
  for (const std::string& text : texts)
    for (std::string& name : split_list(text)) {
      require_a_name(name, text, option);
      const bool glob = name.find('"') == kNone && name.find_first_of("*?") != kNone;
      patterns.push_back({std::move(name), glob});
    }
  return patterns;
}

std::string unquoted(std::string_view name) {
  if (name.size() < 2 || name.front() != '"' || name.back() != '"') return std::string(name);
  std::string out;
  for (std::size_t at = 1; at + 1 < name.size(); ++at) {
    out += name[at];
    if (name[at] == '"') ++at;
  }
  return out;
}

void complain_of_no_match(const Schema& schema, std::string_view pattern, std::string_view option) {
  std::vector<std::string> names;
  for (const Table& table : schema.tables) names.push_back(schema.display(table));
  for (const OtherObject& other : schema.others)
    if (schema.display(other.name) == pattern)
      throw Error(ErrorKind::usage, fmt::format("{}: '{}' is a {}, it holds no rows of its own",
                                                option, pattern, other.kind));
  throw Error(ErrorKind::usage, fmt::format("{}: no table is named '{}'{}", option, pattern,
                                            did_you_mean(pattern, names)))
      .hint("dbkeeper inspect lists the tables");
}

const Table& named_table(const Schema& schema, std::string_view name, std::string_view option) {
  const auto parsed = parse_display(name, schema.default_schema);
  if (const Table* table = parsed ? schema.find(*parsed) : nullptr) return *table;
  complain_of_no_match(schema, name, option);
}

}  // namespace dbkeeper
