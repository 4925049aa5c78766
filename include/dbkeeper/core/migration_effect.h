// A database before a migration and after it: what is different, what is broken, what was lost.
//
//   const Look before = look_at(*database, reporter, stop);
//   …
//   const Effect effect = effect_since(before, backup, open, options, reporter, stop);
//   switch (verdict_on({.status = status, .strict = Strictness::losses})) …
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/core/diff.h"
#include "dbkeeper/core/history.h"
#include "dbkeeper/core/ledger.h"
#include "dbkeeper/engines/database.h"
#include "dbkeeper/formats/backup.h"

namespace dbkeeper {

// What is known of a database at one time.
struct Look {
  DatabaseInfo info;
  Schema schema;
  std::vector<Finding> findings;  // of a full check
  std::vector<MigrationState> migrations;
  Ledger ledger;
};

// Reads all of it, twice. Error(failed) where that isn't possible.
Look look_at(Database& database, Reporter& reporter, const Stop& stop);

struct Effect {
  // In words, some of them. None: it is as it was, to the last row and the history of the tool.
  std::vector<std::string> changes;
  std::vector<std::string> structure;  // those of them that aren't rows, if they were asked for
  std::vector<Finding> findings;       // that weren't there before
  std::vector<Loss> losses;  // values that are others now are among them where those were compared
  std::vector<NotCompared> not_compared;  // columns whose values weren't, since their type changed
  // Why something could not be looked at, which says nothing of the database: somebody's lock, a
  // server that is away for a while.
  std::vector<std::string> unseen;
  Look after;            // as far as it can be read:
  bool checked = false;  // its check and its histories are known
  bool counted = false;  // its ledger is

  bool as_it_was() const { return changes.empty() && unseen.empty(); }
  // Whether anything is known to be different: what could not be looked at isn't.
  bool is_known_to_differ() const { return !changes.empty() || !findings.empty(); }
};

struct EffectOptions {
  ExpectedLosses expected = {};
  std::size_t enough = 5;       // changes
  bool tell_structure = false;  // Effect::structure
  int jobs = 1;
  // Opens the backup as the database that it is of. Given, the values of tables that have changed
  // are compared with it.
  std::function<std::unique_ptr<Database>()> open_copy = {};
  // What may pass is waited for so long at least.
  std::chrono::milliseconds patience{10'000};
};

// What has happened to the database that `open` opens. One that can't be opened or read any more
// has changed, and that is what was found, unless that may pass: then it is tried again for a
// while, and stays unseen. Never an exception, but for Error(interrupted).
Effect effect_since(const Look& before, const BackupArchive& backup,
                    const std::function<std::unique_ptr<Database>()>& open,
                    const EffectOptions& options, Reporter& reporter, const Stop& stop);

// Whether every migration tool stands where it stood.
bool same_versions(const std::vector<MigrationState>& before,
                   const std::vector<MigrationState>& after);

// Tools that stood at a version and have no history any more.
std::vector<Loss> lost_histories(const Look& before, const Look& after,
                                 const ExpectedLosses& expected);

// Findings that aren't among those from before, or concern more rows.
std::vector<Finding> new_findings(const std::vector<Finding>& before,
                                  const std::vector<Finding>& after);

// What a run of a migration came to.
enum class MigrateVerdict {
  nothing,  // it went well, and there was nothing to do
  good,     // as far as it could be looked at
  broken,   // it went well by its own account, and left new findings
  lossy,    // the same, and lost or changed what wasn't expected, under --strict
  failed,   // and the database is as it was
  altered   // it failed, and the database is not as it was, or could not be looked at
};

// Which losses that aren't expected are failures.
enum class Strictness {
  none,
  losses,  // all but values that are others now
  values   // those too
};

struct Trial {
  int status = 0;  // the command's; a signal that ended it counts as failure too
  Strictness strict = Strictness::none;
};

// Whether the loss is one that fails.
bool fails(const Loss& loss, Strictness strict);

MigrateVerdict verdict_on(const Trial& trial, const Effect& effect);

}  // namespace dbkeeper
