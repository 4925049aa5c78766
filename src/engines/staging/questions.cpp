#include "engines/staging/questions.h"

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
    if (row[0]) out = std::stoll(*row[0]);
  });
  return out;
}

}  // namespace dbkeeper::staging
