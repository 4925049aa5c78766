#include "support/memory_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "support/memory_import_conflicts.h"
#include "support/memory_rules.h"

namespace dbkeeper::testing {
namespace {

class StagingSink final : public RowSink {
 public:
  StagingSink(const Table& table, model::Staged& staged, std::vector<RefusedValue>& refused,
              bool& unfinished, const Stop& stop)
      : table_(table),
        columns_(positions(table, staged.columns)),
        staged_(staged),
        refused_(refused),
        unfinished_(unfinished),
        stop_(stop) {
    unfinished_ = true;
  }

  void write(const Batch& batch) override {
    stop_.check();
    for (std::size_t at = 0; at < batch.rows(); ++at) {
      MemoryRow row(table_.columns.size(), MemoryCell(nullptr));
      for (std::size_t i = 0; i < columns_.size(); ++i)
        row[columns_[i]] = MemoryCell(batch.at(at, i));
      refuse_unfit(row);
      staged_.rows.push_back(std::move(row));
    }
  }

  void finish() override { unfinished_ = false; }

 private:
  void refuse_unfit(MemoryRow& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Column& column = table_.columns[i];
      if (row[i].kind != CellKind::text || column.type.family != Family::integer) continue;
      const std::string value = row[i].text;
      row[i] = nullptr;
      const std::string key = table_.primary_key ? model::json_key(table_, row) : std::string();
      refused_.push_back({table_.name.name, column.name, key, value, "it is not a number"});
    }
  }

  const Table& table_;
  std::vector<std::size_t> columns_;
  model::Staged& staged_;
  std::vector<RefusedValue>& refused_;
  bool& unfinished_;
  const Stop& stop_;
};

void append(std::vector<Error>& to, std::vector<Error> more) {
  std::move(more.begin(), more.end(), std::back_inserter(to));
}

}  // namespace

MemoryImport::MemoryImport(MemoryStore& store, const Stop& stop)
    : store_(store), stop_(stop), before_(store.state()) {}

std::unique_ptr<RowSink> MemoryImport::stage(const Table& table, Rows rows,
                                             const std::vector<std::string>& columns) {
  model::Staged& staged = staging_[{table.name, rows}];
  staged.columns = columns;
  return std::make_unique<StagingSink>(table, staged, refused_, unfinished_, stop_);
}

void MemoryImport::throw_first_conflict() const {
  if (!conflicts_.empty()) throw conflicts_.front();
}

void MemoryImport::find_rows(const ImportPlan& plan) {
  stop_.check();
  if (unfinished_) throw Error(ErrorKind::failed, "not all rows were staged");
  work_ = std::make_unique<model::Work>(plan, *before_, staging_);
  model::Finding(*work_, before_->kept).run();
  append(conflicts_, model::Conflicts(*work_).ambiguous());
  model::drop_rows(*work_);
  append(conflicts_, model::Conflicts(*work_).missing());
  append(conflicts_, model::assign_numbers(*work_));
  append(conflicts_, model::torn_references(*work_));
  throw_first_conflict();
}

void MemoryImport::write_rows() {
  stop_.check();
  written_ = model::write(*work_);
  append(conflicts_, broken_rules(*before_, written_.state));
  throw_first_conflict();
}

ImportCounts MemoryImport::counts(std::size_t table) { return written_.counts.at(table); }

ImportMatches MemoryImport::matches(std::size_t table, std::size_t most) {
  const model::TableRows& rows = work_->tables[table];
  ImportMatches out;
  std::map<std::string, std::int64_t> counts;
  for (const model::FileRow& row : rows.rows) {
    if (!row.found) continue;
    ++counts[row.by];
    if (out.first.size() >= most) continue;
    ImportMatches::Match match;
    match.by = row.by;
    if (rows.has_key(row.kind)) {
      match.old_key = model::json_key(*rows.table, row.values);
      match.new_key = model::json_key(*rows.table, rows.target[*row.found]);
    }
    out.first.push_back(match);
  }
  for (const auto& [by, number] : counts) out.counts.push_back({by, number});
  return out;
}

void MemoryImport::remapped(
    std::size_t table,
    const std::function<void(std::string_view old_key, std::string_view new_key)>& take) {
  const model::TableRows& rows = work_->tables[table];
  for (const model::FileRow& row : rows.rows) {
    const auto place = written_.places[table].find(&row);
    if (place == written_.places[table].end() || !rows.has_key(row.kind)) continue;
    const std::string old_key = model::json_key(*rows.table, row.values);
    const std::string new_key =
        model::json_key(*rows.table, written_.state.rows.at(rows.table->name)[place->second]);
    if (old_key != new_key) take(old_key, new_key);
  }
}

void MemoryImport::commit() {
  stop_.check();
  store_.replace(std::make_shared<MemoryState>(written_.state));
}

}  // namespace dbkeeper::testing
