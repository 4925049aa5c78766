#include "dbkeeper/core/cleanup.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>

#include "dbkeeper/base/atomic_file.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/base/file_use.h"
#include "dbkeeper/core/backup.h"
#include "dbkeeper/core/run_record.h"
#include "dbkeeper/core/verify.h"
#include "dbkeeper/formats/backup.h"
#include "dbkeeper/formats/export_source.h"

namespace dbkeeper {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProof = ".proof";

Moment now() { return std::chrono::system_clock::now(); }

bool is_of_a_backup(std::string_view name) {
  if (name.ends_with(kProof)) name.remove_suffix(kProof.size());
  return name.ends_with(".dbk") || name.ends_with(".json") || name.ends_with(".json.zst");
}

// What runs that were killed left: none of it counts for anything.
std::vector<fs::path> leftovers_in(const fs::path& folder) {
  std::vector<fs::path> out = stale_temporaries(folder, is_of_a_backup);
  std::error_code error, ignored;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.ends_with(kProof) || !is_of_a_backup(name)) continue;
    const std::string backup = name.substr(0, name.size() - kProof.size());
    if (parts_of_backup_name(backup) && !fs::exists(fs::symlink_status(folder / backup, ignored)))
      out.push_back(entry->path());
  }
  std::ranges::sort(out);
  return out;
}

class Cleanup {
 public:
  Cleanup(const fs::path& folder, const CleanupOptions& options, int jobs, Reporter& reporter,
          const Stop& stop)
      : folder_(folder), options_(options), jobs_(jobs), reporter_(reporter), stop_(stop) {}

  CleanupReport run() {
    std::vector<FolderBackup> backups =
        options_.exports ? list_exports(folder_) : list_backups(folder_);
    if (options_.database)
      std::erase_if(backups, [&](const FolderBackup& backup) {
        return database_of(backup) != *options_.database;
      });
    for (FolderBackup& backup : backups) verify(backup);
    if (options_.accept_collapse) accept_collapse(backups);
    plan(std::move(backups));
    for (CleanedFile& file : report_.files)
      if (!file.verdict.keep) remove(file);
    sweep();
    return std::move(report_);
  }

 private:
  bool has_to_be_read(const FolderBackup& backup) const {
    if (!backup.problem.empty()) return false;
    return options_.verify || (options_.exports && !is_sound(backup) && has_given_name(backup));
  }

  void verify(FolderBackup& backup) {
    if (!has_to_be_read(backup)) return;
    const FileUse use(backup.path);
    try {
      options_.exports ? read_export(backup) : read_backup(backup);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::interrupted) throw;
      backup.problem = error.message();
      backup.unreadable = error.kind() != ErrorKind::input;
      if (!options_.dry_run && !backup.unreadable) forget_proof(backup.path);
      return;
    }
    if (!backup.proof) backup.proof.emplace();
    backup.proof->verified = now();
    record(backup);
  }

  void read_backup(const FolderBackup& backup) {
    const BackupArchive archive(backup.path);
    verify_backup(archive, jobs_, reporter_, stop_);
  }

  void read_export(FolderBackup& backup) {
    ExportReader reader(export_source(open_bytes(backup.path, stop_)));
    const VerifiedExport content = verify_export(reader, reporter_, stop_);
    backup.tables = content.tables.size();
    for (const TableTotal& table : content.tables) backup.rows += table.total.rows;
  }

  // The disk may be full: what was found out counts for this run all the same.
  void record(const FolderBackup& backup) {
    if (options_.dry_run) return;
    try {
      record_verified(backup.path, *backup.proof->verified);
    } catch (const Error& error) {
      reporter_.warn(fmt::format("'{}' is as it was written, but that could not be recorded: {}",
                                 backup.path.string(), error.message()));
    }
  }

  void accept_collapse(std::vector<FolderBackup>& backups) {
    std::set<std::string> collapsed;
    for (FolderBackup& backup : backups) {
      if (!is_sound(backup) || !backup.proof->before_collapse) continue;
      collapsed.insert(database_of(backup));
      backup.proof->before_collapse = false;
      if (!options_.dry_run) record_collapse(backup.path, false, false);
    }
    for (const FolderBackup& backup : backups)  // the newest one of each
      if (is_sound(backup) && !is_yet_to_come(backup, now()) &&
          collapsed.erase(database_of(backup)) > 0 && !options_.dry_run)
        record_collapse(backup.path, false, true);
  }

  void plan(std::vector<FolderBackup> backups) {
    CleanupRules rules = options_.rules;
    for (Hold& hold : held_copies(list_runs(folder_))) rules.holds.push_back(std::move(hold));
    for (const FolderBackup& backup : backups)
      if (in_use(backup.path))
        rules.holds.push_back({backup.path, "another dbkeeper is reading it"});
    const std::vector<Verdict> verdicts = plan_cleanup(backups, rules, now());
    for (std::size_t i = 0; i < backups.size(); ++i)
      report_.files.push_back({std::move(backups[i]), verdicts[i]});
  }

  // The backup itself stays until what hangs on it is gone, and the proof goes last: killed in
  // between, it leaves a backup that is whole and due again, or a proof of nothing.
  void remove(CleanedFile& file) {
    stop_.check();
    const FolderBackup& backup = file.backup;
    report_.bytes_freed += backup.bytes;
    if (options_.dry_run) return;
    std::array<fs::path, 2> files = {backup.json, backup.path};
    for (const fs::path& path : files)
      if (!path.empty() && file.failure.empty()) file.failure = unlink(path);
    file.removed = file.failure.empty();
    if (file.removed)
      forget_proof(backup.path);
    else
      report_.bytes_freed -= backup.bytes;
  }

  // Gone already is gone.
  static std::string unlink(const fs::path& path) {
    if (in_use(path)) return "another dbkeeper is reading it";
    std::error_code error;
    fs::remove(path, error);
    return error ? error.message() : "";
  }

  void sweep() {
    for (const fs::path& file : leftovers_in(folder_))
      if (options_.dry_run || unlink(file).empty()) report_.leftovers.push_back(file);
  }

  const fs::path& folder_;
  const CleanupOptions& options_;
  const int jobs_;
  Reporter& reporter_;
  const Stop& stop_;
  CleanupReport report_;
};

}  // namespace

CleanupReport clean_up(const fs::path& folder, const CleanupOptions& options, int jobs,
                       Reporter& reporter, const Stop& stop) {
  return Cleanup(folder, options, jobs, reporter, stop).run();
}

}  // namespace dbkeeper
