#include "dbkeeper/core/migration_effect.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "dbkeeper/base/thrown.h"
#include "dbkeeper/core/check.h"
#include "dbkeeper/core/diff_side.h"
#include "dbkeeper/core/sameness.h"
#include "dbkeeper/core/value_changes.h"
#include "dbkeeper/engines/structure.h"

namespace dbkeeper {
namespace {

bool is_same(const Finding& a, const Finding& b) {
  if (a.check != b.check || a.table != b.table || a.object != b.object) return false;
  return a.count == 0 && b.count == 0 ? a.message == b.message : a.count >= b.count;
}

// Whether an error tells of others, not of the database.
bool may_pass(const Error& error) {
  return error.kind() == ErrorKind::refused || error.is_of_surroundings();
}

// Asks the questions one by one: what one of them can't read, the next may.
class Questions {
 public:
  Questions(Effect& effect, const std::function<std::unique_ptr<Database>()>& open,
            const EffectOptions& options, const Stop& stop)
      : effect_(effect), open_(open), patience_(options.patience), stop_(stop) {}

  template <class Question>
  void ask(Question question) {
    const auto begun = Clock::now();
    for (int tries = 1;; ++tries) {
      stop_.check();
      try {
        if (!database_) database_ = open_();
        return question(*database_);
      } catch (...) {
        const Error error = as_error(std::current_exception());
        if (error.kind() == ErrorKind::interrupted) throw;
        if (!is_worth_another(error, tries, Clock::now() - begun)) return give_up(error);
      }
      database_.reset();  // its session may be what has failed
      std::this_thread::sleep_for(kPause);
    }
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kPause{500};
  static constexpr int kTries = 3;

  // Patience is for all of the questions together.
  bool is_worth_another(const Error& error, int tries, Clock::duration waited) const {
    if (given_up_) return false;
    if (!may_pass(error)) return tries == 1;
    return tries < kTries || waited < patience_;
  }

  void give_up(const Error& error) {
    given_up_ = true;
    database_.reset();
    // Where all of it was read just now, it isn't the database that can't be read.
    if (may_pass(error) || (effect_.checked && effect_.counted))
      add(effect_.unseen, error.message());
    else if (add(effect_.changes, fmt::format("it can't be read any more: {}", error.message())))
      effect_.findings.push_back({"unreadable", {}, {}, error.message(), error.hint(), 0});
  }

  static bool add(std::vector<std::string>& texts, const std::string& text) {
    if (std::ranges::find(texts, text) != texts.end()) return false;
    texts.push_back(text);
    return true;
  }

  Effect& effect_;
  const std::function<std::unique_ptr<Database>()>& open_;
  const std::chrono::milliseconds patience_;
  const Stop& stop_;
  std::unique_ptr<Database> database_;
  bool given_up_ = false;
};

void look_around(Look& look, Database& database, Reporter& reporter, const Stop& stop) {
  CheckReport report = check(database, {.depth = Depth::full}, reporter, stop);
  look.info = std::move(report.database);
  look.findings = std::move(report.findings);
  look.migrations = std::move(report.migrations);
  look.schema = std::move(report.schema);
}

void count(Look& look, Database& database, const Stop& stop) {
  const auto snapshot = database.snapshot();
  look.schema = snapshot->schema();
  look.ledger = take_ledger(*snapshot, look.schema, stop);
}

std::vector<std::string> ledger_changes(const Ledger& before, const Ledger& after) {
  for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
    if (i >= before.size() || i >= after.size() || before[i].table != after[i].table)
      return {"there are other tables than before"};
    const TableLedger &then = before[i], &now = after[i];
    if (then.rows != now.rows || then.values != now.values)
      return {fmt::format("{} has other columns, rows or values than before", now.table)};
  }
  return {};
}

// What the ledgers and the histories tell, at most one change.
std::vector<std::string> plain_changes(const Look& before, const Effect& effect) {
  if (effect.counted)
    if (auto changes = ledger_changes(before.ledger, effect.after.ledger); !changes.empty())
      return changes;
  if (effect.checked && !same_versions(before.migrations, effect.after.migrations))
    return {"the history of a migration tool has moved"};
  return {};
}

std::vector<std::string> structure_since(const BackupArchive& backup, Database& database,
                                         std::size_t enough) {
  const auto source = database.begin_backup({.allow_empty = true});
  auto changes = structure_changes({backup.description(), backup.files()},
                                   {source->description(), source->files()}, enough);
  source->finish();
  return changes;
}

// A column's values that are NULL now may be counted as lost already.
std::uint64_t counted_as_lost(const Effect& effect, const OtherValues& column) {
  for (const Loss& loss : effect.losses)
    if (loss.kind == LossKind::values_lost && loss.table == column.table &&
        loss.column == column.column)
      return static_cast<std::uint64_t>(loss.before - loss.after);
  return 0;
}

std::int64_t values_in(const Ledger& ledger, const OtherValues& column) {
  for (const TableLedger& table : ledger)
    if (table.table == column.table)
      for (const auto& [name, values] : table.values)
        if (name == column.column) return values;
  return 0;
}

void compare_values(Effect& effect, const Look& before, const BackupArchive& backup,
                    Database& database, const EffectOptions& options, Reporter& reporter,
                    const Stop& stop) {
  const auto tables = changed_tables(backup, database, options.jobs, reporter, stop);
  if (tables.empty()) return;
  const auto copy = options.open_copy();
  const auto then = database_side(*copy, "before", stop);
  const auto now = database_side(database, "now", stop);
  ValueChanges changes =
      value_changes(*then, *now, tables, DiffOptions().sort_memory, reporter, stop);
  effect.not_compared = std::move(changes.not_compared);
  for (const OtherValues& column : changes.others) {
    const std::uint64_t lost = counted_as_lost(effect, column);
    const std::uint64_t others = column.count + (column.nulled > lost ? column.nulled - lost : 0);
    if (others == 0) continue;
    const std::int64_t values = values_in(before.ledger, column);
    Loss loss{.kind = LossKind::values_changed,
              .table = column.table,
              .column = column.column,
              .before = values,
              .after = values - static_cast<std::int64_t>(others)};
    loss.expected = options.expected.contain(loss);
    effect.losses.push_back(std::move(loss));
  }
}

// Whether a tool has a history still: in its table, whichever tool that is taken for now, or in a
// new one.
bool has_history(const MigrationState& old, const Look& before, const Look& after) {
  return std::ranges::any_of(after.migrations, [&](const MigrationState& now) {
    if (now.version.empty()) return false;
    return now.table == old.table || (now.tool == old.tool && !before.schema.find(now.table));
  });
}

}  // namespace

Look look_at(Database& database, Reporter& reporter, const Stop& stop) {
  Look look;
  look_around(look, database, reporter, stop);
  count(look, database, stop);
  return look;
}

Effect effect_since(const Look& before, const BackupArchive& backup,
                    const std::function<std::unique_ptr<Database>()>& open,
                    const EffectOptions& options, Reporter& reporter, const Stop& stop) {
  Effect effect;
  Questions questions(effect, open, options, stop);
  questions.ask([&](Database& database) {
    look_around(effect.after, database, reporter, stop);
    effect.checked = true;
    for (Finding& finding : new_findings(before.findings, effect.after.findings))
      effect.findings.push_back(std::move(finding));
  });
  questions.ask([&](Database& database) {
    count(effect.after, database, stop);
    effect.counted = true;
    effect.losses = losses(before.ledger, effect.after.ledger, options.expected);
  });
  if (effect.checked)
    for (Loss& loss : lost_histories(before, effect.after, options.expected))
      effect.losses.push_back(std::move(loss));
  if (!effect.changes.empty()) return effect;
  // What is known already needn't be found out from every row.
  if (options.enough == 1) effect.changes = plain_changes(before, effect);
  if (effect.changes.empty())
    questions.ask([&](Database& database) {
      effect.changes = changes_since(
          backup, database, {.enough = options.enough, .jobs = options.jobs}, reporter, stop);
    });
  // Where the rows couldn't be read again, what was counted is known all the same.
  if (effect.changes.empty() && !effect.unseen.empty())
    effect.changes = plain_changes(before, effect);
  if (options.open_copy && effect.counted && !effect.changes.empty())
    questions.ask([&](Database& database) {
      compare_values(effect, before, backup, database, options, reporter, stop);
    });
  if (options.tell_structure && !effect.changes.empty())
    questions.ask([&](Database& database) {
      effect.structure = structure_since(backup, database, options.enough);
    });
  return effect;
}

bool same_versions(const std::vector<MigrationState>& before,
                   const std::vector<MigrationState>& after) {
  return std::ranges::equal(before, after, [](const MigrationState& a, const MigrationState& b) {
    return a.tool == b.tool && a.version == b.version && a.failed == b.failed;
  });
}

std::vector<Loss> lost_histories(const Look& before, const Look& after,
                                 const ExpectedLosses& expected) {
  std::vector<Loss> out;
  for (const MigrationState& old : before.migrations) {
    if (old.version.empty() || has_history(old, before, after)) continue;
    Loss loss{.kind = LossKind::history_lost,
              .table = before.schema.display(old.table),
              .tool = old.tool,
              .version = old.version};
    loss.expected = expected.contain(loss);
    out.push_back(std::move(loss));
  }
  return out;
}

std::vector<Finding> new_findings(const std::vector<Finding>& before,
                                  const std::vector<Finding>& after) {
  std::vector<Finding> out;
  std::ranges::copy_if(after, std::back_inserter(out), [&](const Finding& finding) {
    return std::ranges::none_of(before, [&](const Finding& old) { return is_same(old, finding); });
  });
  return out;
}

MigrateVerdict verdict_on(const Trial& trial, const Effect& effect) {
  if (trial.status != 0)
    return effect.as_it_was() && effect.findings.empty() ? MigrateVerdict::failed
                                                         : MigrateVerdict::altered;
  if (!effect.findings.empty()) return MigrateVerdict::broken;
  if (effect.as_it_was()) return MigrateVerdict::nothing;
  const bool lossy = std::ranges::any_of(
      effect.losses, [&](const Loss& loss) { return fails(loss, trial.strict); });
  return lossy ? MigrateVerdict::lossy : MigrateVerdict::good;
}

bool fails(const Loss& loss, Strictness strict) {
  if (loss.expected || strict == Strictness::none) return false;
  return loss.kind != LossKind::values_changed || strict == Strictness::values;
}

}  // namespace dbkeeper
