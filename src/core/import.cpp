#include "dbkeeper/core/import.h"

#include <optional>
#include <set>
#include <utility>

#include "core/batch_conversion.h"
#include "core/import_fit.h"
#include "core/import_planner.h"
#include "core/reading_progress.h"
#include "core/refused_values.h"

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

// Of a migration tool whose ORM stores times so where the engine has no type for them
// (https://www.prisma.io/docs/orm/overview/databases/sqlite).
ForeignValues foreign_values(const export_json::Metadata& file) {
  return {.milliseconds = file.schema_version && file.schema_version->tool == "prisma"};
}

// An engine may have no schemas: its tables go where the database's address leads.
std::string home_of(const RowDocument& file, const DatabaseInfo& database, const Schema& schema,
                    const ImportOptions& options) {
  const bool across = file.metadata().engine != database.engine;
  return across && !options.limited_to_schema.empty() ? options.limited_to_schema
                                                      : schema.default_schema;
}

}  // namespace

class ImportRun::Work {
 public:
  Work(RowDocument& file, Database& database, const Schema& schema, const ImportOptions& options,
       Reporter& reporter, const Stop& stop)
      : file_(file),
        schema_(schema),
        options_(options),
        reporter_(reporter),
        stop_(stop),
        info_(database.info()),
        fit_(file.schema(), schema, home_of(file, info_, schema, options), options),
        import_(database.begin_import()) {
    check_options(schema, options);
  }

  bool read(const Hooks& hooks) {
    while (const auto table = file_.next_table()) {
      if (!likely_ && table->section != Section::references) expect(hooks);
      referenced_ = referenced_ || table->section == Section::references;
      const FittedTable fitted = fit_.fit(*table);
      if (fitted.table) placed_.push_back({fitted.table, table->table, fitted.written});
      fit_.note_rows(*table, fitted, stage(*table, fitted));
    }
    for (std::string& line : refused_.lines()) fit_.add_finding(std::move(line));
    if (!fit_.findings().empty()) throw misfit(fit_.findings());
    make_plan();
    return !straight_ || as_expected();
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

  void begin_phase(std::string_view activity) { reporter_.progress({.activity = activity}); }

  const ImportPlan& plan() const { return *plan_; }
  const DatabaseInfo& info() const { return info_; }
  const std::vector<std::pair<std::string, std::string>>& missed() const { return fit_.missed(); }
  Import& import() { return *import_; }

 private:
  // Where references come first, and there are none, there should be data of all tables that the
  // file tells of.
  void expect(const Hooks& hooks) {
    if (!options_.straight || referenced_ || !file_.has_begun(Section::references)) return;
    const auto tables = fit_.likely();
    if (!tables) return;
    likely_.emplace(plan_import(file_.schema(), schema_, *tables, {{}, same_source()}, options_));
    if (!import_->may_take_straight(*likely_)) return;
    hooks.before_locks(*likely_);
    straight_ = import_->expect(*likely_);
    if (!straight_) return;
    hooks.before_emptying();
    import_->empty_tables();
  }

  bool as_expected() const {
    const auto written = [](const ImportPlan& plan) {
      std::set<const Table*> tables;
      for (const ImportTable& table : plan.tables)
        if (table.written) tables.insert(table.table);
      return tables;
    };
    return !referenced_ && written(*likely_) == written(*plan_);
  }

  // Reads the table's rows, whether they go anywhere or not: how many.
  std::uint64_t stage(const FileTable& table, const FittedTable& fitted) {
    const auto rows = file_.rows();
    std::unique_ptr<RowSink> sink;
    // Once something doesn't fit, the rest of the file is only read to tell what else doesn't.
    if (fitted.table && fit_.findings().empty()) sink = sink_of(table, fitted);
    const auto conversion = sink ? conversion_of(table, fitted) : nullptr;
    Batch batch(table.columns.size());
    Batch some(fitted.columns.size());
    const bool all = fitted.columns.size() == table.columns.size();
    std::uint64_t count = 0;
    // Rows that lack a column that is needed will be refused, but with all else that is wrong.
    if (sink && straight_ && !fitted.unfilled.empty()) look_only(sink, table, fitted);
    while (rows->next(batch)) {
      stop_.check();
      count += batch.rows();
      rows_ += batch.rows();
      if (sink && !all) project(batch, fitted.positions, some);
      const Batch& fitting = all ? batch : some;
      const Batch& converted = conversion ? conversion->convert(fitting) : fitting;
      if (straight_ && conversion && conversion->has_refused()) look_only(sink, table, fitted);
      if (sink) sink->write(converted);
      reporter_.progress(reading_progress("import", table.name, rows_, file_));
    }
    if (sink) sink->finish();
    refused_.take_from(*import_, table.name);
    return count;
  }

  std::unique_ptr<RowSink> sink_of(const FileTable& table, const FittedTable& fitted) {
    return import_->stage(*fitted.table,
                          table.section == Section::references ? Rows::references : Rows::data,
                          fitted.columns);
  }

  // The NULL in the place of what was refused would break a rule of the table, if it went there.
  void look_only(std::unique_ptr<RowSink>& sink, const FileTable& table,
                 const FittedTable& fitted) {
    if (std::exchange(only_looking_, true)) return;
    sink->finish();
    sink.reset();
    import_->look_only();
    sink = sink_of(table, fitted);
  }

  // Between engines; within one, values are what they are.
  std::unique_ptr<BatchConversion> conversion_of(const FileTable& table,
                                                 const FittedTable& fitted) {
    if (file_.metadata().engine == info_.engine) return nullptr;
    return std::make_unique<BatchConversion>(
        *table.table, *fitted.table, fitted.columns, foreign_values(file_.metadata()),
        [this, &table, &fitted](std::size_t column, const std::string& why, const Batch& batch,
                                std::size_t row) {
          refused_.add(*fitted.table, table.name, fitted.columns, column, why, batch, row);
        });
  }

  RowDocument& file_;
  const Schema& schema_;
  const ImportOptions options_;
  Reporter& reporter_;
  const Stop& stop_;
  const DatabaseInfo info_;
  ImportFit fit_;
  std::unique_ptr<Import> import_;
  RefusedValues refused_;
  std::vector<PlacedTable> placed_;
  std::optional<ImportPlan> likely_;
  bool referenced_ = false;  // the file has references
  bool straight_ = false;
  bool only_looking_ = false;
  std::optional<ImportPlan> plan_;
  std::uint64_t rows_ = 0;
};

ImportRun::ImportRun(RowDocument& file, Database& database, const Schema& schema,
                     const ImportOptions& options, Reporter& reporter, const Stop& stop)
    : work_(std::make_unique<Work>(file, database, schema, options, reporter, stop)) {}

ImportRun::~ImportRun() = default;

bool ImportRun::read(const Hooks& hooks) { return work_->read(hooks); }
const ImportPlan& ImportRun::plan() const { return work_->plan(); }
const DatabaseInfo& ImportRun::database() const { return work_->info(); }
const std::vector<std::pair<std::string, std::string>>& ImportRun::missed() const {
  return work_->missed();
}
bool ImportRun::same_source() const { return work_->same_source(); }
void ImportRun::find_rows() {
  work_->begin_phase("import: finding rows");
  work_->import().find_rows(work_->plan());
}
void ImportRun::write_rows() {
  work_->begin_phase("import: writing rows");
  work_->import().write_rows();
}
Import& ImportRun::import() { return work_->import(); }
void ImportRun::commit() {
  work_->begin_phase("import: commit");
  work_->import().commit();
}

}  // namespace dbkeeper
