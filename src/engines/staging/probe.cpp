#include "engines/staging/probe.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/text.h"

namespace dbkeeper::staging {
namespace {

std::string part_sql(const Workspace& work, const Key& key, std::size_t i) {
  const Key::Part& part = key.parts[i];
  return part.column.empty() ? "(" + part.expression + ")" : work.dialect().quoted(part.column);
}

// That the key applies to a row whose columns are in sight.
std::string applies(const Workspace& work, const Key& key) {
  std::vector<std::string> conditions;
  if (!key.predicate.empty()) conditions.push_back("(" + key.predicate + ")");
  if (!key.nulls_not_distinct)
    for (std::size_t i = 0; i < key.parts.size(); ++i)
      conditions.push_back(part_sql(work, key, i) + " IS NOT NULL");
  return conditions.empty() ? std::string("1 = 1") : join(conditions, " AND ");
}

}  // namespace

Probe::Probe(const Workspace& work, std::size_t table, const Key& key)
    : work_(work), table_(table), key_(key) {
  if (work.has_links(table)) find_links();
}

void Probe::find_links() {
  const StagedTable& staged = work_.at(table_);
  text_ = key_.predicate;
  for (const Key::Part& part : key_.parts) {
    if (part.column.empty()) {
      text_ += " " + part.expression;
      continue;
    }
    columns_.push_back(part.column);
    if (staged.column(part.column).generated())
      text_ += " " + staged.column(part.column).default_expression;
  }
  for (std::size_t l = 0; l < staged.plan->links.size(); ++l) {
    const auto& of_link = staged.plan->links[l].columns;
    if (std::any_of(of_link.begin(), of_link.end(),
                    [&](const std::string& column) { return depends_on(column); }))
      links_.push_back(l);
  }
}

bool Probe::depends_on(const std::string& column) const {
  return std::find(columns_.begin(), columns_.end(), column) != columns_.end() ||
         mentions(text_, column);
}

std::string Probe::part(std::size_t i) const { return part_sql(work_, key_, i); }

std::string Probe::file(bool only_led) const {
  std::vector<std::string> columns = {work_.n(table_) + " AS n", work_.kind(table_) + " AS kind"};
  for (std::size_t i = 0; i < key_.parts.size(); ++i)
    columns.push_back(part(i) + fmt::format(" AS k{}", i));
  std::string where = applies(work_, key_);
  for (const std::size_t link : links_) {
    columns.push_back(work_.flag(table_, link) + fmt::format(" AS f{}", link));
    if (only_led) where += " AND " + is_led(link);
  }
  return fmt::format("(SELECT {} FROM {} AS v WHERE {})", join(columns, ", "),
                     work_.rows(table_, Values::identity, true), where);
}

// The key's columns of a link are known if it leads to a row of the database, or if other links
// that do tell them: the tenant of a project that is new, say.
std::string Probe::is_led(std::size_t link) const {
  const StagedTable& staged = work_.at(table_);
  const auto& links = staged.plan->links;
  std::vector<std::string> told;
  for (const std::string& column : links[link].columns) {
    if (!depends_on(column)) continue;
    std::vector<std::string> others;
    for (std::size_t other = 0; other < links.size(); ++other)
      if (other != link && std::find(links[other].columns.begin(), links[other].columns.end(),
                                     column) != links[other].columns.end())
        others.push_back(
            fmt::format("{} = {}", work_.flag(table_, other), static_cast<int>(Leads::found)));
    told.push_back(others.empty() ? "1 = 0" : "(" + join(others, " OR ") + ")");
  }
  return fmt::format("({} NOT IN ({}, {}) OR {})", work_.flag(table_, link),
                     static_cast<int>(Leads::added), static_cast<int>(Leads::missing),
                     join(told, " AND "));
}

std::string Probe::base_rows() const {
  std::vector<std::string> columns = {work_.addressed(table_, "t")};
  for (std::size_t i = 0; i < key_.parts.size(); ++i)
    columns.push_back(part(i) + fmt::format(" AS k{}", i));
  return fmt::format("(SELECT {} FROM {} AS t{})", join(columns, ", "),
                     work_.dialect().rows_of(work_.at(table_).table()),
                     key_.predicate.empty() ? "" : " WHERE (" + key_.predicate + ")");
}

std::string Probe::equal(const std::string& file, const std::string& base) const {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < key_.parts.size(); ++i)
    parts.push_back(work_.dialect().key_equal(work_.at(table_).table(), key_, i,
                                              fmt::format("{}.k{}", file, i),
                                              fmt::format("{}.k{}", base, i)));
  return join(parts, " AND ");
}

std::string Probe::same_leads(const std::string& a, const std::string& b) const {
  std::string out = "1 = 1";
  for (const std::size_t link : links_)
    out += fmt::format(" AND {}.f{} = {}.f{}", a, link, b, link);
  return out;
}

std::string nameless(const Workspace& work, std::size_t table) {
  std::vector<std::string> none;
  for (const Key& key : work.at(table).probes)
    none.push_back(fmt::format("(CASE WHEN {} THEN 0 ELSE 1 END) = 1", applies(work, key)));
  return none.empty() ? std::string("1 = 1") : join(none, " AND ");
}

}  // namespace dbkeeper::staging
