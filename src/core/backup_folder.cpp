#include "dbkeeper/core/backup_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/utc.h"
#include "dbkeeper/formats/backup.h"
#include "dbkeeper/formats/export_reader.h"
#include "dbkeeper/formats/export_source.h"

namespace dbkeeper {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBackup = ".dbk";
constexpr std::string_view kExportBeside = ".json.zst";

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  if (error == std::errc::no_such_file_or_directory) return out;
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error))
    if (!entry->path().filename().string().starts_with('.')) out.push_back(entry->path());
  if (error)
    throw Error(ErrorKind::failed, fmt::format("cannot read the backup folder '{}': {}",
                                               folder.string(), error.message()))
        .hint("--dir names another one");
  return out;
}

// Why the system doesn't let it be read; empty: it does. Never waits, as opening a pipe would.
std::string why_not_readable(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return std::strerror(errno);
  ::close(fd);
  return "";
}

// What the file system and the name tell.
FolderBackup from_outside(const fs::path& file) {
  FolderBackup out{.path = file};
  std::error_code error;
  if (const auto size = fs::file_size(file, error); !error) out.bytes = size;
  if (const auto parts = parts_of_backup_name(file.filename().string())) {
    out.database = parts->database;
    out.label = parts->label;
    out.time = parts->time;
  } else if (struct stat info{}; ::stat(file.c_str(), &info) == 0) {
    out.time = std::chrono::system_clock::from_time_t(info.st_mtim.tv_sec);
  }
  return out;
}

Moment time_of(const std::string& text) {
  const auto time = parse_rfc3339(text);
  if (!time) throw Error(ErrorKind::input, fmt::format("its time, '{}', is none", text));
  return *time;
}

// Without the path with which it may begin: whoever shows it has shown that.
std::string without_path(const std::string& message, const fs::path& file) {
  const std::string path = "'" + file.string() + "' ";
  return message.starts_with(path) ? "it " + message.substr(path.size()) : message;
}

// Fills in what is inside; whatever goes wrong there is the file's problem.
template <class Read>
FolderBackup look_into(const fs::path& file, Read read) {
  FolderBackup backup = from_outside(file);
  backup.problem = why_not_readable(file);
  backup.unreadable = !backup.problem.empty();
  backup.change = change_since_proof(file);
  if (backup.unreadable) return backup;
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) {
    backup.problem = "it is no ordinary file";
    return backup;
  }
  FolderBackup whole = backup;
  try {
    read(whole);
    whole.proof = read_proof(file);
    return whole;
  } catch (const Error& error) {
    backup.problem = without_path(error.message(), file);
    backup.unreadable = error.kind() != ErrorKind::input;
  } catch (const std::exception& error) {
    backup.problem = error.what();
  }
  return backup;
}

FolderBackup look_into_backup(const fs::path& file) {
  return look_into(file, [&](FolderBackup& out) {
    const BackupArchive archive(file);
    const BackupDescription& description = archive.description();
    out.time = time_of(description.time);
    out.label = description.label;
    out.engine = description.engine;
    out.database = description.database;
    out.server_version = description.server_version;
    out.source_id = description.source_id;
    out.rows = description.rows();
    out.tables = description.tables.size();
    std::error_code ignored;
    const fs::path beside = fs::path(file).replace_extension(kExportBeside);
    if (fs::is_regular_file(beside, ignored)) out.json = beside.string();
  });
}

FolderBackup look_into_export(const fs::path& file) {
  return look_into(file, [&](FolderBackup& out) {
    static const Stop kNeverStopped;
    const ExportReader reader(export_source(open_bytes(file, kNeverStopped)));
    const export_json::Metadata& metadata = reader.metadata();
    out.time = time_of(metadata.timestamp);
    out.engine = metadata.engine;
    out.database = metadata.database;
    out.server_version = metadata.server_version;
    out.source_id = metadata.source_id;
  });
}

void sort_newest_first(std::vector<FolderBackup>& backups) {
  std::ranges::sort(backups, [](const FolderBackup& a, const FolderBackup& b) {
    return a.time != b.time ? a.time > b.time : a.path > b.path;
  });
}

template <class Backup>
std::string identity_of(const Backup& backup) {
  if (backup.source_id) return "id " + *backup.source_id;
  return "name " + backup.engine + " " + backup.database;
}

// Another dbkeeper may clean up at the same time.
template <class Look>
void add_if_still_there(std::vector<FolderBackup>& out, const fs::path& file, Look look) {
  FolderBackup backup = look(file);
  std::error_code error;
  if (backup.problem.empty() || fs::exists(fs::symlink_status(file, error)))
    out.push_back(std::move(backup));
}

// The export that has its name without a backup of the same.
bool is_export_by_itself(const fs::path& file) {
  const std::string name = file.filename().string();
  for (const std::string_view ending : {std::string_view(".json"), kExportBeside})
    if (name.ends_with(ending)) {
      std::error_code ignored;
      const std::string stem = name.substr(0, name.size() - ending.size());
      return parts_of_backup_name(name) &&
             !fs::exists(file.parent_path() / (stem + std::string(kBackup)), ignored);
    }
  return false;
}

}  // namespace

std::vector<FolderBackup> list_backups(const fs::path& folder) {
  std::vector<FolderBackup> out;
  for (const fs::path& file : files_in(folder))
    if (file.filename().string().ends_with(kBackup))
      add_if_still_there(out, file, look_into_backup);
  sort_newest_first(out);
  return out;
}

std::vector<FolderBackup> list_exports(const fs::path& folder) {
  std::vector<FolderBackup> out;
  for (const fs::path& file : files_in(folder))
    if (is_export_by_itself(file)) add_if_still_there(out, file, look_into_export);
  sort_newest_first(out);
  return out;
}

bool is_sound(const FolderBackup& backup) {
  return backup.problem.empty() && backup.proof &&
         (backup.proof->verified || backup.proof->restored);
}

bool is_yet_to_come(const FolderBackup& backup, Moment now) {
  // Two machines' clocks may differ by so much without anything being wrong.
  constexpr std::chrono::minutes kClockSlack{5};
  return backup.time > now + kClockSlack;
}

std::string database_of(const FolderBackup& backup) { return identity_of(backup); }
std::string database_of(const BackupDescription& backup) { return identity_of(backup); }

void make_backup_folder(const fs::path& given) {
  const fs::path folder = (given / "").parent_path();  // without a slash at its end
  std::error_code error;
  if (fs::is_directory(folder, error)) return;
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return;
  throw Error(ErrorKind::failed, fmt::format("cannot make the backup folder '{}': {}",
                                             folder.string(), std::strerror(errno)))
      .hint("--dir names another one");
}

}  // namespace dbkeeper
