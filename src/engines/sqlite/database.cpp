#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "engines/sqlite/backup_source.h"
#include "engines/sqlite/connection.h"
#include "engines/sqlite/import_dialect.h"
#include "engines/sqlite/location.h"
#include "engines/sqlite/snapshot.h"
#include "engines/sqlite/sqlite.h"
#include "engines/sqlite/transaction.h"
#include "engines/staging/import.h"

namespace dbkeeper::sqlite {
namespace {

// Inode and birth time: a file made in place of a deleted one may get its inode. Nothing where the
// file system doesn't note births.
std::optional<std::string> source_id(const std::filesystem::path& path) {
  struct statx facts = {};
  if (statx(AT_FDCWD, path.c_str(), 0, STATX_INO | STATX_BTIME, &facts) != 0) return std::nullopt;
  if ((facts.stx_mask & STATX_BTIME) == 0 || (facts.stx_mask & STATX_INO) == 0) return std::nullopt;
  return fmt::format("{}-{}.{:09}", static_cast<std::uint64_t>(facts.stx_ino),
                     static_cast<std::int64_t>(facts.stx_btime.tv_sec),
                     static_cast<std::uint32_t>(facts.stx_btime.tv_nsec));
}

class FileDatabase final : public Database {
 public:
  FileDatabase(Location location, const OpenOptions& options)
      : location_(std::move(location)),
        options_(options),
        connection_(std::make_unique<Connection>(location_, options_)),
        file_bytes_(connection_->file_bytes() + connection_->log_bytes()) {}

  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }

  DatabaseInfo info() override {
    DatabaseInfo info;
    info.engine = "sqlite";
    info.server_version = sqlite3_libversion();
    info.name = location_.path.stem().string();
    info.location = location_.path.string();
    info.bytes = file_bytes_;
    info.source_id = source_id(location_.canonical);
    return info;
  }

  std::unique_ptr<Snapshot> snapshot() override { return begin_snapshot(take_connection()); }
  std::unique_ptr<Transaction> begin() override { return begin_transaction(take_connection()); }
  std::unique_ptr<Import> begin_import() override {
    return staging::begin_import(import_dialect(take_connection()));
  }
  std::unique_ptr<BackupSource> begin_backup(const BackupOptions& backup) override {
    return sqlite::begin_backup(take_connection(), options_, source_id(location_.canonical),
                                backup);
  }

 private:
  // The connection that opening made serves the first who needs one; each later one gets its own.
  std::unique_ptr<Connection> take_connection() {
    if (connection_) return std::move(connection_);
    return std::make_unique<Connection>(location_, options_);
  }

  Location location_;
  OpenOptions options_;
  std::unique_ptr<Connection> connection_;
  std::int64_t file_bytes_;
};

}  // namespace

bool recognises(std::string_view address) { return is_address(address); }

std::string database_name(const std::string& address) {
  return meant_path(parse_address(address)).stem().string();
}

std::unique_ptr<Database> open(const std::string& text, const OpenOptions& options) {
  const Address address = parse_address(text);
  for (const std::string& key : address.dropped)
    options.reporter->debug(
        fmt::format("the database's address says '{}', which SQLite doesn't need: left out", key));
  Location location = locate(address);
  if (location.read_only && options.access == Access::write)
    throw Error(ErrorKind::usage, fmt::format("'{}' is to be written to, but its address says "
                                              "mode=ro",
                                              location.path.string()))
        .hint("take mode=ro off the address");
  return std::make_unique<FileDatabase>(std::move(location), options);
}

}  // namespace dbkeeper::sqlite
