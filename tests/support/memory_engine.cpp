#include "support/memory_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "dbkeeper/base/text.h"

namespace dbkeeper::testing {
namespace {

using State = std::shared_ptr<const MemoryState>;

std::size_t position(const Table& table, const std::string& column) {
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    if (table.columns[i].name == column) return i;
  throw Error(ErrorKind::failed, fmt::format("'{}' has no column '{}'", table.name.name, column));
}

std::vector<std::size_t> positions(const Table& table, const std::vector<std::string>& columns) {
  std::vector<std::size_t> out;
  for (const std::string& column : columns) out.push_back(position(table, column));
  return out;
}

// A row's values in some columns; nothing if one of them is NULL, which equals nothing.
std::optional<MemoryRow> part_of(const MemoryRow& row, const std::vector<std::size_t>& columns) {
  MemoryRow part;
  for (const std::size_t column : columns) {
    if (row[column].kind == CellKind::null) return std::nullopt;
    part.push_back(row[column]);
  }
  return part;
}

std::string shown(const MemoryRow& row) {
  std::vector<std::string> values;
  for (const MemoryCell& cell : row)
    values.push_back(cell.kind == CellKind::integer || cell.kind == CellKind::boolean
                         ? std::to_string(cell.integer)
                     : cell.kind == CellKind::real ? fmt::format("{}", cell.real)
                                                   : cell.text);
  return values.size() == 1 ? values.front() : fmt::format("({})", join(values, ", "));
}

const std::vector<MemoryRow>& rows_of(const MemoryState& state, const TableName& name) {
  const auto at = state.rows.find(name);
  if (at == state.rows.end())
    throw Error(ErrorKind::failed, fmt::format("there is no table '{}'", name.name));
  if (state.unreadable.contains(name))
    throw Error(ErrorKind::failed, fmt::format("'{}' is damaged", name.name));
  return at->second;
}

// The keys of all rows whose parent isn't there.
std::vector<MemoryRow> orphans_of(const MemoryState& state, const Table& table,
                                  const ForeignKey& key) {
  const Table* parent = state.schema.find(key.references);
  std::set<MemoryRow> parents;
  if (parent)
    for (const MemoryRow& row : rows_of(state, parent->name))
      if (const auto part = part_of(row, positions(*parent, key.to))) parents.insert(*part);
  std::vector<MemoryRow> orphans;
  for (const MemoryRow& row : rows_of(state, table.name))
    if (const auto part = part_of(row, positions(table, key.columns));
        part && !parents.contains(*part))
      orphans.push_back(*part);
  return orphans;
}

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
    for (const Table& table : state_->schema.tables) {
      if (table.primary_key) require_unique(table, *table.primary_key);
      for (const Key& key : table.unique) require_unique(table, key);
      for (const ForeignKey& key : table.foreign_keys) require_parents(table, key);
    }
    store_.replace(state_);
  }

 private:
  void require_unique(const Table& table, const Key& key) const {
    if (key.has_expression() || !key.predicate.empty()) return;
    std::set<MemoryRow> seen;
    for (const MemoryRow& row : state_->rows.at(table.name)) {
      const auto part = part_of(row, positions(table, key.columns()));
      if (part && !seen.insert(*part).second)
        throw Error(ErrorKind::conflict,
                    fmt::format("'{}' has two rows with {} {}", table.name.name,
                                join(key.columns(), ", "), shown(*part)))
            .table(table.name.name)
            .column(join(key.columns(), ", "));
    }
  }

  void require_parents(const Table& table, const ForeignKey& key) const {
    if (!key.broken.empty()) return;
    const std::vector<MemoryRow> orphans = orphans_of(*state_, table, key);
    // Those that were there before are not this change's fault, and stand first.
    const std::size_t before = orphans_of(*before_, table, key).size();
    if (orphans.size() <= before) return;
    throw Error(ErrorKind::conflict,
                fmt::format("a row of '{}' refers by {} {} to a row that '{}' doesn't have",
                            table.name.name, join(key.columns, ", "), shown(orphans[before]),
                            key.references.name))
        .table(table.name.name)
        .column(join(key.columns, ", "));
  }

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

void MemoryCell::add_to(Batch& batch) const {
  switch (kind) {
    case CellKind::null:
      return batch.add_null();
    case CellKind::boolean:
      return batch.add_boolean(integer != 0);
    case CellKind::integer:
      return batch.add_integer(integer);
    case CellKind::real:
      return batch.add_real(real);
    case CellKind::single:
      return batch.add_single(static_cast<float>(real));
    default:
      return batch.add(kind, text);
  }
}

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

}  // namespace dbkeeper::testing
