#include "dbkeeper/model/name.h"

#include <algorithm>

namespace dbkeeper {
namespace {

// Takes one part off the front, quoted or bare; nothing if there is none or a quote stays open.
std::optional<std::string> take_part(std::string_view& text) {
  std::string part;
  if (text.empty() || text.front() != '"') {
    const std::size_t end = std::min(text.find('.'), text.size());
    part = text.substr(0, end);
    text.remove_prefix(end);
    return part.empty() ? std::nullopt : std::optional(part);
  }
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] != '"') {
      part += text[i];
    } else if (i + 1 < text.size() && text[i + 1] == '"') {
      part += text[i++];
    } else {
      text.remove_prefix(i + 1);
      return part;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string quoted_if_needed(std::string_view part) {
  if (!part.empty() && part.find_first_of(".,*:\"") == std::string_view::npos)
    return std::string(part);
  std::string out = "\"";
  for (const char c : part) {
    if (c == '"') out += '"';
    out += c;
  }
  return out += '"';
}

std::string display(const TableName& name, std::string_view default_schema) {
  const std::string table = quoted_if_needed(name.name);
  if (name.schema.empty() || name.schema == default_schema) return table;
  return quoted_if_needed(name.schema) + "." + table;
}

std::optional<TableName> parse_display(std::string_view shown, std::string_view default_schema) {
  auto first = take_part(shown);
  if (!first) return std::nullopt;
  if (shown.empty()) return TableName{std::string(default_schema), *std::move(first)};
  if (shown.front() != '.') return std::nullopt;
  shown.remove_prefix(1);
  auto second = take_part(shown);
  if (!second || !shown.empty()) return std::nullopt;
  return TableName{*std::move(first), *std::move(second)};
}

}  // namespace dbkeeper
