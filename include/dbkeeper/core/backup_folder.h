// The folder of backups: what lies there, and what is known of each file.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/model/backup.h"

namespace dbkeeper {

using Moment = std::chrono::system_clock::time_point;

// What is known of a backup beyond what it says of itself, kept beside it in FILE.proof. It counts
// only as long as the file's size and time are those that it names.
struct BackupProof {
  std::optional<Moment> verified;  // read back, every byte
  std::optional<Moment> restored;  // restored into a scratch database and compared
  double restore_seconds = 0;      // how long that took
  // It stays until someone says that the collapse was meant (cleanup --accept-collapse): it is the
  // last one from before that.
  bool before_collapse = false;
  // What later backups are compared with begins with this one: earlier ones had more for a reason.
  bool accepted = false;
};

std::filesystem::path proof_file_of(const std::filesystem::path& backup);
// Nothing if there is none, it can't be read, or the file isn't the same any more.
std::optional<BackupProof> read_proof(const std::filesystem::path& backup);
// How the file differs from the one of which its proof tells, which counts no more then.
enum class ProofChange { none, written, resized };
ProofChange change_since_proof(const std::filesystem::path& backup);
// Adds to what is known.
void record_verified(const std::filesystem::path& backup, Moment when);
void record_restored(const std::filesystem::path& backup, Moment when, double seconds);
// Nothing where there is no proof. `accepted` is never taken back.
void record_collapse(const std::filesystem::path& backup, bool before_collapse, bool accepted);
// Restored, it wasn't what was backed up: an earlier restore is no proof any more. That it was read
// back still is.
void forget_restored(const std::filesystem::path& backup);
// The file turned out not to be what was written: whatever was known counts no more.
void forget_proof(const std::filesystem::path& backup);

// A backup in the folder, by its name's form and its manifest.
struct FolderBackup {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
  Moment time;  // of its snapshot
  std::string label, engine, database, server_version;
  std::optional<std::string> source_id;
  std::uint64_t rows = 0;
  std::size_t tables = 0;
  std::optional<BackupProof> proof;
  std::string json;     // the export beside it (--with-json), if there is one
  std::string problem;  // why it can't be read; then only path, bytes and what its name tells hold
  bool unreadable = false;  // the problem is the system's, not the file's content
  ProofChange change = ProofChange::none;
};

// Every *.dbk in the folder, newest first; an absent folder has none.
std::vector<FolderBackup> list_backups(const std::filesystem::path& folder);

// Every export in the folder that has its name from dbkeeper (<database>_export_<time>.json, and
// copies made before an import), newest first; those beside a backup aren't among them. Rows and
// tables aren't known: that would take reading it all.
std::vector<FolderBackup> list_exports(const std::filesystem::path& folder);

// Read back to the last byte, then or since, and unchanged.
bool is_sound(const FolderBackup& backup);

// Whether it claims to be of a time to which no clock can have come yet: a clock was wrong, then or
// is now. No such backup is the newest.
bool is_yet_to_come(const FolderBackup& backup, Moment now);

// The same text for backups of the same database, and for no others.
std::string database_of(const FolderBackup& backup);
std::string database_of(const BackupDescription& backup);

// Makes the folder, for the user alone, if it isn't there. Error(failed) with the folder.
void make_backup_folder(const std::filesystem::path& folder);

// "shop_manual_20260102T030405Z", without ending.
std::string backup_name(const std::string& database, std::string_view label, Moment time);

// Whether the name is the one that dbkeeper gave: not that of a copy, or of a file put aside.
bool has_given_name(const FolderBackup& backup);

// What is told by a name alone; the label is the last word before the time. Nothing if it has
// another form.
struct NameParts {
  std::string database, label;
  Moment time;
};
std::optional<NameParts> parts_of_backup_name(std::string_view name);

}  // namespace dbkeeper
