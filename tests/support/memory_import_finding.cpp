#include "support/memory_import_finding.h"

#include <algorithm>

#include "dbkeeper/base/text.h"

namespace dbkeeper::testing::model {
namespace {

std::string name_of(const Key& key) {
  if (key.kind == Key::Kind::primary) return kByPrimaryKey;
  std::vector<std::string> parts;
  for (const Key::Part& part : key.parts)
    parts.push_back(part.column.empty() ? part.expression : part.column);
  return join(parts, ", ");
}

std::string number_of(const TableRows& table) {
  return "its number (" + join(table.table->primary_key->columns(), ", ") + ")";
}

}  // namespace

void Finding::run() {
  for (const Group& group : work_.plan.groups) {
    if (uses_map()) presume_by_map(group);
    if (work_.plan.identity == Identity::other_source) presume_by_number(group);
    do find_by_keys_and_map(group);
    while (!presumptions_hold(group));
    pair_equal_rows(group);
  }
}

void Finding::each(const Group& group, const std::function<void(FileRow&)>& take) {
  for (const std::size_t table : group)
    if (!work_.tables[table].emptied)
      for (FileRow& row : work_.tables[table].rows) take(row);
}

bool Finding::uses_map() const {
  return work_.plan.identity == Identity::other_source || work_.plan.identity == Identity::natural;
}

// Until their references or another row say otherwise, rows that no key can find are what an
// earlier import made of them, …
void Finding::presume_by_map(const Group& group) {
  each(group, [&](FileRow& row) {
    if (!work_.of(row).has_key(row.kind) || !keys_.nameless(row)) return;
    if (const auto target = in_map(row)) found_now(row, *target, kByMap, true);
  });
  settle();
}

// … or what has the same number.
void Finding::presume_by_number(const Group& group) {
  each(group, [&](FileRow& row) {
    const TableRows& table = work_.of(row);
    if (row.kind != Rows::data || row.found || !table.numbered() || !table.has_key(row.kind))
      return;
    if (!keys_.nameless(row)) return;
    const auto target = with_primary_key(row, links_.identity_row(row));
    if (target && !is_found_by_another(row, *target))
      found_now(row, *target, number_of(table), true);
  });
  settle();
}

// What one step finds counts from the next one on.
void Finding::found_now(FileRow& row, std::size_t target, const std::string& by, bool presumed,
                        const Key* key) {
  now_.push_back({&row, target, by, presumed, key});
}

bool Finding::settle() {
  const bool any = !now_.empty();
  for (const auto& [row, target, by, presumed, key] : now_) {
    row->found = target;
    row->by = by;
    row->presumed = presumed;
    row->key = key;
  }
  now_.clear();
  return any;
}

void Finding::find_by_keys_and_map(const Group& group) {
  do {
    while (look_up_by_keys(group)) {
    }
  } while (look_up_references(group) || look_up_map(group));
}

bool Finding::look_up_by_keys(const Group& group) {
  each(group, [&](FileRow& row) {
    if (row.found) return;
    for (const Key* key : keys_.of(row))
      if (const auto targets = keys_.targets(row, *key); !targets.empty())
        return found_now(row, targets.front(), name_of(*key), false, key);
  });
  return settle();
}

bool Finding::look_up_references(const Group& group) {
  each(group, [&](FileRow& row) {
    if (row.kind != Rows::references || row.found) return;
    if (const auto target = same_reference(row)) found_now(row, *target, kByEqualReference, false);
  });
  return settle();
}

bool Finding::look_up_map(const Group& group) {
  if (!uses_map()) return false;
  each(group, [&](FileRow& row) {
    if (row.found || !work_.of(row).has_key(row.kind)) return;
    const auto target = in_map(row);
    if (target && !is_found_by_another(row, *target)) found_now(row, *target, kByMap, false);
  });
  return settle();
}

std::optional<std::size_t> Finding::with_primary_key(const FileRow& row,
                                                     const MemoryRow& values) const {
  const TableRows& table = work_.of(row);
  const auto wanted = key_of(*table.table, *table.table->primary_key, values);
  if (!wanted) return std::nullopt;
  for (std::size_t i = 0; i < table.target.size(); ++i)
    if (key_of(*table.table, *table.table->primary_key, table.target[i]) == wanted) return i;
  return std::nullopt;
}

// What it refers to need not be in the file at all: then its number has to do, like its own.
std::optional<std::size_t> Finding::same_reference(const FileRow& row) const {
  const TableRows& table = work_.of(row);
  if (!table.has_key(Rows::references) || leads_to(row, {Leads::to_new})) return std::nullopt;
  const MemoryRow values = links_.identity_row(row);
  const auto target = with_primary_key(row, values);
  return target && equal_as_stored(row, table.target[*target]) ? target : std::nullopt;
}

// An entry counts while its row is there.
std::optional<std::size_t> Finding::in_map(const FileRow& row) const {
  const TableRows& table = work_.of(row);
  const auto entry =
      kept_.find({work_.plan.source, table.plan->name, json_key(*table.table, row.values)});
  if (entry == kept_.end()) return std::nullopt;
  for (std::size_t i = 0; i < table.target.size(); ++i)
    if (json_key(*table.table, table.target[i]) == entry->second) return i;
  return std::nullopt;
}

bool Finding::is_found_by_another(const FileRow& row, std::size_t target) const {
  const auto& rows = work_.of(row).rows;
  return std::any_of(rows.begin(), rows.end(),
                     [&](const FileRow& other) { return &other != &row && other.found == target; });
}

bool Finding::leads_to(const FileRow& row, const std::set<Leads>& any) const {
  const auto& links = work_.of(row).plan->links;
  return std::any_of(links.begin(), links.end(), [&](const ImportLink& link) {
    return any.contains(links_.follow(row, link).leads);
  });
}

// In all that the file has of the row.
bool Finding::equal_as_stored(const FileRow& row, const MemoryRow& target) const {
  const TableRows& table = work_.of(row);
  const MemoryRow values = links_.identity_row(row);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (table.carries(row.kind, table.table->columns[i].name) && values[i] != target[i])
      return false;
  return true;
}

// Takes the presumptions that failed back, and what was found since. References first: a row that
// is wrong by these claims nothing.
bool Finding::presumptions_hold(const Group& group) {
  std::vector<FileRow*> failed;
  each(group, [&](FileRow& row) {
    if (row.presumed && !presumption_holds(row)) failed.push_back(&row);
  });
  if (failed.empty())
    each(group, [&](FileRow& row) {
      if (row.presumed && is_found_by_another(row, *row.found)) failed.push_back(&row);
    });
  if (failed.empty()) return true;
  for (FileRow* row : failed) row->presumed = false;
  each(group, [&](FileRow& row) {
    if (row.presumed) return;
    row.found.reset();
    row.by.clear();
  });
  return false;
}

// Routine 5 of Ann is not routine 5 of Bob.
bool Finding::presumption_holds(const FileRow& row) const {
  const TableRows& table = work_.of(row);
  if (!keys_.nameless(row)) return false;
  if (row.by == kByMap) return true;
  if (keys_.leads_to_unknown(row, *table.table->primary_key)) return false;
  for (const ImportLink& link : table.plan->links) {
    if (!link.key) continue;
    const Leads leads = links_.follow(row, link).leads;
    if (leads == Leads::to_new || leads == Leads::missing) return false;
    for (const std::string& column : link.columns)
      if (links_.identity_value(row, column) !=
          table.target[*row.found][position(*table.table, column)])
        return false;
  }
  return true;
}

// Rows that neither have a primary key nor any other name: as many as there are of each.
void Finding::pair_equal_rows(const Group& group) {
  each(group, [&](FileRow& row) {
    const TableRows& table = work_.of(row);
    if (row.kind != Rows::data || row.found || table.has_key(row.kind) || !keys_.nameless(row))
      return;
    if (leads_to(row, {Leads::to_new, Leads::missing})) return;
    for (std::size_t i = 0; i < table.target.size(); ++i) {
      if (is_found_by_another(row, i) || !equal_as_stored(row, table.target[i])) continue;
      row.found = i;
      row.by = kByEqualRows;
      return;
    }
  });
}

}  // namespace dbkeeper::testing::model
