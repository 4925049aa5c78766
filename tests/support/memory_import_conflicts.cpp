#include "support/memory_import_conflicts.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/text.h"
#include "dbkeeper/core/natural_keys.h"

namespace dbkeeper::testing::model {
namespace {

Error conflict(const TableRows& table, const std::string& message) {
  return Error(ErrorKind::conflict, message).table(table.plan->name);
}

bool has_missing_reference(const Work& work, const FileRow& row) {
  const Links links(work);
  const auto& all = work.of(row).plan->links;
  return std::any_of(all.begin(), all.end(), [&](const ImportLink& link) {
    return links.follow(row, link).leads == Leads::missing;
  });
}

}  // namespace

std::vector<Error> Conflicts::ambiguous() const {
  std::vector<Error> out;
  for (const TableRows& table : work_.tables)
    for (const FileRow& row : table.rows) {
      find_second_targets(out, row);
      for (const FileRow* other = &row + 1; other != table.rows.data() + table.rows.size(); ++other)
        find_same_row(out, row, *other);
    }
  for (const TableRows& child : work_.tables)
    for (const ImportLink& link : child.plan->links) {
      const TableRows& parents = work_.tables[link.parent];
      for (const FileRow& a : parents.rows)
        for (const FileRow& b : parents.rows)
          if (&a < &b && equal_in_file(a, b, link.to))
            out.push_back(conflict(
                parents,
                fmt::format("{} and {} of the file have the same {}", shown(parents, a.values),
                            shown(parents, b.values), join(link.to, ", "))));
    }
  return out;
}

void Conflicts::find_second_targets(std::vector<Error>& out, const FileRow& row) const {
  const TableRows& table = work_.of(row);
  if (!row.found) return;
  for (const Key* key : keys_.of(row)) {
    if (work_.plan.identity == Identity::key && key != row.key) continue;
    for (const std::size_t target : keys_.targets(row, *key))
      if (target != *row.found)
        out.push_back(conflict(
            table, fmt::format("{} of the file is {} by {}, but {} by {}", shown(table, row.values),
                               shown(table, table.target[*row.found]), row.by,
                               shown(table, table.target[target]), describe(*key))));
  }
}

void Conflicts::find_same_row(std::vector<Error>& out, const FileRow& a, const FileRow& b) const {
  const TableRows& table = work_.of(a);
  const auto both =
      fmt::format("{} and {} of the file", shown(table, a.values), shown(table, b.values));
  if (a.found && a.found == b.found)
    out.push_back(
        conflict(table, fmt::format("{} are both {}", both, shown(table, table.target[*a.found]))));
  if (table.has_key(a.kind) && table.has_key(b.kind) &&
      equal_in_file(a, b, table.table->primary_key->columns()))
    out.push_back(conflict(table, both + " have the same primary key"));
  if (table.emptied) return;  // nothing is looked up there
  const auto keys_of_b = keys_.of(b);
  for (const Key* key : keys_.of(a))
    if (std::find(keys_of_b.begin(), keys_of_b.end(), key) != keys_of_b.end() &&
        equal_by_key(a, b, *key))
      out.push_back(conflict(table, fmt::format("{} are the same by {}", both, describe(*key))));
}

// The number of a row that is found and that of one that is new are of different worlds.
bool Conflicts::equal_by_key(const FileRow& a, const FileRow& b, const Key& key) const {
  const auto value = keys_.value(a, key);
  return value && value == keys_.value(b, key) &&
         std::all_of(key.parts.begin(), key.parts.end(), [&](const Key::Part& part) {
           const std::string column = column_of(part);
           return leads_to_found(a, column) == leads_to_found(b, column);
         });
}

bool Conflicts::equal_in_file(const FileRow& a, const FileRow& b,
                              const std::vector<std::string>& columns) const {
  const Table& table = *work_.of(a).table;
  return std::all_of(columns.begin(), columns.end(), [&](const std::string& column) {
    const std::size_t at = position(table, column);
    const std::string& collation = table.columns[at].collation;
    return !a.values[at].is_null() &&
           collated(a.values[at], collation) == collated(b.values[at], collation);
  });
}

bool Conflicts::leads_to_found(const FileRow& row, const std::string& column) const {
  const auto links = links_.of_column(row, column);
  return std::any_of(links.begin(), links.end(), [&](const ImportLink* link) {
    return links_.follow(row, *link).leads == Leads::to_found;
  });
}

std::vector<Error> Conflicts::missing() const {
  std::vector<Error> out;
  for (const TableRows& table : work_.tables)
    for (const FileRow& row : table.rows)
      for (const ImportLink& link : table.plan->links) {
        if (!work_.is_written(row) || links_.follow(row, link).leads != Leads::missing) continue;
        const std::string columns = join(link.columns, ", ");
        out.push_back(conflict(table, fmt::format("{} refers by {} to a row of {} that is in "
                                                  "neither file nor database",
                                                  shown(table, row.values), columns,
                                                  work_.tables[link.parent].plan->name))
                          .column(columns));
      }
  return out;
}

void drop_rows(Work& work) {
  if (work.plan.on_missing != MissingReference::skip) return;
  for (bool more = true; more;) {
    more = false;
    for (TableRows& table : work.tables)
      for (FileRow& row : table.rows) {
        if (row.dropped || row.kind != Rows::data || !table.plan->written) continue;
        row.dropped = has_missing_reference(work, row);
        more = more || row.dropped;
      }
  }
}

}  // namespace dbkeeper::testing::model
