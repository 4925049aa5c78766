// Which backups stay and which go: a plan, made of what is known of each, that says why.
//
// Slots are counted among the sound backups of one database and one class: those that the user
// made, whatever their labels, are one class, those made before a migration, a restore and an
// import one each. What isn't sound fills no slot and is never removed: it may be all there is.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/core/backup_folder.h"

namespace dbkeeper {

inline constexpr int kKeptByDefault = 10;

// Labels that dbkeeper alone gives.
inline constexpr std::string_view kPreMigrate = "pre-migrate";
inline constexpr std::string_view kPreRestore = "pre-restore";
inline constexpr std::string_view kPreImport = "pre-import";
bool is_reserved_label(std::string_view label);

// A file that has to stay whatever the rules say, and why: "a restore reads it". It is known by its
// name, whichever way its folder is written.
struct Hold {
  std::filesystem::path file;
  std::string reason;
};

struct CleanupRules {
  // How many of the newest, and of the newest of a day, an ISO week, a month (UTC). Periods
  // without a backup don't count. If none is given, the kKeptByDefault newest.
  std::optional<int> newest, daily, weekly, monthly;
  // What no rule keeps stays until it is older.
  std::optional<std::chrono::milliseconds> max_age = std::nullopt;
  std::string label = "*";  // a glob: others aren't touched, nor counted
  std::vector<Hold> holds = {};
};

struct Verdict {
  bool keep = true;
  std::string rule;  // that decides, in words
};

// A verdict for each backup, in their order.
std::vector<Verdict> plan_cleanup(const std::vector<FolderBackup>& backups,
                                  const CleanupRules& rules, Moment now);

}  // namespace dbkeeper
