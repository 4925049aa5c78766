// Sorts more records than memory holds: sorted runs of them go to a temporary file and are merged
// while they are read back.
//
//   RecordSorter sorter;
//   for (…) sorter.add(record);
//   sorter.sort();
//   while (const auto record = sorter.next()) …
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "dbkeeper/base/digest.h"
#include "dbkeeper/base/temporary_file.h"

namespace dbkeeper {

// A row of a table, as far as a comparison needs it.
struct RowRecord {
  std::uint64_t table = 0;  // a number of the caller's
  std::uint64_t order = 0;  // of the key: smaller ones come first
  Digest key;
  Digest row;
};

// By table, then in the order of keys, then by row.
bool operator<(const RowRecord& a, const RowRecord& b);

class RecordSorter {
 public:
  static constexpr std::size_t kMemory = 32 << 20;

  // `memory`: bytes that it may take, about, for however many records: at the least those of one.
  explicit RecordSorter(std::size_t memory = kMemory);

  void add(const RowRecord& record);
  // Once, after the last add().
  void sort();
  // The records in order; nothing after the last one. Requires: sort().
  std::optional<RowRecord> next();

 private:
  // A part of the file that is sorted, and what of it has been read back.
  struct Run {
    std::uint64_t at;  // of what is to be read next, in bytes
    std::uint64_t end;
    std::vector<RowRecord> block;
    std::size_t taken = 0;  // of the block
    const RowRecord& first() const { return block[taken]; }
  };

  // The heap's order: the run that comes first has the least record.
  auto later() const {
    return [this](std::size_t a, std::size_t b) { return runs_[b].first() < runs_[a].first(); };
  }

  void spill();
  void begin_merge();
  // False once nothing of the run is left.
  bool fill(Run& run);

  const std::size_t most_;          // records in memory
  std::vector<RowRecord> records_;  // not spilled; after sort(): all, if there are no runs
  std::size_t taken_ = 0;           // of them
  std::optional<TemporaryFile> file_;
  std::vector<Run> runs_;
  std::size_t block_ = 1;          // records that are read back at once
  std::vector<std::size_t> heap_;  // runs that have records left, the one with the least first
};

}  // namespace dbkeeper
