#include "support/memory_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "support/memory_import.h"
#include "support/memory_rules.h"
#include "support/memory_table.h"

namespace dbkeeper::testing {
namespace {

using State = std::shared_ptr<const MemoryState>;

// "column = number", all that a condition may be here.
class MemoryCondition {
 public:
  MemoryCondition(const Table& table, const std::string& text) {
    std::istringstream words(text);
    std::string column, equals, rest;
    if (!(words >> column >> equals >> number_) || equals != "=" || words >> rest ||
        !table.find_column(column))
      throw Error(ErrorKind::usage,
                  fmt::format("'{}' is no condition for the table '{}'", text, table.name.name))
          .table(table.name.name);
    column_ = position(table, column);
  }

  bool holds(const MemoryRow& row) const { return row[column_] == MemoryCell(number_); }

 private:
  std::size_t column_ = 0;
  std::int64_t number_ = 0;
};

// The rows of a selection's sets, as plainly as it can be said: whatever a set's rows are by now,
// what they refer to joins the other sets, until nothing changes any more. A first time for those
// sets that others go without, a second time for all of them.
class MemorySelection {
 public:
  using Members = std::vector<std::set<std::size_t>>;  // for each set the numbers of its rows

  MemorySelection(const MemoryState& state, const Selection& selection)
      : state_(state), sets_(selection.sets), members_(closed({})) {
    members_ = closed(members_);
  }

  // In the table's order.
  std::vector<MemoryRow> rows(std::size_t set) const {
    std::vector<MemoryRow> out;
    for (const std::size_t row : members_[set]) out.push_back(all(set)[row]);
    return out;
  }

 private:
  const std::vector<MemoryRow>& all(std::size_t set) const {
    return rows_of(state_, sets_[set].table->name);
  }

  // The smallest sets that fit. `excluded`: what stands for the sets that others go without; where
  // it is empty, sets that go without something stay empty.
  Members closed(const Members& excluded) const {
    Members members(sets_.size());
    for (bool grown = true; grown;) {
      grown = false;
      for (std::size_t set = 0; set < sets_.size(); ++set) {
        if (excluded.empty() && sets_[set].without) continue;
        for (std::size_t row = 0; row < all(set).size(); ++row) {
          const bool out = sets_[set].without && excluded[*sets_[set].without].contains(row);
          if (!out && belongs(members, set, all(set)[row]))
            grown = members[set].insert(row).second || grown;
        }
      }
    }
    return members;
  }

  bool belongs(const Members& members, std::size_t set, const MemoryRow& row) const {
    const RowSet& rows = sets_[set];
    if (rows.base == RowSet::Base::all) return true;
    if (rows.base == RowSet::Base::condition &&
        MemoryCondition(*rows.table, rows.condition).holds(row))
      return true;
    for (const RowSet::Link& link : rows.referred_by) {
      const auto parent = part_of(row, positions(*rows.table, link.key->to));
      const auto columns = positions(*sets_[link.from].table, link.key->columns);
      for (const std::size_t child : members[link.from])
        if (parent && part_of(all(link.from)[child], columns) == parent) return true;
    }
    return false;
  }

  const MemoryState& state_;
  const std::vector<RowSet>& sets_;
  Members members_;
};

class MemorySource final : public RowSource {
 public:
  MemorySource(const Table& table, std::vector<MemoryRow> rows,
               const std::vector<std::string>& columns, const Stop& stop)
      : rows_(std::move(rows)), columns_(positions(table, columns)), stop_(stop) {}

  bool next(Batch& batch) override {
    stop_.check();
    batch.clear();
    for (; !batch.full() && next_ < rows_.size(); ++next_) {
      if (columns_.empty()) batch.add_empty_row();
      for (const std::size_t column : columns_) rows_[next_][column].add_to(batch);
    }
    return batch.rows() > 0;
  }

 private:
  std::vector<MemoryRow> rows_;
  std::vector<std::size_t> columns_;
  const Stop& stop_;
  std::size_t next_ = 0;
};

class MemorySnapshot final : public Snapshot {
 public:
  MemorySnapshot(State state, const Stop& stop) : state_(std::move(state)), stop_(stop) {}

  Schema schema() override {
    Schema schema = state_->schema;
    for (Table& table : schema.tables) {
      table.estimated_rows = static_cast<std::int64_t>(state_->rows.at(table.name).size());
      table.rows_exact = true;
    }
    return schema;
  }

  std::unique_ptr<RowSource> rows(const Table& table,
                                  const std::vector<std::string>& columns) override {
    return std::make_unique<MemorySource>(table, rows_of(*state_, table.name), columns, stop_);
  }

  void hold(const std::vector<const Table*>& tables) override {
    for (const Table* table : tables) rows_of(*state_, table->name);
  }

  void check_condition(const Table& table, const std::string& condition) override {
    MemoryCondition(table, condition);
  }

  std::vector<Part> parts(const Selection& selection, std::size_t set, std::int64_t) override {
    Part all;
    all.table = selection.sets[set].table->name;
    return {all};
  }

  std::unique_ptr<RowSource> rows(const Selection& selection, std::size_t set, const Part&,
                                  const std::vector<std::string>& columns) override {
    return std::make_unique<MemorySource>(
        *selection.sets[set].table, MemorySelection(*state_, selection).rows(set), columns, stop_);
  }

  std::int64_t count(const Table& table) override {
    return static_cast<std::int64_t>(rows_of(*state_, table.name).size());
  }

  std::vector<std::int64_t> counts(const Table& table,
                                   const std::vector<std::string>& columns) override {
    std::vector<std::int64_t> out = {count(table)};
    for (const std::size_t column : positions(table, columns))
      out.push_back(std::ranges::count_if(rows_of(*state_, table.name), [&](const MemoryRow& row) {
        return !row[column].is_null();
      }));
    return out;
  }

  void read_through(const Table& table, Depth) override { rows_of(*state_, table.name); }

  std::vector<Finding> integrity(const Schema&, Depth) override { return state_->findings; }

  Orphans orphans(const Table& table, const ForeignKey& key) override {
    Orphans found;
    for (const MemoryRow& row : orphans_of(*state_, table, key)) {
      ++found.count;
      if (found.samples.size() < Orphans::kSamples) found.samples.push_back(shown(row));
    }
    return found;
  }

  std::optional<std::int64_t> furthest(const Table& table, const std::string& column,
                                       const Sequence& sequence) override {
    std::optional<std::int64_t> best;
    for (const MemoryRow& row : rows_of(*state_, table.name)) {
      const MemoryCell& cell = row[position(table, column)];
      if (cell.kind != CellKind::integer) continue;
      const bool further =
          !best || (sequence.increment < 0 ? cell.integer < *best : cell.integer > *best);
      if (further) best = cell.integer;
    }
    return best;
  }

  std::unique_ptr<Snapshot> another_reader() override {
    return std::make_unique<MemorySnapshot>(state_, stop_);
  }

 private:
  State state_;
  const Stop& stop_;
};

// Works on a copy, which takes the store's place at commit().
class MemoryTransaction final : public Transaction {
 public:
  MemoryTransaction(MemoryStore& store, const Stop& stop)
      : store_(store),
        stop_(stop),
        before_(store.state()),
        state_(std::make_shared<MemoryState>(*before_)) {}

  std::unique_ptr<RowSink> insert(const Table& table,
                                  const std::vector<std::string>& columns) override;

  void advance(const Sequence& sequence, std::int64_t value) override {
    for (Sequence& known : state_->schema.sequences) {
      if (known.name != sequence.name || !known.next) continue;
      const bool up = known.increment > 0;
      if (up ? *known.next <= value : *known.next >= value) known.next = value + known.increment;
    }
  }

  void commit() override {
    if (unfinished_) throw Error(ErrorKind::failed, "not all rows were written");
    const std::vector<Error> broken = broken_rules(*before_, *state_);
    if (!broken.empty()) throw broken.front();
    store_.replace(state_);
  }

 private:
  MemoryStore& store_;
  const Stop& stop_;
  State before_;
  std::shared_ptr<MemoryState> state_;
  bool unfinished_ = false;
};

class MemorySink final : public RowSink {
 public:
  MemorySink(const Table& table, const std::vector<std::string>& columns,
             std::vector<MemoryRow>& rows, bool& unfinished, const Stop& stop)
      : table_(table),
        columns_(positions(table, columns)),
        rows_(rows),
        unfinished_(unfinished),
        stop_(stop) {
    unfinished_ = true;
  }

  void write(const Batch& batch) override {
    stop_.check();
    for (std::size_t at = 0; at < batch.rows(); ++at) {
      MemoryRow row(table_.columns.size(), MemoryCell(nullptr));
      for (std::size_t i = 0; i < columns_.size(); ++i)
        row[columns_[i]] = MemoryCell(batch.at(at, i));
      require_values(row);
      rows_.push_back(std::move(row));
    }
  }

  void finish() override { unfinished_ = false; }

 private:
  void require_values(const MemoryRow& row) const {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Column& column = table_.columns[i];
      if (row[i].kind == CellKind::null && !column.nullable) refuse(column, "NULL");
      if (row[i].kind == CellKind::text && column.type.family == Family::integer)
        refuse(column, row[i].text);
    }
  }

  [[noreturn]] void refuse(const Column& column, const std::string& value) const {
    throw Error(ErrorKind::conflict,
                fmt::format("{}.{} cannot hold {}", table_.name.name, column.name, value))
        .table(table_.name.name)
        .column(column.name);
  }

  Table table_;
  std::vector<std::size_t> columns_;
  std::vector<MemoryRow>& rows_;
  bool& unfinished_;
  const Stop& stop_;
};

std::unique_ptr<RowSink> MemoryTransaction::insert(const Table& table,
                                                   const std::vector<std::string>& columns) {
  return std::make_unique<MemorySink>(table, columns, state_->rows.at(table.name), unfinished_,
                                      stop_);
}

}  // namespace

void MemoryStore::add(Table table, std::vector<MemoryRow> rows) {
  change([&](MemoryState& state) {
    state.rows[table.name] = std::move(rows);
    if (state.schema.default_schema.empty()) state.schema.default_schema = table.name.schema;
    auto& tables = state.schema.tables;
    const auto after = std::find_if(tables.begin(), tables.end(),
                                    [&](const Table& other) { return other.name > table.name; });
    tables.insert(after, std::move(table));
  });
}

State MemoryStore::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void MemoryStore::replace(State state) {
  const std::lock_guard lock(mutex_);
  state_ = std::move(state);
}

MemoryDatabase::MemoryDatabase(MemoryStore& store)
    : MemoryDatabase(store, []() -> const Stop& {
        static const Stop kNever;
        return kNever;
      }()) {}

const Capabilities& MemoryDatabase::capabilities() const {
  static constexpr Capabilities kCapabilities{
      .schemas = true, .sequences = true, .parallel_readers = true};
  return kCapabilities;
}

DatabaseInfo MemoryDatabase::info() {
  DatabaseInfo info;
  info.engine = "memory";
  info.server_version = "1";
  info.name = "memory";
  info.location = "memory";
  return info;
}

std::unique_ptr<Snapshot> MemoryDatabase::snapshot() {
  stop_.check();
  return std::make_unique<MemorySnapshot>(store_.state(), stop_);
}

std::unique_ptr<Transaction> MemoryDatabase::begin() {
  stop_.check();
  return std::make_unique<MemoryTransaction>(store_, stop_);
}

std::unique_ptr<Import> MemoryDatabase::begin_import() {
  stop_.check();
  return std::make_unique<MemoryImport>(store_, stop_);
}

}  // namespace dbkeeper::testing
