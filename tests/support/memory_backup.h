// A database that is a handful of streams in memory, backed up and restored without an engine:
// random pieces of every form that an archive can hold.
//
//   MemoryBackup database = random_backup(dice);
//   BackupFromMemory source(database);
//   const BackupDescription written = write_backup(source, "manual", output, jobs, …);
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "dbkeeper/engines/backup.h"

namespace dbkeeper::testing {

struct MemoryBackup {
  struct Unit {
    std::size_t stream;
    std::vector<std::string> pieces;
  };

  BackupDescription description;
  std::vector<BackupFile> files;
  std::vector<Unit> units;

  // By stream: its pieces, sorted, or all of a continuous one as one piece.
  std::vector<std::vector<std::string>> content() const;
};

// Rows in both forms of COPY, statements, an image; an empty table, a partition, odd names.
// `image`: about how many bytes that has, which don't compress.
MemoryBackup random_backup(std::mt19937_64& dice, std::size_t image = 2000);

// A file, a table and an image: for tests that try every byte of an archive.
MemoryBackup small_backup(std::mt19937_64& dice);

class BackupFromMemory final : public BackupSource {
 public:
  // Called before each piece, on the reader's thread. The backup outlives the source.
  std::function<void(std::size_t unit)> before_piece = [](std::size_t) {};
  std::atomic<bool> finished = false;

  explicit BackupFromMemory(const MemoryBackup& backup);

  const BackupDescription& description() const override { return backup_.description; }
  const std::vector<BackupFile>& files() override { return backup_.files; }
  const std::vector<BackupUnit>& units() const override { return units_; }
  std::unique_ptr<BackupReader> reader() override;
  void finish() override { finished = true; }

 private:
  class Reader;

  const MemoryBackup& backup_;
  std::vector<BackupUnit> units_;
};

class RestoreToMemory final : public RestoreTarget {
 public:
  std::function<void()> before_piece = [] {};
  int writers = 0;  // that were made
  std::vector<std::string> steps;
  std::vector<BackupFile> files;

  RestoreToMemory(const BackupDescription& description, int most_writers);

  // As MemoryBackup::content().
  std::vector<std::vector<std::string>> content() const;

  const RestorePlace& place() const override { return place_; }
  void check(const std::vector<BackupFile>&) override { steps.push_back("check"); }
  bool keeps_old() const override { return true; }
  void begin(const std::vector<BackupFile>& all) override;
  int most_writers() const override { return most_writers_; }
  std::unique_ptr<RestoreWriter> writer() override;
  void complete() override { steps.push_back("complete"); }
  RestoreReport commit() override;

 private:
  class Writer;

  const BackupDescription& description_;
  const int most_writers_;
  const RestorePlace place_;
  std::mutex mutex_;
  std::vector<std::vector<std::string>> pieces_;
};

}  // namespace dbkeeper::testing
