#include "dbkeeper/core/migration_effect.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dbkeeper/core/check.h"
#include "dbkeeper/core/sameness.h"

namespace dbkeeper {
namespace {

bool is_same(const Finding& a, const Finding& b) {
  if (a.check != b.check || a.table != b.table || a.object != b.object) return false;
  return a.count == 0 && b.count == 0 ? a.message == b.message : a.count >= b.count;
}

// Runs the questions one by one: what one of them can't read, the next may.
class Questions {
 public:
  Questions(Effect& effect, const Stop& stop) : effect_(effect), stop_(stop) {}

  template <class Question>
  bool ask(Question question) {
    stop_.check();
    try {
      question();
      return true;
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::interrupted) throw;
      const std::string message = fmt::format("it can't be read any more: {}", error.message());
      if (std::ranges::find(effect_.changes, message) == effect_.changes.end()) {
        effect_.changes.push_back(message);
        effect_.findings.push_back({"unreadable", {}, {}, error.message(), error.hint(), 0});
      }
      return false;
    }
  }

 private:
  Effect& effect_;
  const Stop& stop_;
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

// What the ledgers and the histories tell, at most one change.
std::vector<std::string> plain_changes(const Look& before, const Look& after) {
  for (std::size_t i = 0; i < std::max(before.ledger.size(), after.ledger.size()); ++i) {
    if (i >= before.ledger.size() || i >= after.ledger.size() ||
        before.ledger[i].table != after.ledger[i].table)
      return {"there are other tables than before"};
    const TableLedger &then = before.ledger[i], &now = after.ledger[i];
    if (then.rows != now.rows || then.values != now.values)
      return {fmt::format("{} has other columns, rows or values than before", now.table)};
  }
  if (!same_versions(before.migrations, after.migrations))
    return {"the history of a migration tool has moved"};
  return {};
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
  Questions questions(effect, stop);
  std::unique_ptr<Database> database;
  if (!questions.ask([&] { database = open(); })) return effect;
  questions.ask([&] {
    look_around(effect.after, *database, reporter, stop);
    for (Finding& finding : new_findings(before.findings, effect.after.findings))
      effect.findings.push_back(std::move(finding));
  });
  questions.ask([&] {
    count(effect.after, *database, stop);
    effect.losses = losses(before.ledger, effect.after.ledger, options.expected);
  });
  if (!effect.as_it_was()) return effect;
  // What is known already needn't be found out from every row.
  if (options.enough == 1) effect.changes = plain_changes(before, effect.after);
  if (effect.as_it_was())
    questions.ask([&] {
      effect.changes = changes_since(
          backup, *database, {.enough = options.enough, .jobs = options.jobs}, reporter, stop);
    });
  return effect;
}

bool same_versions(const std::vector<MigrationState>& before,
                   const std::vector<MigrationState>& after) {
  return std::ranges::equal(before, after, [](const MigrationState& a, const MigrationState& b) {
    return a.tool == b.tool && a.version == b.version && a.failed == b.failed;
  });
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
    return effect.as_it_was() ? MigrateVerdict::failed : MigrateVerdict::altered;
  if (!effect.findings.empty()) return MigrateVerdict::broken;
  if (effect.as_it_was()) return MigrateVerdict::nothing;
  const bool unexpected =
      std::ranges::any_of(effect.losses, [](const Loss& loss) { return !loss.expected; });
  return trial.strict && unexpected ? MigrateVerdict::lossy : MigrateVerdict::good;
}

}  // namespace dbkeeper
