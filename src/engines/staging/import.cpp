#include "engines/staging/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "engines/staging/changes.h"
#include "engines/staging/conflicts.h"
#include "engines/staging/finder.h"
#include "engines/staging/findings.h"
#include "engines/staging/kept_map.h"
#include "engines/staging/links.h"
#include "engines/staging/missing.h"
#include "engines/staging/numbers.h"
#include "engines/staging/workspace.h"

namespace dbkeeper::staging {
namespace {

constexpr std::size_t kRefusedShown = 100;

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

  std::unique_ptr<RowSink> stage(const Table& table, Rows rows,
                                 const std::vector<std::string>& columns) override {
    StagedTable& staged = staged_[stage_of(table)];
    (rows == Rows::data ? staged.has_data : staged.has_references) = true;
    (rows == Rows::data ? staged.data_columns : staged.reference_columns) = columns;
    return dialect_->fill_stage(
        staged.stage, rows, columns,
        [this, &table, columns](const Column& column, const std::string& value,
                                const std::string& why, const Batch& batch, std::size_t row) {
          ++refused_count_;
          if (refused_.size() < kRefusedShown)
            refused_.push_back(
                {display_of(table), column.name, key_text(table, columns, batch, row), value, why});
        });
  }

  const std::vector<RefusedValue>& refused() const override { return refused_; }
  std::int64_t refused_count() const override { return refused_count_; }

  void find_rows(const ImportPlan& plan) override {
    std::vector<StagedTable> tables;
    for (const ImportTable& table : plan.tables) {
      StagedTable staged = staged_[stage_of(*table.table)];
      staged.plan = &table;
      tables.push_back(std::move(staged));
    }
    dialect_->lock(plan);
    work_.emplace(*dialect_, plan, std::move(tables));
    prepare();
    refuse_referrers(*work_);
    for (const auto& group : plan.groups) find_group(*work_, group);
    drop_rows(*work_);
    refuse_missing(*work_);
    for (const auto& group : plan.groups) {
      for (const std::size_t table : group) give_numbers(*work_, table);
      resolve_finally(*work_, group);
    }
    note_keys(*work_);
    for (std::size_t table = 0; table < work_->size(); ++table)
      counts_.push_back(count_found(*work_, table));
  }

  void write_rows() override {
    triggers_off_ = dialect_->switch_triggers_off(work_->plan());
    for (std::size_t table = 0; table < work_->size(); ++table) keep_numbers(*work_, table);
    WrittenRows written;
    forget_emptied(*work_);
    empty_tables(*work_, written);
    keep_map(*work_);
    write_tables(*work_, written);
    dialect_->switch_triggers_on();
    for (const auto& [table, rows] : written) add(counts_[table], rows);
  }

  ImportCounts counts(std::size_t table) override { return counts_[table]; }
  ImportMatches matches(std::size_t table, std::size_t most) override {
    return find_matches(*work_, table, most);
  }
  void remapped(std::size_t table,
                const std::function<void(std::string_view, std::string_view)>& take) override {
    give_keys(*work_, table, take);
  }
  std::vector<std::string> triggers_off() const override { return triggers_off_; }
  void commit() override { dialect_->commit(); }

 private:
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

  static std::string display_of(const Table& table) { return display(table.name, "public"); }

  void prepare() {
    std::set<std::pair<std::size_t, std::vector<std::string>>> indexed;
    for (std::size_t table = 0; table < work_->size(); ++table)
      for (const ImportLink& link : work_->at(table).plan->links)
        if (indexed.emplace(link.parent, link.to).second)
          dialect_->index(work_->at(link.parent).stage.name, link.to);
    for (std::size_t table = 0; table < work_->size(); ++table) {
      dialect_->analyze(work_->at(table).stage.name);
      refuse_doubles(*work_, table);
    }
    work_->create();
  }

  static void add(ImportCounts& counts, const Written& written) {
    counts.inserted = written.inserted;
    counts.updated = written.updated;
    counts.unchanged -= written.updated;
    counts.removed = written.removed;
  }

  std::unique_ptr<Dialect> dialect_;
  std::vector<StagedTable> staged_;
  std::vector<RefusedValue> refused_;
  std::int64_t refused_count_ = 0;
  std::optional<Workspace> work_;
  std::vector<ImportCounts> counts_;
  std::vector<std::string> triggers_off_;
};

}  // namespace

std::unique_ptr<Import> begin_import(std::unique_ptr<Dialect> dialect) {
  return std::make_unique<StagedImport>(std::move(dialect));
}

}  // namespace dbkeeper::staging
