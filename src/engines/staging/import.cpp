#include "engines/staging/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "engines/staging/changes.h"
#include "engines/staging/conflicts.h"
#include "engines/staging/emptying.h"
#include "engines/staging/finder.h"
#include "engines/staging/findings.h"
#include "engines/staging/kept_map.h"
#include "engines/staging/key_order.h"
#include "engines/staging/links.h"
#include "engines/staging/missing.h"
#include "engines/staging/numbers.h"
#include "engines/staging/straight.h"
#include "engines/staging/workspace.h"

namespace dbkeeper::staging {
namespace {

constexpr std::size_t kRefusedShown = 100;
// Foreign keys and indexes are taken off a table in use that grows by at least a fourth.
constexpr std::int64_t kWorthwhile = 4;

// The beginning of names that no column of the table has.
std::string free_prefix(const Table& table) {
  std::string prefix = "dbkeeper_";
  const auto taken = [&](const Column& column) {
    return lower_ascii(column.name).starts_with(prefix);
  };
  while (std::any_of(table.columns.begin(), table.columns.end(), taken)) prefix += '_';
  return prefix;
}

// "id 5" of a row that is on its way.
std::string key_text(const Table& table, const std::vector<std::string>& columns,
                     const Batch& batch, std::size_t row) {
  if (!table.primary_key) return {};
  std::vector<std::string> parts;
  for (const std::string& name : table.primary_key->columns()) {
    const auto at = std::find(columns.begin(), columns.end(), name);
    if (at == columns.end()) continue;
    const CellView cell = batch.at(row, static_cast<std::size_t>(at - columns.begin()));
    parts.push_back(
        name + " " +
        (cell.kind == CellKind::integer ? std::to_string(cell.integer) : std::string(cell.text)));
  }
  return join(parts, ", ");
}

class StagedImport final : public Import {
 public:
  explicit StagedImport(std::unique_ptr<Dialect> dialect) : dialect_(std::move(dialect)) {}

  bool may_take_straight(const ImportPlan& likely) override {
    return Straight(*dialect_, likely).any();
  }

  bool expect(const ImportPlan& likely) override {
    dialect_->lock(likely);
    straight_.emplace(*dialect_, likely);
    if (!straight_->any()) straight_.reset();
    likely_ = &likely;
    return straight_.has_value();
  }

  void empty_tables() override {
    refuse_referrers(*dialect_, *likely_);
    clear(*likely_);
    taken_off_ = dialect_->take_off(straight_->tables());
  }

  std::unique_ptr<RowSink> stage(const Table& table, Rows rows,
                                 const std::vector<std::string>& columns) override {
    if (rows == Rows::data && straight_ && straight_->takes(table) && !only_looking_)
      return straight_->fill(table, columns, refusal(table, columns));
    StagedTable& staged = staged_[stage_of(table)];
    (rows == Rows::data ? staged.has_data : staged.has_references) = true;
    (rows == Rows::data ? staged.data_columns : staged.reference_columns) = columns;
    auto sink = dialect_->fill_stage(staged.stage, rows, columns, refusal(table, columns));
    if (rows == Rows::references) return sink;
    return watch_key_order(std::move(sink), table, columns, staged.ascending_keys);
  }

  void look_only() override { only_looking_ = true; }

  const std::vector<RefusedValue>& refused() const override { return refused_; }
  std::int64_t refused_count() const override { return refused_count_; }

  void find_rows(const ImportPlan& plan) override {
    plan_ = &plan;
    rest_ = straight_ ? straight_->rest_of(plan) : plan;
    dialect_->lock(plan);
    if (!straight_) refuse_referrers(*dialect_, plan);
    work_.emplace(*dialect_, rest_, staged_tables());
    prepare();
    for (const auto& group : rest_.groups) find_group(*work_, group);
    drop_rows(*work_);
    refuse_missing(*work_);
    for (const auto& group : rest_.groups) {
      for (const std::size_t table : group) give_numbers(*work_, table);
      resolve_finally(*work_, group);
    }
    note_keys(*work_);
    count_rows();
  }

  void write_rows() override {
    if (!straight_) clear(*plan_);
    for (std::size_t table = 0; table < work_->size(); ++table) keep_numbers(*work_, table);
    forget_emptied(*dialect_, *plan_);
    take_off_more();
    keep_map(*work_);
    for (const auto& [table, rows] : write_tables(*work_))
      add(counts_[&work_->at(table).table()], rows);
    put_back();
    if (straight_)
      for (const Table* table : straight_->tables()) straight_->keep_numbers(*table);
    dialect_->check_deferred();
    dialect_->switch_triggers_on();
  }

  ImportCounts counts(std::size_t table) override { return counts_[plan_->tables[table].table]; }
  ImportMatches matches(std::size_t table, std::size_t most) override {
    const auto at = in_rest(table);
    return at ? find_matches(*work_, *at, most) : ImportMatches{};
  }
  void remapped(std::size_t table,
                const std::function<void(std::string_view, std::string_view)>& take) override {
    if (const auto at = in_rest(table)) give_keys(*work_, *at, take);
  }
  std::vector<std::string> triggers_off() const override { return triggers_off_; }
  std::vector<std::string> taken_off() const override { return taken_off_; }
  std::string mark() override { return dialect_->mark(); }
  void commit() override { dialect_->commit(); }

 private:
  Dialect::Refuse refusal(const Table& table, const std::vector<std::string>& columns) {
    return [this, &table, columns](const Column& column, const std::string& value,
                                   const std::string& why, const Batch& batch, std::size_t row) {
      ++refused_count_;
      only_looking_ = true;
      if (refused_.size() < kRefusedShown)
        refused_.push_back(
            {display_of(table), column.name, key_text(table, columns, batch, row), value, why});
    };
  }

  // The number of the table's stage, which is made if it isn't there.
  std::size_t stage_of(const Table& table) {
    for (std::size_t i = 0; i < staged_.size(); ++i)
      if (staged_[i].stage.table == &table) return i;
    StagedTable staged;
    staged.stage = {&table, fmt::format("dbkeeper_s{}", staged_.size()), free_prefix(table)};
    dialect_->create_stage(staged.stage);
    staged_.push_back(std::move(staged));
    return staged_.size() - 1;
  }

  std::vector<StagedTable> staged_tables() {
    std::vector<StagedTable> out;
    for (const ImportTable& table : rest_.tables) {
      out.push_back(staged_[stage_of(*table.table)]);
      out.back().plan = &table;
    }
    return out;
  }

  static std::string display_of(const Table& table) { return display(table.name, "public"); }

  // Those by which rows refer to others, or are referred to.
  void add_generated() {
    std::set<std::pair<std::size_t, std::string>> added;
    const auto add = [&](std::size_t table, const std::vector<std::string>& columns) {
      for (const std::string& name : columns)
        if (const Column& column = work_->at(table).column(name);
            column.generated() && added.emplace(table, name).second)
          dialect_->add_generated(work_->at(table).stage, column);
    };
    for (std::size_t table = 0; table < work_->size(); ++table)
      for (const ImportLink& link : work_->at(table).plan->links) {
        add(table, link.columns);
        add(link.parent, link.to);
      }
  }

  void prepare() {
    add_generated();
    for (std::size_t table = 0; table < work_->size(); ++table) work_->index_targets(table);
    for (std::size_t table = 0; table < work_->size(); ++table) {
      dialect_->analyze(work_->at(table).stage.name);
      refuse_doubles(*work_, table);
    }
    work_->create();
  }

  void count_rows() {
    for (std::size_t table = 0; table < work_->size(); ++table) {
      ImportCounts& counts = counts_[&work_->at(table).table()];
      const std::int64_t removed = counts.removed;
      counts = count_found(*work_, table);
      counts.removed = removed;
    }
    if (!straight_) return;
    for (const Table* table : straight_->tables())
      counts_[table].rows = counts_[table].inserted = straight_->rows(*table);
  }

  static void add(ImportCounts& counts, const Written& written) {
    counts.inserted = written.inserted;
    counts.updated = written.updated;
    counts.unchanged -= written.updated;
  }

  // Switches triggers off and empties what is to be emptied.
  void clear(const ImportPlan& plan) {
    triggers_off_ = dialect_->switch_triggers_off(plan);
    for (const auto& [table, rows] : staging::empty_tables(*dialect_, plan))
      counts_[table].removed = rows;
  }

  // Of tables into which many rows go that were staged.
  void take_off_more() {
    if (rest_.fire_triggers || rest_.dry_run) return;
    std::vector<const Table*> tables;
    for (std::size_t i = 0; i < work_->size(); ++i)
      if (work_->at(i).plan->written && takes_many(work_->at(i).table()))
        tables.push_back(&work_->at(i).table());
    const auto names = dialect_->take_off(tables);
    taken_off_.insert(taken_off_.end(), names.begin(), names.end());
  }

  bool takes_many(const Table& table) {
    const ImportCounts& counts = counts_[&table];
    const std::int64_t added = counts.rows - counts.skipped - counts.unchanged - counts.dropped;
    if (added < rest_.many_rows) return false;
    if (rest_.empties(table) || is_empty(*dialect_, table)) return true;
    return rest_.offline && added >= table.estimated_rows / kWorthwhile;
  }

  void put_back() {
    const auto error = dialect_->put_back();
    if (!error) return;
    std::vector<const Table*> tables;
    for (const ImportTable& table : plan_->tables) tables.push_back(table.table);
    refuse_missing(*dialect_, *plan_, tables);
    throw *error;
  }

  // The place of the plan's table among those that were staged.
  std::optional<std::size_t> in_rest(std::size_t table) const {
    for (std::size_t i = 0; i < rest_.tables.size(); ++i)
      if (rest_.tables[i].table == plan_->tables[table].table) return i;
    return std::nullopt;
  }

  std::unique_ptr<Dialect> dialect_;
  std::deque<StagedTable> staged_;  // sinks hold on to them
  std::vector<RefusedValue> refused_;
  std::int64_t refused_count_ = 0;
  bool only_looking_ = false;  // rows of no table go straight any more: a key might miss others
  const ImportPlan* likely_ = nullptr;
  std::optional<Straight> straight_;  // from expect() on, if any table is
  const ImportPlan* plan_ = nullptr;  // from find_rows() on
  ImportPlan rest_;                   // the same without the tables that took their rows straight
  std::optional<Workspace> work_;
  std::map<const Table*, ImportCounts> counts_;
  std::vector<std::string> triggers_off_;
  std::vector<std::string> taken_off_;
};

}  // namespace

std::unique_ptr<Import> begin_import(std::unique_ptr<Dialect> dialect) {
  return std::make_unique<StagedImport>(std::move(dialect));
}

}  // namespace dbkeeper::staging
