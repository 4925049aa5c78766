#include "dbkeeper/core/export.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <thread>

#include "core/in_order.h"
#include "dbkeeper/base/threads.h"
#include "dbkeeper/base/utc.h"
#include "dbkeeper/core/history.h"

namespace dbkeeper {
namespace {

// A part is about this large in the database, its text perhaps twice that: what a reader that runs
// ahead may keep until its turn.
constexpr std::int64_t kPartBytes = 4 << 20;
constexpr std::size_t kRoomPerReader = 8 << 20;
// Text is handed on when it has grown to this.
constexpr std::size_t kPiece = 256 << 10;

// A part of an entry of the plan.
struct Unit {
  std::size_t entry;
  Part part;
  bool first;  // of its entry
  bool last;
};

std::vector<Unit> units_of(Snapshot& snapshot, const ExportPlan& plan) {
  std::vector<Unit> units;
  for (std::size_t entry = 0; entry < plan.entries.size(); ++entry) {
    const auto parts = snapshot.parts(plan.selection, plan.entries[entry].set, kPartBytes);
    for (std::size_t i = 0; i < parts.size(); ++i)
      units.push_back({entry, parts[i], i == 0, i + 1 == parts.size()});
  }
  return units;
}

// The document's frame around what comes in order.
class Document {
 public:
  Document(export_json::Output output, const export_json::Metadata& metadata, const Schema& schema,
           const ExportPlan& plan, const std::vector<Unit>& units)
      : schema_(schema),
        plan_(plan),
        units_(units),
        output_(std::move(output)),
        writer_([this](std::string_view text) { put(text); }, metadata, schema, plan.tables()) {}

  void begin(std::size_t unit) {
    const ExportPlan::Entry& entry = plan_.entries[units_[unit].entry];
    if (!units_[unit].first) return;
    enter(entry.section);
    writer_.begin_table(*entry.table);
    total_ = {};
  }

  void write(std::string_view rows) { writer_.rows(rows); }

  void end(std::size_t unit, const RowTotal& total) {
    total_ += total;
    if (!units_[unit].last) return;
    const ExportPlan::Entry& entry = plan_.entries[units_[unit].entry];
    writer_.end_table(total_);
    report_.tables.push_back({entry.section, schema_.display(*entry.table), total_});
  }

  ExportReport finish() {
    enter(Section::relationships);
    writer_.finish();
    return std::move(report_);
  }

 private:
  // Sections without tables are there all the same.
  void enter(Section section) {
    for (; entered_ <= static_cast<int>(section); ++entered_)
      writer_.begin_section(static_cast<Section>(entered_));
  }

  void put(std::string_view text) {
    report_.bytes += text.size();
    output_(text);
  }

  const Schema& schema_;
  const ExportPlan& plan_;
  const std::vector<Unit>& units_;
  const export_json::Output output_;
  ExportReport report_;
  ExportWriter writer_;
  RowTotal total_;
  int entered_ = 0;
};

// What has been read so far, by all readers together.
class Meter {
 public:
  Meter(Reporter& reporter, std::uint64_t total_rows)
      : reporter_(reporter), progress_{.activity = "export", .total_rows = total_rows} {}

  void add(std::string_view table, std::uint64_t rows, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    progress_.table = table;
    progress_.rows += rows;
    progress_.bytes += bytes;
    reporter_.progress(progress_);
  }

 private:
  Reporter& reporter_;
  std::mutex mutex_;
  Progress progress_;
};

// Reads units, encodes them and hands the text on, until none is left.
class Worker {
 public:
  Worker(Snapshot& snapshot, const ExportPlan& plan, const std::vector<Unit>& units,
         InOrder& in_order, Meter& meter, const Stop& stop)
      : snapshot_(snapshot),
        plan_(plan),
        units_(units),
        in_order_(in_order),
        meter_(meter),
        stop_(stop) {}

  void run() noexcept {
    try {
      while (const auto unit = in_order_.take())
        if (!carry_out(*unit)) return;
    } catch (...) {
      in_order_.fail(std::current_exception());
    }
  }

 private:
  bool carry_out(std::size_t number) {
    const Unit& unit = units_[number];
    const ExportPlan::Entry& entry = plan_.entries[unit.entry];
    RowEncoder encoder(*entry.table, entry.columns);
    Batch batch(entry.columns.size());
    const auto source = snapshot_.rows(plan_.selection, entry.set, unit.part, entry.columns);
    while (source->next(batch)) {
      stop_.check();
      const std::size_t before = text_.size();
      encoder.append(batch, text_);
      meter_.add(entry.table->name.name, batch.rows(), text_.size() - before);
      if (text_.size() >= kPiece && !in_order_.add(number, text_)) return false;
    }
    if (!text_.empty() && !in_order_.add(number, text_)) return false;
    return in_order_.finish(number, {encoder.rows(), encoder.sum()});
  }

  Snapshot& snapshot_;
  const ExportPlan& plan_;
  const std::vector<Unit>& units_;
  InOrder& in_order_;
  Meter& meter_;
  const Stop& stop_;
  Buffer text_;
};

// How many readers there is work for. One, where rows are chosen by a condition: what it depends on
// beside the data, the beginning of the transaction say, differs from reader to reader.
std::size_t readers_for(const ExportPlan& plan, std::size_t units, int allowed) {
  const auto& sets = plan.selection.sets;
  const bool conditional = std::any_of(sets.begin(), sets.end(), [](const RowSet& set) {
    return set.base == RowSet::Base::condition;
  });
  return conditional ? 1 : std::clamp<std::size_t>(units, 1, static_cast<std::size_t>(allowed));
}

// The given snapshot and as many more of its moment as there is work for.
class Readers {
 public:
  Readers(Snapshot& first, const ExportPlan& plan, std::size_t count) : all_{&first} {
    while (all_.size() < count) {
      auto reader = first.another_reader();
      if (!reader) break;
      more_.push_back(std::move(reader));
      more_.back()->hold(plan.tables());
      all_.push_back(more_.back().get());
    }
  }

  const std::vector<Snapshot*>& snapshots() const { return all_; }

 private:
  std::vector<std::unique_ptr<Snapshot>> more_;
  std::vector<Snapshot*> all_;
};

}  // namespace

std::uint64_t expected_rows(const ExportPlan& plan) {
  std::uint64_t rows = 0;
  for (const ExportPlan::Entry& entry : plan.entries) {
    const RowSet& set = plan.selection.sets[entry.set];
    if (set.base == RowSet::Base::all && set.table->estimated_rows > 0)
      rows += static_cast<std::uint64_t>(set.table->estimated_rows);
  }
  return rows;
}

std::chrono::system_clock::time_point moment_of(const DatabaseInfo& info) {
  return parse_rfc3339(info.as_of).value_or(std::chrono::system_clock::now());
}

export_json::Metadata describe_moment(std::chrono::system_clock::time_point moment,
                                      const DatabaseInfo& info, Snapshot& snapshot,
                                      const Schema& schema, const ExportPlan& plan) {
  export_json::Metadata metadata;
  metadata.timestamp = rfc3339(moment);
  metadata.database = info.name;
  metadata.engine = info.engine;
  metadata.server_version = info.server_version;
  metadata.dbkeeper_version = DBKEEPER_VERSION;
  if (const auto state = schema_version(snapshot, schema))
    metadata.schema_version = {state->tool, state->version};
  metadata.source_id = info.source_id;
  metadata.options = plan.options;
  return metadata;
}

ExportReport write_export(Snapshot& snapshot, const Schema& schema, const ExportPlan& plan,
                          const export_json::Metadata& metadata, export_json::Output output,
                          int readers, Reporter& reporter, const Stop& stop) {
  snapshot.hold(plan.tables());
  const std::vector<Unit> units = units_of(snapshot, plan);
  const Readers all(snapshot, plan, readers_for(plan, units.size(), readers));
  Document document(std::move(output), metadata, schema, plan, units);
  InOrder in_order(units.size(), kRoomPerReader * all.snapshots().size(),
                   {[&](std::size_t unit) { document.begin(unit); },
                    [&](std::string_view text) { document.write(text); },
                    [&](std::size_t unit, const RowTotal& total) { document.end(unit, total); }});
  Meter meter(reporter, expected_rows(plan));
  {
    std::vector<std::jthread> threads;
    for (Snapshot* reader : all.snapshots())
      if (reader != &snapshot)
        add_thread(threads,
                   [&, reader] { Worker(*reader, plan, units, in_order, meter, stop).run(); });
    Worker(snapshot, plan, units, in_order, meter, stop).run();
  }
  in_order.rethrow_failure();
  return document.finish();
}

}  // namespace dbkeeper
