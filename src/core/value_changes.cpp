#include "dbkeeper/core/value_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include "core/diff_visitors.h"
#include "core/record_sorter.h"
#include "dbkeeper/model/row_digest.h"

namespace dbkeeper {
namespace {

// How a column's values are told to be the same.
enum class Way { exactly, by_meaning, not_at_all };

bool is_plain(Family family) {
  switch (family) {
    case Family::integer:
    case Family::decimal:
    case Family::real:
    case Family::boolean:
    case Family::text:
    case Family::uuid:
      return true;
    default:
      return false;
  }
}

Way way_of(const Type& before, const Type& now) {
  if (before.name == now.name) return Way::exactly;
  // Values that carry their own kind, whatever the column's.
  if (before.affinity != Affinity::typed && now.affinity != Affinity::typed) return Way::by_meaning;
  const bool enums = !before.labels.empty() || !now.labels.empty();
  const auto plain = [&](const Type& type) { return is_plain(type.family) || enums; };
  if (plain(before) && plain(now)) return Way::by_meaning;
  const bool simple = before.family == now.family && before.family != Family::other &&
                      before.family != Family::array && before.family != Family::any;
  return simple ? Way::exactly : Way::not_at_all;
}

// 007 and 7.00 are 7.
std::string plain_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::string_view rest = text.substr(negative ? 1 : 0);
  const std::size_t point = rest.find('.');
  std::string_view whole = rest.substr(0, point);
  std::string_view fraction = point == rest.npos ? std::string_view() : rest.substr(point + 1);
  const auto digits = [](std::string_view part) {
    return part.find_first_not_of("0123456789") == part.npos;
  };
  if (rest.empty() || whole.empty() || !digits(whole) || !digits(fraction))
    return std::string(text);
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
  fraction = fraction.substr(0, fraction.find_last_not_of('0') + 1);
  std::string out = whole.empty() ? "0" : std::string(whole);
  if (!fraction.empty()) out.append(".").append(fraction);
  return negative && out != "0" ? "-" + out : out;
}

std::string meaning_of(const CellView& cell) {
  switch (cell.kind) {
    case CellKind::boolean:
    case CellKind::integer:
      return fmt::format("{}", cell.integer);
    case CellKind::real:
    case CellKind::single:
      return plain_number(fmt::format("{}", cell.real));
    default:
      break;
  }
  std::string_view text = cell.text;
  while (text.ends_with(' ')) text.remove_suffix(1);  // of a column that pads
  return plain_number(text);
}

struct ComparedColumn {
  std::string name;
  bool by_meaning = false;
};

struct ComparedTable {
  std::string name;
  std::vector<ComparedColumn> columns;
  std::vector<std::size_t> key;  // among the columns; empty: there is none
  std::array<std::uint64_t, 2> rows = {};
  std::array<std::vector<Digest>, 2> sums;  // by column
  std::vector<std::uint64_t> numbers;       // by column: its records' number; 0: it has none

  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const ComparedColumn& column : columns) out.push_back(column.name);
    return out;
  }
  bool is_key(std::size_t column) const { return std::ranges::find(key, column) != key.end(); }
  // The one that stands for the rows themselves.
  bool stands_for_rows(std::size_t column) const { return !key.empty() && key.front() == column; }
};

// Goes over rows of a side, and knows each one by its key.
class KeyedVisitor : public RowVisitor {
 public:
  KeyedVisitor(std::vector<ComparedTable>& tables, std::size_t side, Meter& meter)
      : tables_(tables), side_(side), meter_(meter) {}

  std::vector<WantedRows> wanted() {
    std::vector<WantedRows> out;
    for (ComparedTable& table : tables_)
      if (wants(table)) {
        out.push_back({table.name, table.names()});
        at_.push_back(&table);
      }
    return out;
  }

  void begin(std::size_t index, const std::vector<std::string>& columns) final {
    table_ = at_[index];
    places_.clear();
    for (const ComparedColumn& column : table_->columns)
      places_.push_back(
          static_cast<std::size_t>(std::ranges::find(columns, column.name) - columns.begin()));
  }

  bool take(const Batch& batch) final {
    meter_.add(table_->name, batch);
    for (std::size_t row = 0; row < batch.rows(); ++row) take(*table_, batch, row);
    return true;
  }

 protected:
  std::size_t side() const { return side_; }
  const CellView cell(const Batch& batch, std::size_t row, std::size_t column) const {
    return batch.at(row, places_[column]);
  }
  // Of the row's key, and of its value in a column; without one, of the key alone.
  Digest digest(const Batch& batch, std::size_t row, std::optional<std::size_t> column) {
    bytes_.clear(kRoom);
    for (const std::size_t part : table_->key) append(batch, row, part);
    if (column) append(batch, row, *column);
    return digest_of(bytes_.view());
  }

 private:
  static constexpr std::size_t kRoom = 1 << 20;

  virtual bool wants(const ComparedTable& table) const = 0;
  virtual void take(ComparedTable& table, const Batch& batch, std::size_t row) = 0;

  void append(const Batch& batch, std::size_t row, std::size_t column) {
    const CellView view = cell(batch, row, column);
    if (view.kind == CellKind::null || !table_->columns[column].by_meaning)
      return append_canonical(bytes_, view);
    const std::string meaning = meaning_of(view);
    append_canonical(bytes_, {.kind = CellKind::text, .text = meaning});
  }

  std::vector<ComparedTable>& tables_;
  const std::size_t side_;
  Meter& meter_;
  std::vector<ComparedTable*> at_;
  ComparedTable* table_ = nullptr;
  std::vector<std::size_t> places_;
  Buffer bytes_;
};

// First: which columns have changed at all.
class Summing final : public KeyedVisitor {
 public:
  using KeyedVisitor::KeyedVisitor;

 private:
  bool wants(const ComparedTable&) const override { return true; }
  void take(ComparedTable& table, const Batch& batch, std::size_t row) override {
    ++table.rows[side()];
    auto& sums = table.sums[side()];
    sums.resize(table.columns.size());
    for (std::size_t column = 0; column < sums.size(); ++column)
      sums[column] += digest(batch, row, column);
  }
};

constexpr Digest kNull{};  // of a value that is none any more

// Then: the values of those, to be sorted by their rows' keys.
class Collecting final : public KeyedVisitor {
 public:
  Collecting(std::vector<ComparedTable>& tables, std::size_t side, Meter& meter,
             RecordSorter& sorter)
      : KeyedVisitor(tables, side, meter), sorter_(sorter) {}

 private:
  bool wants(const ComparedTable& table) const override {
    return std::ranges::any_of(table.numbers, [](std::uint64_t number) { return number != 0; });
  }
  void take(ComparedTable& table, const Batch& batch, std::size_t row) override {
    const Digest key = digest(batch, row, std::nullopt);
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
      if (table.numbers[column] == 0) continue;
      const bool null = cell(batch, row, column).kind == CellKind::null;
      if (null && (side() == kA || table.key.empty())) continue;
      RowRecord record{.table = table.numbers[column], .key = key};
      if (table.key.empty())
        record.key = digest(batch, row, column);
      else if (!null && !table.stands_for_rows(column))
        record.row = digest(batch, row, column);
      sorter_.add(record);
    }
  }

  RecordSorter& sorter_;
};

// What the records of a column have come to.
struct Tally {
  std::uint64_t gone = 0;  // keys, or without them values, of the first side alone
  std::uint64_t other = 0;
  std::uint64_t nulled = 0;
};

std::vector<Tally> walk(RecordSorter& before, RecordSorter& now, std::size_t columns,
                        const Stop& stop) {
  constexpr std::uint64_t kCheckEvery = 1 << 16;
  std::vector<Tally> out(columns + 1);
  auto a = before.next(), b = now.next();
  const auto place = [](const RowRecord& record) {
    return std::tie(record.table, record.key.high, record.key.low);
  };
  for (std::uint64_t steps = 0; a; ++steps) {
    if (steps % kCheckEvery == 0) stop.check();
    if (!b || place(*a) < place(*b)) {
      ++out[a->table].gone;
      a = before.next();
    } else if (place(*b) < place(*a)) {
      b = now.next();
    } else {
      if (a->row != b->row) ++(b->row == kNull ? out[a->table].nulled : out[a->table].other);
      a = before.next();
      b = now.next();
    }
  }
  return out;
}

class Comparison {
 public:
  Comparison(DiffSide& before, DiffSide& now, std::size_t sort_memory, Reporter& reporter,
             const Stop& stop)
      : sides_{&before, &now}, memory_(sort_memory), reporter_(reporter), stop_(stop) {}

  ValueChanges run(const std::vector<std::string>& names) {
    for (const std::string& name : names) add(name);
    std::vector<std::string> held;
    for (const ComparedTable& table : tables_) held.push_back(table.name);
    for (DiffSide* side : sides_) side->prepare(held);
    sum_up();
    if (number_columns() > 0) count();
    return std::move(out_);
  }

 private:
  static const DiffTable* find(const DiffSide& side, const std::string& name) {
    const auto at = std::ranges::find(side.tables(), name, &DiffTable::name);
    return at == side.tables().end() || !at->left_out.empty() ? nullptr : &*at;
  }

  void add(const std::string& name) {
    const DiffTable *before = find(*sides_[kA], name), *now = find(*sides_[kB], name);
    if (!before || !now) return;
    ComparedTable table{.name = name};
    for (const std::string& column : before->columns) {
      if (std::ranges::find(now->columns, column) == now->columns.end()) continue;
      const Type& then = before->table->find_column(column)->type;
      const Type& type = now->table->find_column(column)->type;
      const Way way = way_of(then, type);
      if (way == Way::not_at_all)
        out_.not_compared.push_back(
            {name, column, fmt::format("its type was {} and is {}", then.name, type.name)});
      else
        table.columns.push_back({column, way == Way::by_meaning});
    }
    table.key = key_of(*before->table, *now->table, table);
    if (!table.columns.empty()) tables_.push_back(std::move(table));
  }

  // The primary key that both have, all of it compared.
  static std::vector<std::size_t> key_of(const Table& before, const Table& now,
                                         const ComparedTable& table) {
    if (!before.primary_key || !now.primary_key) return {};
    const std::vector<std::string> key = before.primary_key->columns();
    const std::vector<std::string> other = now.primary_key->columns();
    if (!std::ranges::is_permutation(key, other)) return {};
    std::vector<std::size_t> out;
    for (const std::string& name : key) {
      const auto at = std::ranges::find(table.columns, name, &ComparedColumn::name);
      if (at == table.columns.end()) return {};
      out.push_back(static_cast<std::size_t>(at - table.columns.begin()));
    }
    return out;
  }

  std::uint64_t expected_rows() const {
    std::uint64_t rows = 0;
    for (const ComparedTable& table : tables_)
      for (const DiffSide* side : sides_) rows += side->estimated_rows(table.name);
    return rows;
  }

  void sum_up() {
    Meter meter(reporter_, "values", expected_rows());
    for (const std::size_t side : {kA, kB}) {
      Summing summing(tables_, side, meter);
      sides_[side]->read(summing.wanted(), summing);
    }
  }

  // Of those that have changed, from 1.
  std::uint64_t number_columns() {
    for (ComparedTable& table : tables_) {
      table.numbers.resize(table.columns.size());
      for (auto& sums : table.sums) sums.resize(table.columns.size());
      for (std::size_t column = 0; column < table.columns.size(); ++column)
        if (table.sums[kA][column] != table.sums[kB][column] &&
            (!table.is_key(column) || table.stands_for_rows(column)))
          table.numbers[column] = ++numbered_;
    }
    return numbered_;
  }

  void count() {
    RecordSorter before(memory_), now(memory_);
    Meter meter(reporter_, "values", expected_rows());
    for (const std::size_t side : {kA, kB}) {
      RecordSorter& sorter = side == kA ? before : now;
      Collecting collecting(tables_, side, meter, sorter);
      sides_[side]->read(collecting.wanted(), collecting);
      sorter.sort();
    }
    const std::vector<Tally> tallies = walk(before, now, numbered_, stop_);
    for (const ComparedTable& table : tables_)
      for (std::size_t column = 0; column < table.columns.size(); ++column)
        if (table.numbers[column] != 0) tell(table, column, tallies[table.numbers[column]]);
  }

  // Rows that are fewer account for as many keys and values that are gone.
  void tell(const ComparedTable& table, std::size_t column, const Tally& tally) {
    const std::uint64_t fewer =
        table.rows[kA] > table.rows[kB] ? table.rows[kA] - table.rows[kB] : 0;
    OtherValues values{table.name, table.columns[column].name, tally.other, tally.nulled};
    if (table.key.empty() || table.stands_for_rows(column))
      values.count = tally.gone > fewer ? tally.gone - fewer : 0;
    if (values.count + values.nulled > 0) out_.others.push_back(std::move(values));
  }

  const std::array<DiffSide*, 2> sides_;
  const std::size_t memory_;
  Reporter& reporter_;
  const Stop& stop_;
  std::vector<ComparedTable> tables_;
  std::uint64_t numbered_ = 0;
  ValueChanges out_;
};

}  // namespace

ValueChanges value_changes(DiffSide& before, DiffSide& now, const std::vector<std::string>& tables,
                           std::size_t sort_memory, Reporter& reporter, const Stop& stop) {
  return Comparison(before, now, sort_memory, reporter, stop).run(tables);
}

}  // namespace dbkeeper
