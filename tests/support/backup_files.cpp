#include "support/backup_files.h"

#include <fstream>

#include "core/schemas.h"
#include "dbkeeper/base/atomic_file.h"
#include "dbkeeper/base/utc.h"
#include "dbkeeper/core/backup.h"
#include "support/memory_backup.h"
#include "support/open.h"

namespace dbkeeper::testing {
namespace {

MemoryBackup memory_backup(const BackupFileOptions& options) {
  MemoryBackup backup;
  BackupDescription& what = backup.description;
  what.engine = "memory";
  what.server_version = "1.0";
  what.database = options.database;
  what.time = rfc3339(options.time);
  what.source_id = options.source_id;
  what.streams = {{"data/000001", StreamFormat::copy_text, Packing::pieces}};
  what.schema = schema({table("items")});
  what.tables = {{what.schema.tables[0].name, {"id"}, 0, {}}};
  std::string lines;
  for (std::size_t i = 0; i < options.rows; ++i) lines += std::to_string(i) + "\n";
  backup.units = {{0, {lines}}};
  return backup;
}

}  // namespace

std::filesystem::path write_backup_file(const std::filesystem::path& folder,
                                        const BackupFileOptions& options) {
  const MemoryBackup backup = memory_backup(options);
  BackupFromMemory source(backup);
  SilentReporter reporter;
  const Stop stop;
  AtomicFile file(folder / (backup_name(options.database, options.label, options.time) + ".dbk"));
  write_backup(
      source, options.label, [&](std::string_view bytes) { file.write(bytes); }, 1, reporter, stop);
  return file.commit_as_new();
}

void flip_a_bit(const std::filesystem::path& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const auto at = static_cast<std::streamoff>(512 + 8);  // in the first member
  file.seekg(at);
  const int byte = file.get();
  file.seekp(at);
  file.put(static_cast<char>(byte ^ 1));
}

}  // namespace dbkeeper::testing
