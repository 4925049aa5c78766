// The steps around somebody else's migration command.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands/migrate.h"
#include "commands/migrate_copy.h"
#include "commands/migrate_report.h"
#include "dbkeeper/core/migration_effect.h"
#include "dbkeeper/core/run_record.h"
#include "dbkeeper/engines/lock.h"

namespace dbkeeper {

// lock → check → backup, read back → (rehearsal) → run → what changed, broke, was lost → cleanup.
// Once the command has been started, everything is answered for, whatever stops us.
class MigrateRun {
 public:
  // All of them outlive it. `report` is filled in on the way.
  MigrateRun(const migrate_command::Options& options,
             std::optional<std::chrono::milliseconds> timeout, Context& context,
             MigrateReport& report);

  // What went wrong once there was something to report; earlier errors are thrown.
  std::optional<Error> carry_out();

 private:
  bool is_needed();
  void look_before();
  void make_copy();
  bool prepared();
  bool rehearsed();
  Strictness strictness() const;
  Variables variables() const;
  void warn_of_another_database() const;
  void run_command();
  void secure_copy();
  void look_after();
  std::optional<Error> conclude();

  Error fall_short(const Error& error);

  std::optional<Error> conclude_rehearsal();
  std::optional<Error> leave_as_it_was(MigrateVerdict verdict);
  std::optional<Error> accept();
  std::optional<Error> refuse(MigrateVerdict verdict);
  void forget_copy();  // the database is as it was
  void keep_copy();
  void keep_in_case();  // the database is as it was, but may not stay so
  void put_back();
  void warn_of_losses();

  std::string what_happened(MigrateVerdict verdict) const;
  std::string what_is_different() const;
  std::string where_replaced_is() const;
  std::string first_copy() const;  // the hint that names it; empty: there is none
  std::string name() const;

  const migrate_command::Options& options_;
  const std::optional<std::chrono::milliseconds> timeout_;
  Context& context_;
  const Stop never_;  // what comes after the command isn't stopped by what stopped that
  Context after_;
  MigrateReport& report_;
  const std::string address_;
  EffectOptions effect_options_;
  std::unique_ptr<DatabaseLock> lock_;
  std::optional<MigrateCopy> copy_;
  std::optional<RunRecord> record_;
  bool recorded_ = true;
  bool started_ = false;  // the command, as far as is known
};

}  // namespace dbkeeper
