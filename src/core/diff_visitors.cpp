#include "core/diff_visitors.h"

#include "core/cell_value.h"

namespace dbkeeper {

std::vector<WantedRows> HashingVisitor::wanted() const {
  std::vector<WantedRows> out;
  for (const std::size_t number : numbers_)
    out.push_back({tables_[number].table, tables_[number].shape.columns});
  return out;
}

void HashingVisitor::begin(std::size_t index, const std::vector<std::string>& columns) {
  number_ = numbers_[index];
  hasher_.emplace(tables_[number_].shape, columns);
  begin_table(number_);
}

bool HashingVisitor::take(const Batch& batch) {
  meter_.add(tables_[number_].table, batch);
  for (std::size_t at = 0; at < batch.rows(); ++at)
    if (!take(number_, *hasher_, batch, at)) return false;
  return true;
}

void Finder::begin_table(std::size_t number) {
  by_key_.clear();
  for (auto* samples : {&findings_[number].first_only[side_], &findings_[number].first_changed})
    for (Sample& sample : *samples) by_key_.emplace(sample.key.low, &sample);
  left_ = by_key_.size();
}

bool Finder::take(std::size_t number, RowHasher& hasher, const Batch& batch, std::size_t at) {
  const RowRecord record = hasher.record(batch, at);
  const auto [begin, end] = by_key_.equal_range(record.key.low);
  for (auto entry = begin; entry != end; ++entry) {
    Sample& sample = *entry->second;
    if (sample.found[side_] || sample.key != record.key || sample.row[side_] != record.row)
      continue;
    sample.found[side_] = true;
    show(sample, shape(number), hasher, batch, at);
    --left_;
  }
  return left_ > 0;
}

void Finder::show(Sample& sample, const RowShape& shape, RowHasher& hasher, const Batch& batch,
                  std::size_t at) const {
  sample.shown.key = Value::object();
  // A row whose key has a NULL in it is its own key.
  const bool whole = shape.key.empty() || sample.key == sample.row[side_];
  for (const std::string& name : whole ? shape.columns : shape.key)
    sample.shown.key.set(name, value_of(batch.at(at, hasher.place(name))));
  if (!sample.changed) return;
  for (const std::string& name : shape.columns)
    sample.columns[side_].push_back(hasher.column(batch, at, name));
}

}  // namespace dbkeeper
