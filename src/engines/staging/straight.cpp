#include "engines/staging/straight.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/text.h"
#include "engines/staging/emptying.h"
#include "engines/staging/questions.h"

namespace dbkeeper::staging {
namespace {

// A key that the user has named may be one that the database doesn't know, and doesn't see to.
bool has_given_key(const ImportTable& table) {
  return std::any_of(table.keys.begin(), table.keys.end(), [&](const Key& key) {
    const Table& own = *table.table;
    const auto same = [&](const Key& other) {
      return other.name == key.name && other.kind == key.kind &&
             std::equal(other.parts.begin(), other.parts.end(), key.parts.begin(), key.parts.end(),
                        [](const Key::Part& a, const Key::Part& b) {
                          return a.column == b.column && a.expression == b.expression;
                        });
    };
    return !std::any_of(own.unique.begin(), own.unique.end(), same) &&
           !(own.primary_key && same(*own.primary_key));
  });
}

bool may_lose_references(const ImportPlan& plan, const ImportTable& table) {
  return plan.on_missing != MissingReference::error &&
         std::any_of(table.links.begin(), table.links.end(),
                     [](const ImportLink& link) { return link.key != nullptr; });
}

bool suits(Dialect& dialect, const ImportPlan& plan, const ImportTable& table) {
  return table.written && table.table->kind == TableKind::plain && !has_given_key(table) &&
         !may_lose_references(plan, table) && dialect.can_take_off_keys(*table.table) &&
         (plan.empties(*table.table) || is_empty(dialect, *table.table));
}

class CountedSink final : public RowSink {
 public:
  CountedSink(std::unique_ptr<RowSink> sink, std::int64_t& rows)
      : sink_(std::move(sink)), rows_(rows) {}

  void write(const Batch& batch) override {
    sink_->write(batch);
    rows_ += static_cast<std::int64_t>(batch.rows());
  }
  void finish() override { sink_->finish(); }

 private:
  const std::unique_ptr<RowSink> sink_;
  std::int64_t& rows_;
};

}  // namespace

Straight::Straight(Dialect& dialect, const ImportPlan& plan) : dialect_(dialect) {
  if (plan.fire_triggers || plan.dry_run || plan.identity == Identity::natural) return;
  std::vector<bool> suited;
  for (const ImportTable& table : plan.tables) suited.push_back(suits(dialect, plan, table));
  for (bool again = true; again;) {
    again = false;
    for (std::size_t child = 0; child < suited.size(); ++child)
      for (const ImportLink& link : plan.tables[child].links)
        if (suited[child] != suited[link.parent]) {
          suited[child] = suited[link.parent] = false;
          again = true;
        }
  }
  for (std::size_t table = 0; table < suited.size(); ++table)
    if (suited[table]) tables_.insert(plan.tables[table].table);
}

std::vector<const Table*> Straight::tables() const { return {tables_.begin(), tables_.end()}; }

// Nothing leads from one part of the plan to the other.
ImportPlan Straight::rest_of(const ImportPlan& plan) const {
  ImportPlan rest = plan;
  rest.tables.clear();
  rest.groups.clear();
  std::vector<std::size_t> place(plan.tables.size());
  for (std::size_t table = 0; table < plan.tables.size(); ++table) {
    if (takes(*plan.tables[table].table)) continue;
    place[table] = rest.tables.size();
    rest.tables.push_back(plan.tables[table]);
  }
  for (ImportTable& table : rest.tables)
    for (ImportLink& link : table.links) link.parent = place[link.parent];
  for (const auto& group : plan.groups) {
    if (takes(*plan.tables[group.front()].table)) continue;
    auto& numbers = rest.groups.emplace_back();
    for (const std::size_t table : group) numbers.push_back(place[table]);
  }
  return rest;
}

std::unique_ptr<RowSink> Straight::fill(const Table& table, const std::vector<std::string>& columns,
                                        Dialect::Refuse refuse) {
  columns_[&table] = columns;
  return std::make_unique<CountedSink>(dialect_.fill_table(table, columns, std::move(refuse)),
                                       rows_[&table]);
}

std::int64_t Straight::rows(const Table& table) const {
  const auto at = rows_.find(&table);
  return at == rows_.end() ? 0 : at->second;
}

void Straight::keep_numbers(const Table& table) const {
  const auto columns = columns_.find(&table);
  if (columns == columns_.end()) return;
  for (const std::string& name : columns->second) {
    const Column& column = *table.find_column(name);
    if (!column.numbered() || column.type.family != Family::integer) continue;
    const auto highest = number(
        dialect_,
        fmt::format("SELECT max({}) FROM {} AS t", dialect_.quoted(name), dialect_.rows_of(table)));
    if (highest) dialect_.advance(table, column, *highest);
  }
}

}  // namespace dbkeeper::staging
