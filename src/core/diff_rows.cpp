#include "core/diff_rows.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/cell_value.h"
#include "core/diff_finding.h"
#include "core/diff_visitors.h"
#include "core/diff_walk.h"
#include "dbkeeper/base/error.h"

namespace dbkeeper {
namespace {

class RowComparison {
 public:
  RowComparison(DiffSide& a, DiffSide& b, const std::vector<ComparedRows>& tables,
                std::size_t sort_memory, Reporter& reporter, const Stop& stop)
      : sides_{&a, &b},
        tables_(tables),
        sort_memory_(sort_memory),
        reporter_(reporter),
        stop_(stop),
        findings_(tables.size()) {}

  std::vector<RowsDifference> run() {
    add_up();
    for (std::size_t i = 0; i < tables_.size(); ++i)
      if (findings_[i].totals[kA] != findings_[i].totals[kB]) differing_.push_back(i);
    if (!differing_.empty()) {
      find_differences();
      look_up();
    }
    std::vector<RowsDifference> out;
    for (std::size_t i = 0; i < tables_.size(); ++i) out.push_back(difference(i));
    return out;
  }

 private:
  void add_up() {
    std::array<std::vector<std::size_t>, 2> unknown;
    std::uint64_t rows = 0;
    for (const Which side : {kA, kB})
      for (std::size_t i = 0; i < tables_.size(); ++i) {
        if (const auto total = known_total(side, i)) {
          findings_[i].totals[side] = *total;
        } else {
          unknown[side].push_back(i);
          rows += sides_[side]->estimated_rows(tables_[i].table);
        }
      }
    Meter meter(reporter_, "compare", rows);
    for (const Which side : {kA, kB}) {
      Totaller totaller(tables_, unknown[side], meter, findings_, side);
      sides_[side]->read(totaller.wanted(), totaller);
    }
  }

  // A total that is known is over all columns of the side.
  std::optional<RowTotal> known_total(Which side, std::size_t number) const {
    const ComparedRows& compared = tables_[number];
    const auto& all = sides_[side]->tables();
    const auto table = std::find_if(all.begin(), all.end(), [&](const DiffTable& entry) {
      return entry.name == compared.table;
    });
    if (table->columns.size() != compared.shape.columns.size()) return std::nullopt;
    return sides_[side]->known_total(compared.table);
  }

  void find_differences() {
    std::uint64_t rows = 0;
    for (const std::size_t i : differing_)
      rows += findings_[i].totals[kA].rows + findings_[i].totals[kB].rows;
    Meter meter(reporter_, "sort", rows);
    std::array<RecordSorter, 2> sorters = {RecordSorter(sort_memory_), RecordSorter(sort_memory_)};
    for (const Which side : {kA, kB}) {
      Collector collector(tables_, differing_, meter, sorters[side]);
      sides_[side]->read(collector.wanted(), collector);
      sorters[side].sort();
    }
    walk(sorters[kA], sorters[kB], tables_, findings_, stop_);
  }

  void look_up() {
    Meter meter(reporter_, "look up", 0);
    for (const Which side : {kA, kB}) {
      std::vector<std::size_t> numbers;
      for (const std::size_t i : differing_)
        if (!findings_[i].first_only[side].empty() || !findings_[i].first_changed.empty())
          numbers.push_back(i);
      Finder finder(tables_, numbers, meter, findings_, side);
      sides_[side]->read(finder.wanted(), finder);
    }
  }

  RowsDifference difference(std::size_t number) {
    TableFinding& finding = findings_[number];
    for (Sample& sample : finding.first_changed) name_columns(sample, tables_[number]);
    return {.rows_a = finding.totals[kA].rows,
            .rows_b = finding.totals[kB].rows,
            .only_a = finding.only[kA],
            .only_b = finding.only[kB],
            .changed = finding.changed,
            .first_only_a = shown(finding.first_only[kA]),
            .first_only_b = shown(finding.first_only[kB]),
            .first_changed = shown(finding.first_changed)};
  }

  static void name_columns(Sample& sample, const ComparedRows& table) {
    if (!sample.found[kA] || !sample.found[kB])  // a file that somebody writes to
      throw Error(ErrorKind::failed, "a row is gone that was there a moment ago")
          .table(table.table);
    const std::vector<std::string>& names = table.shape.columns;
    for (std::size_t i = 0; i < names.size(); ++i)
      if (sample.columns[kA][i] != sample.columns[kB][i]) sample.shown.columns.push_back(names[i]);
  }

  static std::vector<RowDifference> shown(std::vector<Sample>& samples) {
    std::vector<RowDifference> out;
    for (Sample& sample : samples) out.push_back(std::move(sample.shown));
    std::sort(out.begin(), out.end(), [](const RowDifference& x, const RowDifference& y) {
      return comes_before(x.key, y.key);
    });
    return out;
  }

  const std::array<DiffSide*, 2> sides_;
  const std::vector<ComparedRows>& tables_;
  const std::size_t sort_memory_;
  Reporter& reporter_;
  const Stop& stop_;
  std::vector<TableFinding> findings_;  // by table
  std::vector<std::size_t> differing_;  // tables
};

}  // namespace

std::vector<RowsDifference> compare_rows(DiffSide& a, DiffSide& b,
                                         const std::vector<ComparedRows>& tables,
                                         std::size_t sort_memory, Reporter& reporter,
                                         const Stop& stop) {
  return RowComparison(a, b, tables, sort_memory, reporter, stop).run();
}

}  // namespace dbkeeper
