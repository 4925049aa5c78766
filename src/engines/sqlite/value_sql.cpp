#include "engines/sqlite/value_sql.h"

#include <fmt/format.h>

#include "dbkeeper/base/text.h"

namespace dbkeeper::sqlite {

std::string same_value(const std::string& a, const std::string& b) {
  return fmt::format("(typeof({0}) = typeof({1}) AND {0} COLLATE BINARY IS {1})", a, b);
}

std::string exact_text(const std::vector<std::string>& values) {
  std::vector<std::string> texts;
  for (const std::string& value : values)
    texts.push_back(fmt::format(
        "CASE typeof({0}) WHEN 'text' THEN 't' || hex({0}) ELSE quote({0}) END", value));
  return texts.empty() ? "''" : "(" + join(texts, " || ',' || ") + ")";
}

std::string json_array(const std::vector<std::string>& values) {
  std::vector<std::string> parts;
  for (const std::string& value : values)
    parts.push_back(
        fmt::format("CASE typeof({0}) WHEN 'blob' THEN lower(hex({0})) ELSE {0} END", value));
  return fmt::format("json_array({})", join(parts, ", "));
}

std::string shown_value(const std::string& value) {
  return fmt::format(
      "CASE typeof({0}) WHEN 'null' THEN 'NULL' WHEN 'blob' THEN 'x' || quote(hex(substr({0}, 1, "
      "30))) "
      "ELSE substr(CAST({0} AS TEXT), 1, 60) END",
      value);
}

}  // namespace dbkeeper::sqlite
