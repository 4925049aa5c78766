#include "dbkeeper/core/new_backup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "dbkeeper/base/atomic_file.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/base/utc.h"
#include "dbkeeper/base/write.h"
#include "dbkeeper/core/backup.h"
#include "dbkeeper/core/output_name.h"
#include "dbkeeper/engines/backup_in_the_way.h"

namespace dbkeeper {
namespace {

namespace fs = std::filesystem;

constexpr int kMostAttempts = 5;
constexpr std::uint64_t kPiece = 1 << 20;

// A descriptor that isn't ours to name.
class Stream {
 public:
  Stream(const std::string& where, const Stop& stop)
      : stop_(stop), name_(where == kStandardOutput ? "standard output" : "'" + where + "'") {
    fd_ = where == kStandardOutput ? STDOUT_FILENO
                                   : ::open(where.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd_ < 0) fail(errno);
  }
  ~Stream() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void write(std::string_view bytes) {
    if (const int problem = write_whole(fd_, bytes, stop_)) fail(problem);
  }

 private:
  [[noreturn]] void fail(int problem) const {
    if (problem == EPIPE)
      throw Error(ErrorKind::failed, name_ + " was closed before the backup was complete");
    throw Error(ErrorKind::failed,
                fmt::format("cannot write to {}: {}", name_, std::strerror(problem)));
  }

  const Stop& stop_;
  const std::string name_;
  int fd_ = -1;
};

class Maker {
 public:
  Maker(Database& database, const NewBackupOptions& options, int jobs, Reporter& reporter,
        const Stop& stop)
      : database_(database), options_(options), jobs_(jobs), reporter_(reporter), stop_(stop) {}

  NewBackup make() {
    if (!new_name() && (options_.output == kStandardOutput || is_stream(options_.output))) {
      Stream stream(options_.output, stop_);
      write(*begin(), [&](std::string_view bytes) { stream.write(bytes); });
      if (options_.output != kStandardOutput) made_.file = options_.output;
      return std::move(made_);
    }
    if (new_name()) make_backup_folder(folder());
    for (int attempt = 1; !write_file_unless(attempt < kMostAttempts); ++attempt) {
    }
    return std::move(made_);
  }

 private:
  bool new_name() const { return options_.output.empty() || is_folder_name(options_.output); }
  const std::string& folder() const {
    return options_.output.empty() ? options_.folder : options_.output;
  }
  std::unique_ptr<BackupSource> begin() {
    history_ = history();
    return database_.begin_backup(options_.what);
  }

  // Of a moment before the backup's, as a rule the same.
  std::optional<MigrationState> history() {
    const auto snapshot = database_.snapshot();
    return schema_version(*snapshot, snapshot->schema());
  }

  void write(BackupSource& source, const BackupWriter::Output& output) {
    made_.description = write_backup(
        source, options_.label,
        [&](std::string_view bytes) {
          output(bytes);
          made_.bytes += bytes.size();
        },
        jobs_, reporter_, stop_, history_);
    stop_.check();
  }

  fs::path target_of(const BackupDescription& description) const {
    if (!new_name()) return options_.output;
    const auto time = parse_rfc3339(description.time);
    if (!time)
      throw Error(ErrorKind::failed,
                  fmt::format("the engine's time of the backup is none: '{}'", description.time));
    return fs::path(folder()) / (backup_name(description.database, options_.label, *time) + ".dbk");
  }

  // Whether it is written; not if somebody had to be let by, and it may be tried again.
  bool write_file_unless(bool may_start_over) {
    try {
      write_file();
      return true;
    } catch (const BackupInTheWay& error) {
      if (!may_start_over) throw;
      reporter_.info(fmt::format("starting over, to let somebody by: {}", error.message()));
      made_ = {};
      return false;
    }
  }

  void write_file() {
    auto source = begin();
    AtomicFile file(target_of(source->description()), new_name() ? Links::replace : Links::follow);
    write(*source, [&](std::string_view bytes) { file.write(bytes); });
    source.reset();  // nothing of the database is held while the file is read back
    file.sync();
    if (options_.verify) read_back(file.before_commit());
    stop_.check();
    if (new_name()) {
      made_.file = file.commit_as_new();
    } else {
      if (options_.overwrite)
        file.commit();
      else if (!file.commit_if_free())
        throw refused_to_replace(options_.output);
      made_.file = options_.output;
    }
    if (made_.verified) record();
  }

  void read_back(const fs::path& file) {
    try {
      verify_backup(BackupArchive(file), jobs_, reporter_, stop_);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::input) throw;
      throw Error(ErrorKind::failed,
                  fmt::format("the backup, read back, isn't what was written: {}", error.message()))
          .hint("it was not kept; check the disk and the memory of this machine");
    }
    made_.verified = true;
  }

  void record() {
    try {
      record_verified(made_.file, std::chrono::system_clock::now());
    } catch (const Error& error) {
      reporter_.warn(fmt::format("the backup is verified, but that could not be recorded: {}",
                                 error.message()));
    }
  }

  Database& database_;
  const NewBackupOptions& options_;
  const int jobs_;
  Reporter& reporter_;
  const Stop& stop_;
  std::optional<MigrationState> history_;
  NewBackup made_;
};

fs::path write_again_in(const fs::path& folder, const BackupArchive& backup, int jobs,
                        Reporter& reporter, const Stop& stop) {
  make_backup_folder(folder);
  AtomicFile file(folder / backup.path().filename());
  for (std::uint64_t at = 0; at < backup.bytes(); at += kPiece) {
    stop.check();
    file.write(backup.raw(at, std::min<std::uint64_t>(kPiece, backup.bytes() - at)));
  }
  file.sync();
  verify_checksums(BackupArchive(file.before_commit()), jobs, reporter, stop);
  return file.commit_as_new();
}

}  // namespace

fs::path write_again(const BackupArchive& backup, int jobs, Reporter& reporter, const Stop& stop) {
  const fs::path folder = backup.path().parent_path();
  try {
    return write_again_in(folder, backup, jobs, reporter, stop);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::failed || folder == folder.parent_path()) throw;
    return write_again_in(folder.parent_path(), backup, jobs, reporter, stop);
  }
}

NewBackup make_backup(Database& database, const NewBackupOptions& options, int jobs,
                      Reporter& reporter, const Stop& stop) {
  return Maker(database, options, jobs, reporter, stop).make();
}

}  // namespace dbkeeper
