#include "engines/staging/row_sets.h"

#include <fmt/format.h>

namespace dbkeeper::staging {
namespace {

std::string in(const std::string& set, const std::string& number) {
  return fmt::format("EXISTS (SELECT 1 FROM {} AS o WHERE o.n = {})", set, number);
}

std::string data_and(const Workspace& work, std::size_t table, std::string_view alias,
                     std::string_view found) {
  const std::string number = fmt::format("{}.{}", alias, work.n(table));
  std::string out = fmt::format("{}.{} = 0 AND {}{}", alias, work.kind(table), found,
                                in(work.found(table), number));
  if (work.has_dropped(table)) out += " AND NOT " + in(work.dropped(table), number);
  return out;
}

}  // namespace

std::string to_be_inserted(const Workspace& work, std::size_t table, std::string_view alias) {
  return data_and(work, table, alias, "NOT ");
}

std::string to_be_updated(const Workspace& work, std::size_t table, std::string_view alias) {
  return data_and(work, table, alias, "");
}

}  // namespace dbkeeper::staging
