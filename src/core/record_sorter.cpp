#include "core/record_sorter.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "dbkeeper/base/error.h"

namespace dbkeeper {
namespace {

// Records are written as they lie in memory: the file never leaves the process.
static_assert(std::is_trivially_copyable_v<RowRecord>);

auto rank(const RowRecord& record) {
  return std::tie(record.table, record.order, record.key.high, record.key.low, record.row.high,
                  record.row.low);
}

}  // namespace

bool operator<(const RowRecord& a, const RowRecord& b) { return rank(a) < rank(b); }

RecordSorter::RecordSorter(std::size_t memory)
    : most_(std::max<std::size_t>(memory / sizeof(RowRecord), 1)) {}

void RecordSorter::add(const RowRecord& record) {
  if (records_.size() == most_) spill();
  if (records_.size() == records_.capacity())  // left to itself it would grow beyond `most_`
    records_.reserve(std::min(most_, 2 * records_.size() + 1024));
  records_.push_back(record);
}

void RecordSorter::spill() {
  std::sort(records_.begin(), records_.end());
  if (!file_) file_.emplace("the digests of rows");
  const std::uint64_t begin = file_->size();
  file_->append(
      {reinterpret_cast<const char*>(records_.data()), records_.size() * sizeof(RowRecord)});
  runs_.push_back({.at = begin, .end = file_->size(), .block = {}});
  records_.clear();
}

void RecordSorter::sort() {
  if (runs_.empty()) {
    std::sort(records_.begin(), records_.end());
    return;
  }
  spill();
  std::vector<RowRecord>().swap(records_);  // `= {}` would keep its room
  begin_merge();
}

// The runs share the memory that the records had.
void RecordSorter::begin_merge() {
  block_ = std::max<std::size_t>(most_ / runs_.size(), 1);
  for (std::size_t run = 0; run < runs_.size(); ++run)
    if (fill(runs_[run])) heap_.push_back(run);
  std::make_heap(heap_.begin(), heap_.end(), later());
}

bool RecordSorter::fill(Run& run) {
  run.taken = 0;
  run.block.resize(std::min<std::uint64_t>(block_, (run.end - run.at) / sizeof(RowRecord)));
  char* to = reinterpret_cast<char*>(run.block.data());
  for (std::size_t left = run.block.size() * sizeof(RowRecord); left > 0;) {
    const std::size_t got = file_->read(run.at, to, left);
    if (got == 0) throw Error(ErrorKind::failed, "a temporary file was cut off");
    to += got;
    run.at += got;
    left -= got;
  }
  return !run.block.empty();
}

std::optional<RowRecord> RecordSorter::next() {
  if (runs_.empty()) {
    if (taken_ == records_.size()) return std::nullopt;
    return records_[taken_++];
  }
  if (heap_.empty()) return std::nullopt;
  std::pop_heap(heap_.begin(), heap_.end(), later());
  Run& run = runs_[heap_.back()];
  const RowRecord record = run.first();
  if (++run.taken < run.block.size() || fill(run))
    std::push_heap(heap_.begin(), heap_.end(), later());
  else
    heap_.pop_back();
  return record;
}

}  // namespace dbkeeper
