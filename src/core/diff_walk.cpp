#include "core/diff_walk.h"

#include <array>
#include <compare>
#include <optional>
#include <tuple>

namespace dbkeeper {
namespace {

class Walk {
 public:
  Walk(RecordSorter& a, RecordSorter& b, const std::vector<ComparedRows>& tables,
       std::vector<TableFinding>& findings, const Stop& stop)
      : sorters_{&a, &b}, tables_(tables), findings_(findings), stop_(stop) {}

  void run() {
    step(kA);
    step(kB);
    while (next_[kA] || next_[kB]) {
      const auto order = compare();
      if (order < 0) note_only(kA);
      if (order > 0) note_only(kB);
      if (order == 0 && next_[kA]->row != next_[kB]->row) note_changed();
      if (order <= 0) step(kA);
      if (order >= 0) step(kB);
    }
  }

 private:
  static constexpr std::uint64_t kCheckEvery = 1 << 16;

  void step(Which side) {
    if (++steps_ % kCheckEvery == 0) stop_.check();
    next_[side] = sorters_[side]->next();
  }

  // Less: A's next record comes before B's.
  std::strong_ordering compare() const {
    if (!next_[kB]) return std::strong_ordering::less;
    if (!next_[kA]) return std::strong_ordering::greater;
    const auto place = [](const RowRecord& record) {
      return std::tie(record.table, record.order, record.key.high, record.key.low);
    };
    return place(*next_[kA]) <=> place(*next_[kB]);
  }

  void note_only(Which side) {
    const RowRecord& record = *next_[side];
    const ComparedRows& table = tables_[record.table];
    if (side == kA ? !table.all_in_b : !table.all_in_a) return;
    TableFinding& finding = findings_[record.table];
    ++finding.only[side];
    auto& first = finding.first_only[side];
    if (!first.empty() && first.back().key == record.key)
      ++first.back().shown.times;
    else if (first.size() < RowsDifference::kFirst)
      first.push_back({.key = record.key, .row = {record.row, record.row}});
  }

  void note_changed() {
    TableFinding& finding = findings_[next_[kA]->table];
    ++finding.changed;
    if (finding.first_changed.size() == RowsDifference::kFirst) return;
    finding.first_changed.push_back(
        {.key = next_[kA]->key, .row = {next_[kA]->row, next_[kB]->row}, .changed = true});
  }

  std::array<RecordSorter*, 2> sorters_;
  const std::vector<ComparedRows>& tables_;
  std::vector<TableFinding>& findings_;
  const Stop& stop_;
  std::array<std::optional<RowRecord>, 2> next_;
  std::uint64_t steps_ = 0;
};

}  // namespace

void walk(RecordSorter& a, RecordSorter& b, const std::vector<ComparedRows>& tables,
          std::vector<TableFinding>& findings, const Stop& stop) {
  Walk(a, b, tables, findings, stop).run();
}

}  // namespace dbkeeper
