#include "dbkeeper/core/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dbkeeper/base/text.h"
#include "dbkeeper/core/inspect.h"

namespace dbkeeper {
namespace {

// A sequence whose next number is taken already.
struct Lag {
  const Sequence* sequence;
  std::int64_t furthest;
  Finding finding;
};

class Checker {
 public:
  Checker(Snapshot& snapshot, Depth depth, Reporter& reporter, const Stop& stop)
      : snapshot_(snapshot), depth_(depth), reporter_(reporter), stop_(stop) {}

  void run(CheckReport& report) {
    report_ = &report;
    if (!attempt("integrity", nullptr, [&] { report.schema = snapshot_.schema(); })) return;
    attempt("history", nullptr,
            [&] { report.migrations = migration_states(snapshot_, report.schema); });
    check_integrity();
    for (const Table& table : report.schema.tables) check_table(table);
    for (const Table& table : report.schema.tables)
      for (const ForeignKey& key : table.foreign_keys) check_foreign_key(table, key);
    check_migrations();
  }

  std::vector<Lag> lagging_sequences() {
    std::vector<Lag> lags;
    for (const Sequence& sequence : report_->schema.sequences) check_sequence(sequence, lags);
    return lags;
  }

 private:
  // Runs one check; a failure of the database is what it has found.
  template <class Work>
  bool attempt(const char* check, const TableName* table, Work work) {
    stop_.check();
    try {
      work();
      return true;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::failed && error.kind() != ErrorKind::conflict) throw;
      Finding finding{check, {}, error.column(), error.message(), error.hint(), 0};
      if (table) finding.table = *table;
      report_->findings.push_back(std::move(finding));
      return false;
    }
  }

  void check_integrity() {
    reporter_.progress({.activity = "check: integrity"});
    attempt("integrity", nullptr, [&] {
      for (Finding& finding : snapshot_.integrity(report_->schema, depth_))
        report_->findings.push_back(std::move(finding));
    });
  }

  void check_table(const Table& table) {
    if (!holds_rows(table) || table.kind == TableKind::foreign ||
        table.kind == TableKind::virtual_table || table.kind == TableKind::shadow)
      return;
    if (!table.not_exportable.empty()) {
      report_->findings.push_back(
          {"unreadable",
           table.name,
           {},
           fmt::format("table '{}' can't be read: {}", show(table.name), table.not_exportable),
           "check as the tables' owner",
           0});
      return;
    }
    reporter_.progress({.activity = "check", .table = table.name.name});
    attempt("unreadable", &table.name, [&] { snapshot_.read_through(table, depth_); });
  }

  void check_foreign_key(const Table& table, const ForeignKey& key) {
    if (!key.broken.empty()) {
      report_->findings.push_back(
          {"foreign key", table.name, join(key.columns, ", "),
           fmt::format("the foreign key {} of '{}' can't be checked: {}", shown_key(key),
                       show(table.name), key.broken),
           "give the referenced columns a primary key or unique index, or drop the key", 0});
      return;
    }
    if (depth_ == Depth::quick || !readable(table.name) || !readable(key.references)) return;
    reporter_.progress({.activity = "check: foreign keys", .table = table.name.name});
    attempt("foreign key", &table.name, [&] { report_orphans(table, key); });
  }

  void report_orphans(const Table& table, const ForeignKey& key) {
    const Orphans orphans = snapshot_.orphans(table, key);
    if (orphans.count == 0) return;
    report_->findings.push_back(
        {"foreign key", table.name, join(key.columns, ", "),
         fmt::format("{} of '{}' refer{} by {} to rows that '{}' doesn't have: {}{}",
                     plural(orphans.count, "row"), show(table.name), orphans.count == 1 ? "s" : "",
                     shown_key(key), show(key.references), join(orphans.samples, ", "),
                     orphans.samples.size() == Orphans::kSamples ? ", …" : ""),
         "delete these rows, set the reference to NULL, or bring the missing rows back",
         orphans.count});
  }

  void check_sequence(const Sequence& sequence, std::vector<Lag>& lags) {
    if (!sequence.next) return;
    for (const Sequence::Use& use : sequence.uses) {
      const Table* table = report_->schema.find(use.table);
      if (!table || !table->not_exportable.empty()) continue;
      attempt("sequence", &use.table, [&] {
        const auto furthest = snapshot_.furthest(*table, use.column, sequence);
        const bool upwards = sequence.increment > 0;
        if (!furthest || (upwards ? *furthest < *sequence.next : *furthest > *sequence.next))
          return;
        lags.push_back({&sequence, *furthest, lag_finding(sequence, use, *furthest)});
      });
    }
  }

  Finding lag_finding(const Sequence& sequence, const Sequence::Use& use, std::int64_t furthest) {
    return {"sequence",
            use.table,
            use.column,
            fmt::format("the sequence '{}' gives out {} next, but '{}.{}' goes up to {}: the next "
                        "INSERT fails or repeats a number",
                        show(sequence.name), *sequence.next, show(use.table), use.column, furthest),
            "run dbkeeper check --fix-sequences",
            0};
  }

  void check_migrations() {
    for (const MigrationState& state : report_->migrations)
      if (!state.failed.empty())
        report_->findings.push_back(
            {"migration",
             state.table,
             {},
             fmt::format("{} notes that the migration '{}' began and did not finish", state.tool,
                         state.failed),
             "finish or resolve it with the tool before the next migration",
             0});
  }

  bool readable(const TableName& name) const {
    const Table* table = report_->schema.find(name);
    return table && table->not_exportable.empty();
  }
  std::string show(const TableName& name) const { return report_->schema.display(name); }
  std::string shown_key(const ForeignKey& key) const {
    return fmt::format("({})", join(key.columns, ", "));
  }

  Snapshot& snapshot_;
  Depth depth_;
  Reporter& reporter_;
  const Stop& stop_;
  CheckReport* report_ = nullptr;
};

// Moves the sequences on and looks whether that helped.
void fix(Database& database, std::vector<Lag>& lags, CheckReport& report, Reporter& reporter,
         const Stop& stop) {
  const auto transaction = database.begin();
  for (const Lag& lag : lags) transaction->advance(*lag.sequence, lag.furthest);
  transaction->commit();

  CheckReport after;
  after.schema = database.snapshot()->schema();
  for (Lag& lag : lags) {
    const auto& sequences = after.schema.sequences;
    const auto now = std::find_if(sequences.begin(), sequences.end(), [&](const Sequence& other) {
      return other.name == lag.sequence->name;
    });
    const bool helped =
        now != sequences.end() && now->next &&
        (now->increment > 0 ? *now->next > lag.furthest : *now->next < lag.furthest);
    (helped ? report.fixed : report.findings).push_back(std::move(lag.finding));
  }
  stop.check();
  reporter.debug(fmt::format("{} moved on",
                             plural(static_cast<std::int64_t>(report.fixed.size()), "sequence")));
}

}  // namespace

CheckReport check(Database& database, const CheckOptions& options, Reporter& reporter,
                  const Stop& stop) {
  CheckReport report;
  std::vector<Lag> lags;
  {
    const auto snapshot = database.snapshot();
    Checker checker(*snapshot, options.depth, reporter, stop);
    checker.run(report);
    lags = checker.lagging_sequences();
  }
  if (options.fix_sequences && !lags.empty()) {
    fix(database, lags, report, reporter, stop);
  } else {
    for (Lag& lag : lags) report.findings.push_back(std::move(lag.finding));
  }
  report.database = database.info();
  return report;
}

}  // namespace dbkeeper
