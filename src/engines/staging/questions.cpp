#include "engines/staging/questions.h"

#include <charconv>

namespace dbkeeper::staging {

std::int64_t count_rows(Dialect& dialect, const std::string& from) {
  return number(dialect, "SELECT count(*) FROM " + from).value_or(0);
}

bool has_rows(Dialect& dialect, const std::string& from) {
  bool found = false;
  dialect.query("SELECT 1 FROM " + from + " LIMIT 1", [&](const Texts&) { found = true; });
  return found;
}

std::optional<std::int64_t> number(Dialect& dialect, const std::string& sql) {
  std::optional<std::int64_t> out;
  dialect.query(sql, [&](const Texts& row) {
    if (!row[0]) return;
    std::int64_t value = 0;
    const auto read = std::from_chars(row[0]->data(), row[0]->data() + row[0]->size(), value);
    if (read.ec == std::errc()) out = value;
  });
  return out;
}

}  // namespace dbkeeper::staging
