#include "dbkeeper/core/backup.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/backup_meter.h"
#include "core/crew.h"

namespace dbkeeper {
namespace {

std::uint64_t expected_rows(const BackupDescription& description) {
  std::uint64_t rows = 0;
  for (const BackupTable& backed_up : description.tables) {
    const Table* table = description.schema.find(backed_up.name);
    if (table && table->estimated_rows > 0)
      rows += static_cast<std::uint64_t>(table->estimated_rows);
  }
  return rows;
}

std::uint64_t expected_bytes(const std::vector<BackupUnit>& units) {
  std::uint64_t bytes = 0;
  for (const BackupUnit& unit : units)
    if (unit.bytes > 0) bytes += static_cast<std::uint64_t>(unit.bytes);
  return bytes;
}

// The description, and what the units add to it.
class Sums {
 public:
  explicit Sums(BackupDescription description) : description_(std::move(description)) {}

  void add(const std::vector<UnitRows>& rows, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    for (const UnitRows& unit : rows) description_.tables[unit.table].total += unit.total;
    description_.data_bytes += bytes;
  }

  // Requires: all threads have ended.
  BackupDescription take() { return std::move(description_); }

 private:
  std::mutex mutex_;
  BackupDescription description_;
};

// Reads units and packs them, until none is left.
class Worker {
 public:
  Worker(BackupSource& source, std::unique_ptr<BackupReader> reader, BackupWriter& writer,
         Crew& crew, Sums& sums, BackupMeter& meter)
      : source_(source),
        reader_(std::move(reader)),
        writer_(writer),
        crew_(crew),
        sums_(sums),
        meter_(meter) {}

  void run() {
    while (const auto unit = crew_.take()) carry_out(*unit);
  }

 private:
  void carry_out(std::size_t unit) {
    const std::size_t stream = source_.units()[unit].stream;
    BackupPacker& packer = packer_for(stream);
    std::uint64_t bytes = 0;
    const std::vector<UnitRows> rows = reader_->read(unit, [&](std::string_view piece) {
      crew_.check();
      packer.add(piece);
      bytes += piece.size();
      meter_.add(stream, piece.size());
    });
    packer.finish();
    sums_.add(rows, bytes);
  }

  // Kept as long as units of one stream come: its room is as large as a piece.
  BackupPacker& packer_for(std::size_t stream) {
    if (stream_ != stream)
      packer_.emplace(writer_, stream, source_.description().streams[stream].packing);
    stream_ = stream;
    return *packer_;
  }

  BackupSource& source_;
  const std::unique_ptr<BackupReader> reader_;
  BackupWriter& writer_;
  Crew& crew_;
  Sums& sums_;
  BackupMeter& meter_;
  std::optional<std::size_t> stream_;
  std::optional<BackupPacker> packer_;
};

}  // namespace

BackupDescription write_backup(BackupSource& source, std::string_view label,
                               BackupWriter::Output output, int jobs, Reporter& reporter,
                               const Stop& stop, const std::optional<MigrationState>& history) {
  BackupDescription description = source.description();
  description.label = label;
  if (history) {
    description.tool = history->tool;
    description.tool_version = history->version;
  }
  description.dbkeeper_version = DBKEEPER_VERSION;
  description.data_bytes = 0;  // counted below
  BackupWriter writer(std::move(output), description.streams);

  BackupMeter meter(reporter, "backup", description, expected_rows(description),
                    expected_bytes(source.units()));
  Sums sums(std::move(description));
  Crew crew(source.units().size(), stop);
  {
    std::vector<std::unique_ptr<Worker>> workers;
    std::vector<std::function<void()>> works;
    const std::size_t most = std::min(source.units().size(), static_cast<std::size_t>(jobs));
    while (workers.size() < most) {
      auto reader = source.reader();
      if (!reader) break;
      Worker& worker = *workers.emplace_back(
          std::make_unique<Worker>(source, std::move(reader), writer, crew, sums, meter));
      works.push_back([&worker] { worker.run(); });
    }
    works.push_back([&] {
      for (const BackupFile& file : source.files()) writer.add(file);
    });
    crew.run(works);
  }
  stop.check();
  reporter.progress({.activity = "backup: finishing"});
  source.finish();
  description = sums.take();
  writer.finish(description);
  return description;
}

}  // namespace dbkeeper
