#include "engines/staging/key_order.h"

#include <algorithm>

namespace dbkeeper::staging {
namespace {

// The places of the primary key's columns; empty if it isn't one of integers.
std::vector<std::size_t> key_places(const Table& table, const std::vector<std::string>& columns) {
  std::vector<std::size_t> out;
  if (!table.primary_key) return out;
  for (const std::string& name : table.primary_key->columns()) {
    const auto at = std::find(columns.begin(), columns.end(), name);
    if (at == columns.end() || table.find_column(name)->type.family != Family::integer) return {};
    out.push_back(static_cast<std::size_t>(at - columns.begin()));
  }
  return out;
}

class KeyOrder final : public RowSink {
 public:
  KeyOrder(std::unique_ptr<RowSink> sink, std::vector<std::size_t> places, bool& ascending)
      : sink_(std::move(sink)), places_(std::move(places)), ascending_(ascending) {
    ascending_ = true;
  }

  void write(const Batch& batch) override {
    for (std::size_t row = 0; ascending_ && row < batch.rows(); ++row) look_at(batch, row);
    sink_->write(batch);
  }
  void finish() override { sink_->finish(); }

 private:
  void look_at(const Batch& batch, std::size_t row) {
    key_.clear();
    for (const std::size_t place : places_) {
      const CellView cell = batch.at(row, place);
      if (cell.kind != CellKind::integer) {
        ascending_ = false;
        return;
      }
      key_.push_back(cell.integer);
    }
    ascending_ = last_.empty() || last_ < key_;
    last_.swap(key_);
  }

  const std::unique_ptr<RowSink> sink_;
  const std::vector<std::size_t> places_;
  bool& ascending_;
  std::vector<std::int64_t> last_;
  std::vector<std::int64_t> key_;
};

}  // namespace

std::unique_ptr<RowSink> watch_key_order(std::unique_ptr<RowSink> sink, const Table& table,
                                         const std::vector<std::string>& columns, bool& ascending) {
  ascending = false;
  auto places = key_places(table, columns);
  if (places.empty()) return sink;
  return std::make_unique<KeyOrder>(std::move(sink), std::move(places), ascending);
}

}  // namespace dbkeeper::staging
