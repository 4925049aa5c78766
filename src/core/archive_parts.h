// An archive taken apart: what one thread expands alone, beside others.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "dbkeeper/formats/backup.h"

namespace dbkeeper {

struct ArchivePart {
  std::size_t stream = 0;
  // One, of a stream in pieces; else all of the stream's, in order.
  std::vector<const BackupMember*> members;
};

// All of the streams' members: those of continuous streams, of which one thread has long, first,
// then the largest streams', so that small parts keep every thread busy until the end. The archive
// outlives them.
std::vector<ArchivePart> parts_of(const BackupArchive& archive);

// Proves and expands parts. One thread at a time.
class PartReader {
 public:
  explicit PartReader(const BackupArchive& archive) : archive_(archive), pieces_(Packing::pieces) {}

  // What is wrong with a member, be it that `take` throws Error(input), names it.
  void read(const ArchivePart& part, const BackupUnpacker::Take& take);

 private:
  const BackupArchive& archive_;
  BackupUnpacker pieces_;
};

}  // namespace dbkeeper
