#include "support/memory_import_links.h"

#include <fmt/format.h>

#include <algorithm>

namespace dbkeeper::testing::model {
namespace {

MemoryCell as_compared(const Table& parent, const std::string& column, const MemoryCell& cell) {
  return collated(cell, parent.find_column(column)->collation);
}

bool refers_to(const Table& child, const MemoryRow& row, const ImportLink& link,
               const Table& parent, const MemoryRow& candidate) {
  for (std::size_t i = 0; i < link.columns.size(); ++i) {
    const MemoryCell& to = candidate[position(parent, link.to[i])];
    const MemoryCell& from = row[position(child, link.columns[i])];
    if (to.is_null() ||
        as_compared(parent, link.to[i], to) != as_compared(parent, link.to[i], from))
      return false;
  }
  return true;
}

std::string referenced_column(const ImportLink& link, const std::string& column) {
  const auto at = std::find(link.columns.begin(), link.columns.end(), column);
  return link.to[static_cast<std::size_t>(at - link.columns.begin())];
}

}  // namespace

Reference Links::follow(const FileRow& row, const ImportLink& link) const {
  const Table& child = *work_.of(row).table;
  if (!part_of(row.values, positions(child, link.columns))) return {};
  const TableRows& parents = work_.tables[link.parent];
  for (const FileRow& parent : parents.rows) {
    if (!refers_to(child, row.values, link, *parents.table, parent.values)) continue;
    if (parent.found) return {Leads::to_found, &parent};
    if (work_.is_new(parent) && !parent.dropped) return {Leads::to_new, &parent};
  }
  if (!link.key) return {};
  const bool to_null = work_.plan.on_missing == MissingReference::null &&
                       !nulled_columns(work_.of(row), link).empty();
  return {to_null ? Leads::nulled : Leads::missing, nullptr};
}

std::vector<const ImportLink*> Links::of_column(const FileRow& row,
                                                const std::string& column) const {
  std::vector<const ImportLink*> out;
  for (const ImportLink& link : work_.of(row).plan->links)
    if (contains(link.columns, column)) out.push_back(&link);
  return out;
}

std::vector<std::string> Links::nulled_columns(const TableRows& table,
                                               const ImportLink& link) const {
  std::vector<std::string> nullable, alone;
  for (const std::string& column : link.columns) {
    if (!table.table->find_column(column)->nullable) continue;
    nullable.push_back(column);
    const auto shares = [&](const ImportLink& other) {
      return &other != &link && contains(other.columns, column);
    };
    if (std::none_of(table.plan->links.begin(), table.plan->links.end(), shares))
      alone.push_back(column);
  }
  return alone.empty() ? nullable : alone;
}

bool Links::is_nulled(const FileRow& row, const std::string& column) const {
  const auto links = of_column(row, column);
  return std::any_of(links.begin(), links.end(), [&](const ImportLink* link) {
    return follow(row, *link).leads == Leads::nulled &&
           contains(nulled_columns(work_.of(row), *link), column);
  });
}

MemoryCell Links::identity_value(const FileRow& row, const std::string& column) const {
  if (is_nulled(row, column)) return nullptr;
  for (const ImportLink* link : of_column(row, column)) {
    const Reference reference = follow(row, *link);
    if (reference.leads != Leads::to_found) continue;
    const TableRows& parents = work_.of(*reference.parent);
    return parents.target[*reference.parent->found]
                         [position(*parents.table, referenced_column(*link, column))];
  }
  return row.values[position(*work_.of(row).table, column)];
}

MemoryRow Links::identity_row(const FileRow& row) const {
  MemoryRow out;
  for (const Column& column : work_.of(row).table->columns)
    out.push_back(identity_value(row, column.name));
  return out;
}

bool FinalValues::updates(const FileRow& row, const std::string& column) const {
  const TableRows& table = work_.of(row);
  return row.found && work_.is_written(row) && table.carries(row.kind, column) &&
         !table.in_primary_key(column) && !contains(table.plan->kept, column) &&
         table.table->find_column(column)->origin != Origin::identity_always;
}

MemoryCell FinalValues::value(const FileRow& row, const std::string& column) const {
  std::set<Place> on_the_way;
  return *value(row, column, on_the_way);
}

MemoryRow FinalValues::row(const FileRow& row) const {
  const TableRows& table = work_.of(row);
  MemoryRow out = row.found ? table.target[*row.found]
                            : MemoryRow(table.table->columns.size(), MemoryCell(nullptr));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::string& column = table.table->columns[i].name;
    if (row.found ? updates(row, column) : table.carries(row.kind, column))
      out[i] = value(row, column);
  }
  return out;
}

std::optional<MemoryCell> FinalValues::value_of_parent(const FileRow& parent,
                                                       const std::string& column,
                                                       std::set<Place>& on_the_way) const {
  if (!parent.found || updates(parent, column)) return value(parent, column, on_the_way);
  const TableRows& table = work_.of(parent);
  return table.target[*parent.found][position(*table.table, column)];
}

std::optional<MemoryCell> FinalValues::value(const FileRow& row, const std::string& column,
                                             std::set<Place>& on_the_way) const {
  const TableRows& table = work_.of(row);
  if (row.new_number && table.numbered()->name == column) return MemoryCell(*row.new_number);
  if (links_.is_nulled(row, column)) return MemoryCell(nullptr);
  const MemoryCell file_value = row.values[position(*table.table, column)];
  if (!on_the_way.insert({&row, column}).second) return std::nullopt;

  std::optional<MemoryCell> out;
  for (const ImportLink* link : links_.of_column(row, column)) {
    const Reference reference = links_.follow(row, *link);
    if (!reference.parent) continue;
    const auto led =
        value_of_parent(*reference.parent, referenced_column(*link, column), on_the_way);
    if (led && out && *led != *out)
      throw Error(
          ErrorKind::conflict,
          fmt::format("{}: its references lead to {} and {} in {}", shown(table, row.values),
                      dbkeeper::testing::shown({*out}), dbkeeper::testing::shown({*led}), column))
          .table(table.plan->name)
          .column(column);
    if (led) out = led;
  }
  on_the_way.erase({&row, column});
  return out ? out : std::optional(file_value);
}

}  // namespace dbkeeper::testing::model
