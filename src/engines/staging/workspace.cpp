#include "engines/staging/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "dbkeeper/base/text.h"
#include "engines/staging/questions.h"

namespace dbkeeper::staging {
namespace {

constexpr int kFewRows = 200;

bool contains(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

bool all_in(const std::vector<std::string>& names, const std::vector<std::string>& list) {
  return std::all_of(names.begin(), names.end(),
                     [&](const std::string& name) { return contains(list, name); });
}

void choose_primary_key(StagedTable& table) {
  if (!table.table().primary_key) return;
  table.primary_key = table.table().primary_key->columns();
  if (!all_in(table.primary_key, table.has_data ? table.data_columns : table.reference_columns))
    table.primary_key.clear();
  for (const std::string& name : table.primary_key) {
    const Column& column = table.column(name);
    if (!column.numbered() || column.type.family != Family::integer) continue;
    table.numbered_key = true;
    if (!table.links(name)) table.numbered = &column;
  }
}

void choose_probes(StagedTable& table, Identity identity) {
  const auto add = [&](const Key& key, bool references) {
    table.probes.push_back(key);
    table.probes_references.push_back(references);
  };
  const bool has_key = !table.primary_key.empty();
  if (identity == Identity::key && has_key) return add(*table.table().primary_key, true);
  const bool by_number = identity == Identity::same_source && has_key;
  if (by_number) add(*table.table().primary_key, false);
  for (const Key& key : table.plan->keys) add(key, true);
}

void choose_link_columns(StagedTable& table) {
  for (const ImportLink& link : table.plan->links)
    for (const std::string& column : link.columns)
      if (!contains(table.link_columns, column)) table.link_columns.push_back(column);
}

}  // namespace

const Column& StagedTable::column(const std::string& name) const {
  return *table().find_column(name);
}

bool StagedTable::links(const std::string& column) const { return contains(link_columns, column); }

bool StagedTable::follows_links(const std::string& name) const {
  return links(name) || (column(name).generated() && !link_columns.empty());
}

bool StagedTable::is_told_of_references(const std::string& name) const {
  return !column(name).generated() || all_in(table().given_columns(), reference_columns);
}

std::vector<std::string> StagedTable::updated_columns() const {
  std::vector<std::string> out;
  const auto in_key = [&](const std::string& name) {
    return table().primary_key && contains(table().primary_key->columns(), name);
  };
  for (const std::string& name : data_columns)
    if (!in_key(name) && !contains(plan->kept, name) &&
        column(name).origin != Origin::identity_always)
      out.push_back(name);
  return out;
}

bool StagedTable::is_updated(const std::string& name) const {
  const auto updated = updated_columns();
  if (!column(name).generated()) return contains(updated, name);
  bool any = false;
  for (const std::string& from : table().given_columns()) {
    if (!mentions(column(name).default_expression, from)) continue;
    any = true;
    if (!contains(updated, from)) return false;
  }
  return any;
}

Workspace::Workspace(Dialect& dialect, const ImportPlan& plan, std::vector<StagedTable> tables)
    : dialect_(dialect),
      plan_(plan),
      tables_(std::move(tables)),
      small_(tables_.size()),
      targets_(tables_.size()),
      referenced_(tables_.size()),
      settled_(tables_.size()),
      same_finally_(tables_.size()) {
  for (std::size_t i = 0; i < size(); ++i)
    small_[i] = !has_rows(
        dialect_, fmt::format("(SELECT 1 FROM {} LIMIT 1 OFFSET {}) AS s", stage(i), kFewRows));
  std::set<const Table*> emptied;
  for (const auto& group : plan.emptied) emptied.insert(group.begin(), group.end());
  for (StagedTable& table : tables_) {
    table.emptied = emptied.contains(table.plan->table);
    choose_link_columns(table);
    choose_primary_key(table);
    choose_probes(table, plan.identity);
    for (const ImportLink& link : table.plan->links) {
      auto& targets = targets_[link.parent];
      if (std::find(targets.begin(), targets.end(), link.to) == targets.end())
        targets.push_back(link.to);
      for (const std::string& column : link.to)
        if (!contains(referenced_[link.parent], column)) referenced_[link.parent].push_back(column);
    }
  }
}

std::string Workspace::bare(char kind, std::size_t table) {
  return fmt::format("dbkeeper_{}{}", kind, table);
}

std::string Workspace::temp(char kind, std::size_t table) const {
  return dialect_.temp(bare(kind, table));
}

std::string Workspace::stage(std::size_t table) const {
  return dialect_.temp(at(table).stage.name);
}

std::string Workspace::of(std::string_view alias, std::string_view column) const {
  return fmt::format("{}.{}", alias, dialect_.quoted(column));
}

std::string Workspace::n(std::size_t table) const {
  return dialect_.quoted(at(table).stage.number());
}

std::string Workspace::kind(std::size_t table) const {
  return dialect_.quoted(at(table).stage.kind());
}

std::string Workspace::flag(std::size_t table, std::size_t link) const {
  return dialect_.quoted(fmt::format("{}f{}", at(table).stage.prefix, link));
}

void Workspace::index_targets(std::size_t table) {
  for (const std::vector<std::string>& columns : targets_[table])
    index(table, at(table).stage.name, columns);
}

void Workspace::create() {
  for (std::size_t i = 0; i < size(); ++i) {
    const std::string table = dialect_.rows_of(at(i).table());
    dialect_.run(fmt::format(
        "CREATE TABLE {} AS SELECT s.{} AS n, 0 AS how, 0 AS changed, {} FROM {} AS s, {} AS t "
        "LIMIT 0",
        found(i), n(i), addressed(i, "t"), stage(i), table));
    index(i, bare('m', i), {"n"});
    if (has_dropped(i))
      dialect_.run(fmt::format("CREATE TABLE {} AS SELECT s.{} AS n FROM {} AS s LIMIT 0",
                               dropped(i), n(i), stage(i)));
  }
}

void Workspace::create_links(std::size_t table) {
  if (has_links(table)) create_links('q', table);
  if (has_numbers(table))
    dialect_.run(fmt::format(
        "CREATE TABLE {0} AS SELECT s.{1} AS n, {2} AS number, {2} AS was FROM {3} AS s LIMIT 0",
        numbers(table), n(table), of("s", at(table).numbered->name), stage(table)));
}

void Workspace::create_final_links(std::size_t table) { create_links('r', table); }

void Workspace::create_links(char kind, std::size_t table) {
  std::string columns;
  for (std::size_t v = 0; v < at(table).link_columns.size(); ++v)
    columns += fmt::format(", {} AS v{}", of("s", at(table).link_columns[v]), v);
  for (std::size_t f = 0; f < at(table).plan->links.size(); ++f)
    columns += fmt::format(", 0 AS f{}", f);
  dialect_.run(fmt::format("CREATE TABLE {} AS SELECT s.{} AS n{} FROM {} AS s LIMIT 0",
                           temp(kind, table), n(table), columns, stage(table)));
  index(table, bare(kind, table), {"n"});
}

// Few rows are gone through sooner than an index is made, of which a large schema has many.
void Workspace::index(std::size_t table, const std::string& name,
                      const std::vector<std::string>& columns) {
  if (!small_[table]) dialect_.index(name, columns);
}

std::string Workspace::rows(std::size_t table, Values values, bool generated) const {
  const StagedTable& staged = at(table);
  const bool flagged = values != Values::file && has_links(table);
  const bool linked = flagged && !settled(table);
  const bool numbered = values == Values::final && has_numbers(table) && !settled(table);
  std::vector<std::string> columns = {of("s", staged.stage.number()), of("s", staged.stage.kind())};
  if (flagged)
    for (std::size_t f = 0; f < staged.plan->links.size(); ++f)
      columns.push_back((linked ? fmt::format("r.f{}", f) : settled_flag(table, f)) + " AS " +
                        flag(table, f));
  for (const std::string& name : staged.table().given_columns())
    columns.push_back(final_value(table, name, "s", linked ? "r" : "", numbered ? "i" : "") +
                      " AS " + dialect_.quoted(name));
  std::string sql = fmt::format("SELECT {} FROM {} AS s", join(columns, ", "), stage(table));
  if (linked)
    sql += fmt::format(" JOIN {} AS r ON r.n = s.{}",
                       values == Values::identity ? links(table) : final_links(table), n(table));
  if (numbered) sql += fmt::format(" LEFT JOIN {} AS i ON i.n = s.{}", numbers(table), n(table));
  if (generated) {
    std::string computed;
    for (const Column& column : staged.table().columns)
      if (column.generated())
        computed +=
            fmt::format(", ({}) AS {}", column.default_expression, dialect_.quoted(column.name));
    if (!computed.empty()) sql = fmt::format("SELECT s.*{} FROM ({}) AS s", computed, sql);
  }
  return "(" + sql + ")";
}

std::string Workspace::settled_flag(std::size_t table, std::size_t link) const {
  std::vector<std::string> nulls;
  for (const std::string& column : at(table).plan->links[link].columns)
    nulls.push_back(of("s", column) + " IS NULL");
  return fmt::format("CASE WHEN {} THEN {} ELSE {} END", join(nulls, " OR "),
                     static_cast<int>(Leads::nowhere), static_cast<int>(Leads::found));
}

std::string Workspace::final_value(std::size_t table, const std::string& column, std::string_view s,
                                   std::string_view r, std::string_view i) const {
  const StagedTable& staged = at(table);
  if (staged.column(column).generated() && !(r.empty() && i.empty()))
    return generated_value(staged.column(column), table, s, r, i);
  if (!i.empty() && staged.numbered && staged.numbered->name == column)
    return fmt::format("coalesce({}.number, {})", i, of(s, column));
  if (r.empty() || !staged.links(column)) return of(s, column);
  const auto at = std::find(staged.link_columns.begin(), staged.link_columns.end(), column);
  return fmt::format("{}.v{}", r, at - staged.link_columns.begin());
}

// Computed from what the other columns become.
std::string Workspace::generated_value(const Column& column, std::size_t table, std::string_view s,
                                       std::string_view r, std::string_view i) const {
  std::vector<std::string> values;
  for (const Column& other : at(table).table().columns)
    if (&other != &column && mentions(column.default_expression, other.name))
      values.push_back(final_value(table, other.name, s, r, i) + " AS " +
                       dialect_.quoted(other.name));
  if (values.empty()) return of(s, column.name);
  return fmt::format("(SELECT {} FROM (SELECT {}) AS g)", column.default_expression,
                     join(values, ", "));
}

Workspace::Becoming Workspace::becoming(std::size_t table,
                                        const std::vector<std::string>& columns) const {
  const bool linked = std::any_of(columns.begin(), columns.end(), [&](const std::string& column) {
    return at(table).links(column);
  });
  const bool numbered = has_numbers(table) && contains(columns, at(table).numbered->name);
  Becoming out;
  out.may_change = linked || numbered;
  out.from = stage(table) + " AS s";
  const auto join_by_number = [&](std::string_view kind, const std::string& other,
                                  std::string_view alias) {
    out.from += fmt::format("{} {} AS {} ON {}.n = s.{}", kind, other, alias, alias, n(table));
  };
  if (linked) join_by_number(" JOIN", final_links(table), "r");
  if (numbered) join_by_number(" LEFT JOIN", numbers(table), "i");
  for (const std::string& column : columns)
    out.values.push_back(final_value(table, column, "s", linked ? "r" : "", numbered ? "i" : ""));
  return out;
}

std::size_t Workspace::address_size(std::size_t table) const {
  return dialect_.address(at(table).table(), "t").size();
}

std::string Workspace::address_list(std::size_t table, std::string_view alias) const {
  std::vector<std::string> out;
  for (std::size_t a = 0; a < address_size(table); ++a)
    out.push_back(fmt::format("{}.a{}", alias, a));
  for (std::size_t c = 0; c < referenced_[table].size(); ++c)
    out.push_back(fmt::format("{}.c{}", alias, c));
  return join(out, ", ");
}

std::string Workspace::referenced(std::size_t table, const std::string& column) const {
  const auto& columns = referenced_[table];
  return fmt::format("c{}", std::find(columns.begin(), columns.end(), column) - columns.begin());
}

std::string Workspace::same_address(std::size_t table, std::string_view a,
                                    std::string_view b) const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < address_size(table); ++i)
    out.push_back(fmt::format("{}.a{} = {}.a{}", a, i, b, i));
  return "(" + join(out, " AND ") + ")";
}

std::string Workspace::at_address(std::size_t table, std::string_view target,
                                  std::string_view alias) const {
  std::vector<std::string> out;
  const auto parts = dialect_.address(at(table).table(), target);
  for (std::size_t i = 0; i < parts.size(); ++i)
    out.push_back(fmt::format("{} = {}.a{}", parts[i], alias, i));
  return "(" + join(out, " AND ") + ")";
}

std::string Workspace::addressed(std::size_t table, std::string_view target) const {
  std::vector<std::string> out;
  const auto parts = dialect_.address(at(table).table(), target);
  for (std::size_t i = 0; i < parts.size(); ++i)
    out.push_back(fmt::format("{} AS a{}", parts[i], i));
  for (std::size_t c = 0; c < referenced_[table].size(); ++c)
    out.push_back(fmt::format("{} AS c{}", of(target, referenced_[table][c]), c));
  return join(out, ", ");
}

}  // namespace dbkeeper::staging
