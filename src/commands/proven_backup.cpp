#include "commands/proven_backup.h"

#include <fmt/format.h>

#include <chrono>
#include <system_error>

#include "dbkeeper/core/backup.h"
#include "dbkeeper/core/backup_folder.h"

namespace dbkeeper {
namespace {

template <class Check>
BackupArchive checked(const std::filesystem::path& file, const Check& check) {
  try {
    BackupArchive archive(file);
    check(archive);
    return archive;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::input) forget_proof(file);
    throw;
  }
}

}  // namespace

void remember_verified(const std::filesystem::path& file, Reporter& reporter) {
  try {
    record_verified(file, std::chrono::system_clock::now());
  } catch (const Error& error) {
    reporter.warn(
        fmt::format("'dbkeeper list' will not know that it was verified: {}", error.message()));
  }
}

bool is_meant_as_backup(const std::filesystem::path& file) {
  std::error_code unknown;
  return is_backup_file(file) ||
         (file.extension() == ".dbk" && std::filesystem::is_regular_file(file, unknown));
}

BackupArchive proven_backup(const std::filesystem::path& file, Context& context) {
  return checked(file, [&](const BackupArchive& archive) {
    verify_backup(archive, context.settings.jobs, context.reporter, context.stop);
    remember_verified(file, context.reporter);
  });
}

BackupArchive undamaged_backup(const std::filesystem::path& file, Context& context) {
  return checked(file, [&](const BackupArchive& archive) {
    verify_checksums(archive, context.settings.jobs, context.reporter, context.stop);
  });
}

}  // namespace dbkeeper
