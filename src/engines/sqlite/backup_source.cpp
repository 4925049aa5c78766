#include "engines/sqlite/backup_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "dbkeeper/base/utc.h"
#include "engines/sqlite/catalog.h"
#include "engines/sqlite/image_check.h"
#include "engines/sqlite/image_file.h"
#include "engines/sqlite/page_copy.h"
#include "engines/sqlite/statement.h"
#include "engines/sqlite/structure.h"

namespace dbkeeper::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = std::size_t{1} << 20;
// How often writers may make the copy begin anew before they have to wait until it is made.
constexpr int kMostBeginnings = 3;

ImagePlace place_of_copy(const fs::path& database) {
  return {temporary_folder(),
          fmt::format("a copy of '{}'", database.string()),
          "set TMPDIR to a folder with room for it",
          {}};
}

// Makes the copy.
class Copying {
 public:
  Copying(Connection& source, ImageFile& image, const OpenOptions& options)
      : source_(source), image_(image), options_(options) {}

  // The time at which it was so.
  std::chrono::system_clock::time_point run() {
    // Who reads a log's view of the database hinders no writer, and never has to begin anew.
    if (source_.header().wal) hold();
    begin();
    OpenOptions writing = options_;
    writing.access = Access::write;
    Connection target(image_, source_.location().path, writing);
    target.run("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF");
    try {
      copy(target);
    } catch (const Error&) {
      if ((target.last_failure() & 0xff) == SQLITE_FULL) throw image_.no_room();
      throw;
    }
    if (held_) source_.run("COMMIT");
    return moment_;
  }

 private:
  void copy(Connection& target) {
    PageCopy pages(source_, target);
    while (pages.step())
      if (pages.started_over()) begin();
  }

  void begin() {
    if (++beginnings_ > kMostBeginnings && !held_) {
      options_.reporter->debug(
          fmt::format("'{}' is written to all the time: writers wait until it is copied",
                      source_.location().path.string()));
      hold();
    }
    moment_ = std::chrono::system_clock::now();
  }

  // A read transaction: all that is read from here on is of one moment.
  void hold() {
    source_.run("BEGIN");
    source_.number("PRAGMA schema_version");
    held_ = true;
  }

  Connection& source_;
  ImageFile& image_;
  const OpenOptions& options_;
  bool held_ = false;
  int beginnings_ = 0;
  std::chrono::system_clock::time_point moment_;
};

Value properties_of(Connection& copy, const ImageFile& image) {
  std::string bytes(FileHeader::kSize, '\0');
  bytes.resize(image.read(0, bytes.data(), bytes.size()));
  const FileHeader header = parse_header(bytes);
  Statement encoding(copy, "PRAGMA encoding");
  return Value::object()
      .set("page_size", copy.number("PRAGMA page_size"))
      .set("journal_mode", header.wal ? "wal" : "delete")
      .set("encoding", encoding.step() ? encoding.text(0) : "")
      .set("user_version", copy.number("PRAGMA user_version"))
      .set("application_id", copy.number("PRAGMA application_id"));
}

// The tables that an export would have: virtual ones and what belongs to them are in the image all
// the same.
std::vector<BackupTable> tables_of(const Schema& schema) {
  std::vector<BackupTable> tables;
  for (const Table& table : schema.tables)
    if (table.kind == TableKind::plain && table.not_exportable.empty())
      tables.push_back({table.name, table.given_columns(), std::nullopt, {}});
  return tables;
}

class ImageBackup final : public BackupSource {
 public:
  ImageBackup(std::unique_ptr<Connection> connection, const OpenOptions& options,
              const std::optional<std::string>& source_id, const BackupOptions& backup)
      : shown_(connection->location().path),
        options_(options),
        image_(place_with_room(*connection)) {
    options_.access = Access::read;
    const auto moment = Copying(*connection, image_, options_).run();
    connection.reset();
    description_.time = rfc3339(moment);
    description_.source_id = source_id;
    describe();
    if (description_.schema.tables.empty() && !backup.allow_empty)
      throw Error(ErrorKind::failed, fmt::format("the database '{}' has no table", shown_.string()))
          .hint("check that it is the right database; --allow-empty backs it up all the same");
  }

  const BackupDescription& description() const override { return description_; }
  const std::vector<BackupFile>& files() override { return files_; }
  const std::vector<BackupUnit>& units() const override { return units_; }
  std::unique_ptr<BackupReader> reader() override { return std::make_unique<Reader>(*this); }

  void finish() override {
    require_sound(health_, shown_);
    for (const std::string& line : health_.broken_rules)
      options_.reporter->warn(
          fmt::format("'{}' breaks a rule of its own: {}", shown_.string(), line));
    if (!health_.unchecked.empty())
      options_.reporter->warn(
          fmt::format("SQLite could not check the copy of '{}' ({}); every table was read",
                      shown_.string(), health_.unchecked));
  }

 private:
  class Reader final : public BackupReader {
   public:
    explicit Reader(ImageBackup& backup) : backup_(backup) {}
    std::vector<UnitRows> read(std::size_t,
                               const std::function<void(std::string_view)>& take) override {
      return backup_.read(take);
    }

   private:
    ImageBackup& backup_;
  };

  static ImagePlace place_with_room(const Connection& source) {
    ImagePlace place = place_of_copy(source.location().path);
    // Where the log holds pages anew this is more than it takes.
    require_room(place, static_cast<std::uint64_t>(source.file_bytes() + source.log_bytes()));
    return place;
  }

  void describe() {
    Connection copy(image_, shown_, options_);
    copy.run("BEGIN");
    description_.engine = "sqlite";
    description_.server_version = sqlite3_libversion();
    description_.database = shown_.stem().string();
    description_.properties = properties_of(copy, image_);
    description_.schema = read_schema(copy);
    add_structure(copy, description_.schema, description_.properties);
    description_.streams = {
        {"database.sqlite.zst", StreamFormat::database_image, Packing::continuous}};
    description_.tables = tables_of(description_.schema);
    description_.data_bytes = image_.size();
    units_ = {{0, static_cast<std::int64_t>(image_.size())}};
  }

  std::vector<UnitRows> read(const std::function<void(std::string_view)>& take) {
    ImageCheck check(image_, shown_, options_, description_.tables);
    std::string piece(kPiece, '\0');
    std::uint64_t at = 0;
    while (const std::size_t got = image_.read(at, piece.data(), piece.size())) {
      options_.stop->check();
      take({piece.data(), got});
      at += got;
    }
    std::vector<UnitRows> rows = check.finish();
    health_ = check.health();
    return rows;
  }

  fs::path shown_;
  OpenOptions options_;
  ImageFile image_;
  BackupDescription description_;
  std::vector<BackupFile> files_;
  std::vector<BackupUnit> units_;
  Health health_;
};

}  // namespace

std::unique_ptr<BackupSource> begin_backup(std::unique_ptr<Connection> connection,
                                           const OpenOptions& options,
                                           const std::optional<std::string>& source_id,
                                           const BackupOptions& backup) {
  return std::make_unique<ImageBackup>(std::move(connection), options, source_id, backup);
}

}  // namespace dbkeeper::sqlite
