#include "core/record_sorter.h"

#include <algorithm>

#include "support/catch.h"
#include "support/seed.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

using Numbers = std::vector<std::uint64_t>;

Numbers numbers_of(const RowRecord& record) {
  return {record.table,   record.order,    record.key.high,
          record.key.low, record.row.high, record.row.low};
}

std::vector<Numbers> all_of(const std::vector<RowRecord>& records) {
  std::vector<Numbers> out;
  std::transform(records.begin(), records.end(), std::back_inserter(out), numbers_of);
  return out;
}

// Few different numbers, so that records are equal in any number of their parts.
RowRecord random_record(std::mt19937_64& dice) {
  const auto number = [&] { return dice() % 3 * 0x8000'0000'0000'0001; };
  return {dice() % 2, number(), {number(), number()}, {number(), number()}};
}

std::vector<RowRecord> sorted_by(RecordSorter& sorter, const std::vector<RowRecord>& records) {
  for (const RowRecord& record : records) sorter.add(record);
  sorter.sort();
  std::vector<RowRecord> out;
  while (const auto record = sorter.next()) out.push_back(*record);
  return out;
}

}  // namespace

TEST_CASE("the sorter sorts as std::sort does, however little memory it has") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  for (int round = 0; round < rounds(100); ++round) {
    std::vector<RowRecord> records;
    for (std::size_t i = dice() % 300; i > 0; --i) records.push_back(random_record(dice));
    const std::size_t memory = dice() % 40 * sizeof(RowRecord);  // from one run to hundreds
    CAPTURE(round, records.size(), memory);
    RecordSorter sorter(memory);
    const auto sorted = all_of(sorted_by(sorter, records));
    std::sort(records.begin(), records.end());
    CHECK(sorted == all_of(records));
    CHECK_FALSE(sorter.next());
  }
}

TEST_CASE("the sorter takes nothing for an answer") {
  RecordSorter sorter;
  CHECK(sorted_by(sorter, {}).empty());
}

TEST_CASE("records come by table, then in the order of keys, then by row") {
  const std::vector<RowRecord> in_order = {{0, 9, {9, 9}, {9, 9}}, {1, 0, {9, 9}, {9, 9}},
                                           {1, 1, {0, 9}, {9, 9}}, {1, 1, {1, 0}, {9, 9}},
                                           {1, 1, {1, 1}, {0, 9}}, {1, 1, {1, 1}, {1, 0}},
                                           {1, 1, {1, 1}, {1, 1}}};
  RecordSorter sorter(2 * sizeof(RowRecord));
  CHECK(all_of(sorted_by(sorter, {in_order.rbegin(), in_order.rend()})) == all_of(in_order));
}
