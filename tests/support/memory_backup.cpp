#include "support/memory_backup.h"

#include <algorithm>
#include <optional>

#include "core/schemas.h"
#include "dbkeeper/model/copy_rows.h"
#include "support/copies.h"

namespace dbkeeper::testing {
namespace {

using Row = std::vector<std::optional<std::string>>;

std::string random_bytes(std::mt19937_64& dice, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(dice());
  return bytes;
}

std::string random_copy(std::mt19937_64& dice) {
  std::vector<Row> rows;
  for (std::size_t i = dice() % 6; i > 0; --i)
    rows.push_back({std::to_string(dice() % 100),
                    dice() % 4 ? std::optional(random_bytes(dice, dice() % 30)) : std::nullopt});
  return binary_copy(rows);
}

std::string random_lines(std::mt19937_64& dice) {
  std::string lines;
  for (std::size_t i = dice() % 6; i > 0; --i)
    lines += std::to_string(dice() % 100) + "\t" + std::string(dice() % 20, 'x') + "\n";
  return lines;
}

class Maker {
 public:
  explicit Maker(std::mt19937_64& dice) : dice_(dice) {}

  void add_table(const std::string& name, StreamFormat format, std::size_t units) {
    const std::size_t stream =
        add_stream("data/00000" + std::to_string(backup_.description.streams.size() + 1), format);
    BackupTable table{{"public", name}, {"id", "value"}, stream, {}};
    backup_.description.tables.push_back(table);
    for (std::size_t i = 0; i < units; ++i) {
      MemoryBackup::Unit unit{stream, {}};
      for (std::size_t pieces = 1 + dice_() % 2; pieces > 0; --pieces)
        unit.pieces.push_back(format == StreamFormat::copy_text ? random_lines(dice_)
                                                                : random_copy(dice_));
      backup_.units.push_back(std::move(unit));
    }
  }

  void add_statements() {
    const std::size_t stream = add_stream("large", StreamFormat::sql);
    backup_.units.push_back({stream, {"SELECT lo_create(1);\n", "SELECT lo_create(2);\n"}});
  }

  void add_image(std::size_t bytes) {
    const std::size_t stream =
        add_stream("image.zst", StreamFormat::database_image, Packing::continuous);
    MemoryBackup::Unit unit{stream, {}};
    for (int i = 0; i < 3; ++i) unit.pieces.push_back(random_bytes(dice_, bytes / 3));
    backup_.units.push_back(std::move(unit));
    backup_.description.tables.push_back(
        {{"app", "odd.name"}, {"id"}, std::nullopt, {3, digest_of("odd")}});
  }

  MemoryBackup take() { return std::move(backup_); }
  BackupDescription& description() { return backup_.description; }
  void add_file(std::string name, std::string bytes) {
    backup_.files.push_back({std::move(name), std::move(bytes)});
  }

 private:
  std::size_t add_stream(std::string folder, StreamFormat format,
                         Packing packing = Packing::pieces) {
    backup_.description.streams.push_back({std::move(folder), format, packing});
    return backup_.description.streams.size() - 1;
  }

  std::mt19937_64& dice_;
  MemoryBackup backup_;
};

// What its pieces have, in the table of the unit's stream.
std::vector<UnitRows> rows_of(const MemoryBackup& backup, const MemoryBackup::Unit& unit) {
  const BackupDescription& description = backup.description;
  std::vector<UnitRows> rows;
  for (std::size_t table = 0; table < description.tables.size(); ++table) {
    if (description.tables[table].stream != unit.stream) continue;
    rows.push_back({table, {}});
    for (const std::string& piece : unit.pieces)
      rows.back().total += description.streams[unit.stream].format == StreamFormat::copy_text
                               ? text_copy_rows(piece)
                               : binary_copy_rows(piece);
  }
  return rows;
}

// Pieces in an order that doesn't depend on threads.
std::vector<std::vector<std::string>> ordered(const std::vector<BackupStream>& streams,
                                              std::vector<std::vector<std::string>> pieces) {
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (streams[i].packing == Packing::pieces) {
      std::sort(pieces[i].begin(), pieces[i].end());
      continue;
    }
    std::string all;
    for (const std::string& piece : pieces[i]) all += piece;
    pieces[i] = {all};
  }
  return pieces;
}

Schema random_schema() {
  Table odd = table("odd.name");
  odd.name.schema = "app";
  Table parts = table("parts");
  parts.kind = TableKind::partitioned;
  Table part = table("part");
  part.kind = TableKind::partition;
  part.partition_of = parts.name;
  return schema({odd, table("empty"), table("lines", {"users"}), part, parts, table("users")});
}

}  // namespace

std::vector<std::vector<std::string>> MemoryBackup::content() const {
  std::vector<std::vector<std::string>> pieces(description.streams.size());
  for (const Unit& unit : units)
    pieces[unit.stream].insert(pieces[unit.stream].end(), unit.pieces.begin(), unit.pieces.end());
  return ordered(description.streams, std::move(pieces));
}

MemoryBackup random_backup(std::mt19937_64& dice, std::size_t image) {
  Maker maker(dice);
  BackupDescription& description = maker.description();
  description.engine = "memory";
  description.server_version = "1";
  description.database = "shöp \"1\"";
  description.time = "2026-01-02T03:04:05.678Z";
  if (dice() % 2) description.source_id = "here";
  if (dice() % 2) {
    description.tool = "alembic";
    description.tool_version = "a1";
  }
  description.properties.set("limit", -1).set("grants", Value::list({"app", "o'hara\n"}));
  description.schema = random_schema();
  maker.add_file("schema/pre-data.sql", "CREATE TABLE users ();\n");
  maker.add_file("schema/post-data.sql", std::string(512, ' '));
  maker.add_file("data/INDEX.txt", "");
  maker.add_table("users", StreamFormat::copy_binary, 2 + dice() % 3);
  maker.add_table("empty", StreamFormat::copy_binary, 0);
  maker.add_table("lines", StreamFormat::copy_text, 1 + dice() % 2);
  maker.add_table("part", StreamFormat::copy_binary, 1);
  maker.add_statements();
  maker.add_image(image);
  return maker.take();
}

MemoryBackup small_backup(std::mt19937_64& dice) {
  Maker maker(dice);
  maker.description().schema = schema({table("users")});
  maker.add_file("schema/pre-data.sql", "CREATE TABLE users ();\n");
  maker.add_table("users", StreamFormat::copy_binary, 1);
  maker.add_image(30);
  return maker.take();
}

class BackupFromMemory::Reader final : public BackupReader {
 public:
  explicit Reader(const BackupFromMemory& source) : source_(source) {}

  std::vector<UnitRows> read(std::size_t unit,
                             const std::function<void(std::string_view)>& take) override {
    for (const std::string& piece : source_.backup_.units[unit].pieces) {
      source_.before_piece(unit);
      take(piece);
    }
    return rows_of(source_.backup_, source_.backup_.units[unit]);
  }

 private:
  const BackupFromMemory& source_;
};

BackupFromMemory::BackupFromMemory(const MemoryBackup& backup) : backup_(backup) {
  for (const MemoryBackup::Unit& unit : backup.units) units_.push_back({unit.stream, 100});
}

std::unique_ptr<BackupReader> BackupFromMemory::reader() { return std::make_unique<Reader>(*this); }

class RestoreToMemory::Writer final : public RestoreWriter {
 public:
  explicit Writer(RestoreToMemory& target) : target_(target) {}

  void write(std::size_t stream, std::string_view piece) override {
    target_.before_piece();
    const std::lock_guard lock(target_.mutex_);
    target_.pieces_[stream].emplace_back(piece);
  }

 private:
  RestoreToMemory& target_;
};

RestoreToMemory::RestoreToMemory(const BackupDescription& description, int most_writers)
    : description_(description), most_writers_(most_writers), pieces_(description.streams.size()) {}

std::vector<std::vector<std::string>> RestoreToMemory::content() const {
  return ordered(description_.streams, pieces_);
}

void RestoreToMemory::begin(const std::vector<BackupFile>& all) {
  steps.push_back("begin");
  files = all;
}

std::unique_ptr<RestoreWriter> RestoreToMemory::writer() {
  ++writers;
  return std::make_unique<Writer>(*this);
}

RestoreReport RestoreToMemory::commit() {
  steps.push_back("commit");
  return {};
}

}  // namespace dbkeeper::testing
