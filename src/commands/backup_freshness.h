// Whether a database's backups, and the proofs of them, are as new as they should be.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/commands/command.h"
#include "dbkeeper/core/backup_age.h"

namespace dbkeeper {

struct AgeLimits {
  std::optional<std::chrono::milliseconds> backup, proof;  // none: any age will do
};

// What an option's text says; none if it is empty. Error(usage) that names the option.
std::optional<std::chrono::milliseconds> age_of(const std::string& text, std::string_view option);

class BackupFreshness {
 public:
  // Looks into the backup folder. One that isn't there has no backup; what can't be read of it
  // counts as none.
  BackupFreshness(const DatabaseInfo& database, const AgeLimits& limits, const Context& context);

  // What is older than it may be, or isn't there.
  const std::vector<Finding>& findings() const { return findings_; }
  std::string text() const;  // a line; nothing where there is no backup
  Value value() const;

 private:
  void judge(const AgeLimits& limits);

  std::string folder_;
  Moment now_;
  BackupAges ages_;
  std::string problem_;  // why the folder can't be read
  std::vector<Finding> findings_;
};

}  // namespace dbkeeper
