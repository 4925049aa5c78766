#include "dbkeeper/core/import.h"

#include <fmt/format.h>

#include <optional>

#include "core/import_fit.h"
#include "core/import_planner.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper {
namespace {

// Some of a batch's columns.
void project(const Batch& all, const std::vector<std::size_t>& columns, Batch& some) {
  some.clear();
  for (std::size_t row = 0; row < all.rows(); ++row) {
    for (const std::size_t column : columns) some.add(all.at(row, column));
    if (columns.empty()) some.add_empty_row();
  }
}

std::string line_of(const RefusedValue& refused) {
  return fmt::format("column {}.{}{}: {} {}", refused.table, refused.column,
                     refused.key.empty() ? "" : ", row " + refused.key, refused.value, refused.why);
}

}  // namespace

class ImportRun::Work {
 public:
  Work(ExportReader& file, Database& database, const Schema& schema, const ImportOptions& options,
       Reporter& reporter, const Stop& stop)
      : file_(file),
        schema_(schema),
        options_(options),
        reporter_(reporter),
        stop_(stop),
        info_(database.info()),
        fit_(file.schema(), schema, options),
        import_(database.begin_import()) {
    check_options(schema, options);
  }

  void read() {
    while (const auto table = file_.next_table()) {
      const FittedTable fitted = fit_.fit(*table);
      if (fitted.table) placed_.push_back({fitted.table, table->table, fitted.written});
      fit_.note_rows(*table, fitted, stage(*table, fitted));
    }
    for (const RefusedValue& refused : import_->refused()) fit_.add_finding(line_of(refused));
    const auto more =
        import_->refused_count() - static_cast<std::int64_t>(import_->refused().size());
    if (more > 0) fit_.add_finding(fmt::format("and {} more", plural(more, "value")));
    if (!fit_.findings().empty()) throw misfit(fit_.findings());
    make_plan();
  }

  void make_plan() {
    const auto& source = file_.metadata().source_id;
    plan_.emplace(plan_import(file_.schema(), schema_, placed_,
                              {source ? *source : file_.header_digest(), same_source()}, options_));
  }

  bool same_source() const {
    const auto& source = file_.metadata().source_id;
    return source && info_.source_id && *source == *info_.source_id;
  }

  const ImportPlan& plan() const { return *plan_; }
  const DatabaseInfo& info() const { return info_; }
  Import& import() { return *import_; }

 private:
  // Reads the table's rows, whether they go anywhere or not: how many.
  std::uint64_t stage(const FileTable& table, const FittedTable& fitted) {
    const auto rows = file_.rows();
    std::unique_ptr<RowSink> sink;
    // Once something doesn't fit, the rest of the file is only read to tell what else doesn't.
    if (fitted.table && fit_.findings().empty())
      sink = import_->stage(*fitted.table,
                            table.section == Section::references ? Rows::references : Rows::data,
                            fitted.columns);
    Batch batch(table.columns.size());
    Batch some(fitted.columns.size());
    const bool all = fitted.columns.size() == table.columns.size();
    std::uint64_t count = 0;
    while (rows->next(batch)) {
      stop_.check();
      count += batch.rows();
      rows_ += batch.rows();
      if (sink && !all) project(batch, fitted.positions, some);
      if (sink) sink->write(all ? batch : some);
      reporter_.progress(
          {.activity = "import", .table = table.name, .rows = rows_, .bytes = file_.bytes()});
    }
    if (sink) sink->finish();
    return count;
  }

  ExportReader& file_;
  const Schema& schema_;
  const ImportOptions options_;
  Reporter& reporter_;
  const Stop& stop_;
  const DatabaseInfo info_;
  ImportFit fit_;
  std::unique_ptr<Import> import_;
  std::vector<PlacedTable> placed_;
  std::optional<ImportPlan> plan_;
  std::uint64_t rows_ = 0;
};

ImportRun::ImportRun(ExportReader& file, Database& database, const Schema& schema,
                     const ImportOptions& options, Reporter& reporter, const Stop& stop)
    : work_(std::make_unique<Work>(file, database, schema, options, reporter, stop)) {}

ImportRun::~ImportRun() = default;

void ImportRun::read() { work_->read(); }
const ImportPlan& ImportRun::plan() const { return work_->plan(); }
const DatabaseInfo& ImportRun::database() const { return work_->info(); }
bool ImportRun::same_source() const { return work_->same_source(); }
void ImportRun::find_rows() { work_->import().find_rows(work_->plan()); }
void ImportRun::write_rows() { work_->import().write_rows(); }
Import& ImportRun::import() { return work_->import(); }
void ImportRun::commit() { work_->import().commit(); }

}  // namespace dbkeeper
