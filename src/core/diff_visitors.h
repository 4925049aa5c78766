// What is done with rows, pass by pass (core/diff_rows.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/diff_finding.h"
#include "core/diff_rows.h"
#include "core/record_sorter.h"
#include "core/row_hasher.h"
#include "dbkeeper/base/reporter.h"
#include "dbkeeper/core/diff_side.h"

namespace dbkeeper {

// Tells how far a pass over both sides is.
class Meter {
 public:
  Meter(Reporter& reporter, std::string_view activity, std::uint64_t total)
      : reporter_(reporter), progress_{.activity = activity, .total_rows = total} {}

  void add(std::string_view table, const Batch& batch) {
    progress_.table = table;
    progress_.rows += batch.rows();
    reporter_.progress(progress_);
  }

 private:
  Reporter& reporter_;
  Progress progress_;
};

// Goes over rows of some of the tables with a hasher that fits them.
class HashingVisitor : public RowVisitor {
 public:
  // `numbers`: which of the tables wanted[0], wanted[1] … are.
  HashingVisitor(const std::vector<ComparedRows>& tables, std::vector<std::size_t> numbers,
                 Meter& meter)
      : tables_(tables), numbers_(std::move(numbers)), meter_(meter) {}

  std::vector<WantedRows> wanted() const;
  void begin(std::size_t index, const std::vector<std::string>& columns) final;
  bool take(const Batch& batch) final;

 protected:
  const RowShape& shape(std::size_t number) const { return tables_[number].shape; }

 private:
  virtual void begin_table(std::size_t) {}
  // False: no more rows of this table are needed.
  virtual bool take(std::size_t number, RowHasher& hasher, const Batch& batch, std::size_t at) = 0;

  const std::vector<ComparedRows>& tables_;
  const std::vector<std::size_t> numbers_;
  Meter& meter_;
  std::size_t number_ = 0;
  std::optional<RowHasher> hasher_;
};

// Counts rows and adds up their digests.
class Totaller final : public HashingVisitor {
 public:
  Totaller(const std::vector<ComparedRows>& tables, std::vector<std::size_t> numbers, Meter& meter,
           std::vector<TableFinding>& findings, Which side)
      : HashingVisitor(tables, std::move(numbers), meter), findings_(findings), side_(side) {}

 private:
  bool take(std::size_t number, RowHasher& hasher, const Batch& batch, std::size_t at) override {
    findings_[number].totals[side_] += RowTotal{1, hasher.row(batch, at)};
    return true;
  }

  std::vector<TableFinding>& findings_;
  const Which side_;
};

// Takes what of the rows is sorted.
class Collector final : public HashingVisitor {
 public:
  Collector(const std::vector<ComparedRows>& tables, std::vector<std::size_t> numbers, Meter& meter,
            RecordSorter& sorter)
      : HashingVisitor(tables, std::move(numbers), meter), sorter_(sorter) {}

 private:
  bool take(std::size_t number, RowHasher& hasher, const Batch& batch, std::size_t at) override {
    RowRecord record = hasher.record(batch, at);
    record.table = number;
    sorter_.add(record);
    return true;
  }

  RecordSorter& sorter_;
};

// Looks up the rows of the samples.
class Finder final : public HashingVisitor {
 public:
  Finder(const std::vector<ComparedRows>& tables, std::vector<std::size_t> numbers, Meter& meter,
         std::vector<TableFinding>& findings, Which side)
      : HashingVisitor(tables, std::move(numbers), meter), findings_(findings), side_(side) {}

 private:
  void begin_table(std::size_t number) override;
  bool take(std::size_t number, RowHasher& hasher, const Batch& batch, std::size_t at) override;
  void show(Sample& sample, const RowShape& shape, RowHasher& hasher, const Batch& batch,
            std::size_t at) const;

  std::vector<TableFinding>& findings_;
  const Which side_;
  std::unordered_multimap<std::uint64_t, Sample*> by_key_;
  std::size_t left_ = 0;
};

}  // namespace dbkeeper
