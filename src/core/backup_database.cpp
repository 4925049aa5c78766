#include "dbkeeper/core/backup_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/archive_parts.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/engines/backup_reading.h"

namespace dbkeeper {
namespace {

constexpr std::string_view kNoServer =
    "restore the backup into a new database (dbkeeper restore FILE --to URL) and ask that one";

[[noreturn]] void refuse(const BackupArchive& archive, std::string_view what) {
  throw Error(ErrorKind::failed, fmt::format("'{}' is a backup: {}", archive.path().string(), what))
      .hint(std::string(kNoServer));
}

// Down from a table to what of its partitions holds rows; `depth`: how far it has come.
void add_leaves(const Schema& schema, const Table& table, std::size_t depth,
                std::vector<const Table*>& leaves) {
  if (table.kind != TableKind::partitioned) return leaves.push_back(&table);
  if (depth > schema.tables.size())
    throw Error(ErrorKind::input, fmt::format("the backup's table '{}' is a partition of itself",
                                              schema.display(table)));
  for (const Table& other : schema.tables)
    if (other.partition_of == table.name) add_leaves(schema, other, depth + 1, leaves);
}

std::vector<const Table*> leaves_of(const Schema& schema, const Table& table) {
  std::vector<const Table*> leaves;
  add_leaves(schema, table, 0, leaves);
  return leaves;
}

// Where the rows of a table stand in the archive.
struct Stored {
  const BackupTable* table;
  std::vector<const BackupMember*> members;
};

// An archive whose rows stand in pieces. Threads: any, once it is made.
class Contents {
 public:
  explicit Contents(const BackupArchive& archive)
      : archive_(archive), schema_(archive.description().schema) {
    std::map<std::size_t, Stored*> of_stream;
    for (const BackupTable& table : archive.description().tables)
      if (table.stream) of_stream[*table.stream] = &(tables_[table.name] = {&table, {}});
    for (const BackupMember& member : archive.members())
      if (member.stream)
        if (const auto at = of_stream.find(*member.stream); at != of_stream.end())
          at->second->members.push_back(&member);
    set_rows(schema_, archive.description());
    for (Table& table : schema_.tables)
      if (table.kind != TableKind::partitioned && !tables_.contains(table.name))
        table.not_exportable = "its rows aren't in the backup";
  }

  const BackupArchive& archive() const { return archive_; }
  const Schema& schema() const { return schema_; }
  // Null if the backup has no rows of it.
  const Stored* find(const TableName& name) const {
    const auto at = tables_.find(name);
    return at == tables_.end() ? nullptr : &at->second;
  }

 private:
  const BackupArchive& archive_;
  Schema schema_;
  std::map<TableName, Stored> tables_;
};

// The rows of some of a table's members, one in memory at a time.
class MemberRows final : public RowSource {
 public:
  MemberRows(const Contents& contents, const Stored* stored, std::uint64_t begin, std::uint64_t end,
             std::vector<std::string> columns)
      : contents_(contents),
        stored_(stored),
        at_(begin),
        end_(end),
        columns_(std::move(columns)),
        reader_(contents.archive()) {}

  bool next(Batch& batch) override {
    while (true) {
      if (rows_ && rows_->next(batch)) return true;
      rows_.reset();
      if (at_ == end_) break;
      open_next();
    }
    batch.clear();
    return false;
  }

 private:
  void open_next() {
    reader_.read({*stored_->table->stream, {stored_->members[at_++]}},
                 [&](std::string_view piece) { piece_.assign(piece); });
    rows_ = rows_in_piece(contents_.archive().description(), *stored_->table, columns_, piece_);
  }

  const Contents& contents_;
  const Stored* const stored_;
  std::uint64_t at_;
  const std::uint64_t end_;
  const std::vector<std::string> columns_;
  PartReader reader_;
  std::string piece_;
  std::unique_ptr<RowSource> rows_;
};

class BackupSnapshot final : public Snapshot {
 public:
  BackupSnapshot(const Contents& contents, const Stop& stop) : contents_(contents), stop_(stop) {}

  Schema schema() override { return contents_.schema(); }

  std::unique_ptr<RowSource> rows(const Table& table,
                                  const std::vector<std::string>& columns) override {
    const Stored* stored = contents_.find(table.name);
    return members(stored, 0, stored ? stored->members.size() : 0, columns);
  }

  void hold(const std::vector<const Table*>&) override {}

  void check_condition(const Table&, const std::string&) override { refuse_conditions(); }

  // A part is a member; of a table without rows one that is empty.
  std::vector<Part> parts(const Selection& selection, std::size_t set, std::int64_t) override {
    const RowSet& rows = selection.sets[set];
    if (rows.base == RowSet::Base::condition) refuse_conditions();
    std::vector<Part> parts;
    for (const Table* leaf : leaves_of(contents_.schema(), *rows.table))
      if (const Stored* stored = contents_.find(leaf->name))
        for (std::size_t i = 0; i < stored->members.size(); ++i)
          parts.push_back({leaf->name, i, i + 1});
    if (parts.empty()) parts.push_back({rows.table->name});
    return parts;
  }

  std::unique_ptr<RowSource> rows(const Selection&, std::size_t, const Part& part,
                                  const std::vector<std::string>& columns) override {
    return members(contents_.find(part.table), part.begin, part.end, columns);
  }

  std::int64_t count(const Table& table) override {
    const Table* known = contents_.schema().find(table.name);
    return known ? std::max<std::int64_t>(known->estimated_rows, 0) : 0;
  }

  // What can't be read was found when it was verified.
  void read_through(const Table&, Depth) override {}
  std::vector<Finding> integrity(const Schema&, Depth) override { return {}; }

  Orphans orphans(const Table&, const ForeignKey&) override {
    refuse(contents_.archive(), "whether its rows refer to rows that aren't there is not told");
  }
  std::optional<std::int64_t> furthest(const Table&, const std::string&, const Sequence&) override {
    refuse(contents_.archive(), "the highest value of a column is not told");
  }

  std::unique_ptr<Snapshot> another_reader() override {
    return std::make_unique<BackupSnapshot>(contents_, stop_);
  }

 private:
  std::unique_ptr<RowSource> members(const Stored* stored, std::uint64_t begin, std::uint64_t end,
                                     const std::vector<std::string>& columns) const {
    stop_.check();
    return std::make_unique<MemberRows>(contents_, stored, begin, end, columns);
  }

  [[noreturn]] void refuse_conditions() const {
    refuse(contents_.archive(), "there is no server that could evaluate a condition");
  }

  const Contents& contents_;
  const Stop& stop_;
};

class BackupDatabase final : public Database {
 public:
  BackupDatabase(const BackupArchive& archive, DatabaseInfo info, const OpenOptions& options)
      : contents_(archive), info_(std::move(info)), options_(options) {}

  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{
        .schemas = true, .parallel_readers = true, .whole_schema = false};
    return kCapabilities;
  }
  DatabaseInfo info() override { return info_; }
  std::unique_ptr<Snapshot> snapshot() override {
    return std::make_unique<BackupSnapshot>(contents_, *options_.stop);
  }
  std::unique_ptr<Transaction> begin() override {
    refuse(contents_.archive(), "it is never written to");
  }
  std::unique_ptr<Import> begin_import() override {
    refuse(contents_.archive(), "it is never written to");
  }

 private:
  const Contents contents_;
  const DatabaseInfo info_;
  const OpenOptions options_;
};

DatabaseInfo info_of(const BackupArchive& archive) {
  const BackupDescription& description = archive.description();
  DatabaseInfo info;
  info.engine = description.engine;
  info.server_version = description.server_version;
  info.name = description.database;
  info.location = archive.path().string();
  info.bytes = static_cast<std::int64_t>(archive.bytes());
  info.source_id = description.source_id;
  info.as_of = description.time;
  return info;
}

// The stream that is the database itself; none where tables have streams of their own.
std::optional<std::size_t> image_in(const BackupDescription& description) {
  for (std::size_t i = 0; i < description.streams.size(); ++i)
    if (description.streams[i].format == StreamFormat::database_image) return i;
  return std::nullopt;
}

std::unique_ptr<Database> unpack(const BackupArchive& archive, std::size_t stream,
                                 const OpenOptions& options) {
  const auto bytes = [&](const std::function<void(std::string_view)>& take) {
    PartReader reader(archive);
    for (const ArchivePart& part : parts_of(archive))
      if (part.stream == stream) reader.read(part, take);
  };
  return open_image(archive.description(), info_of(archive), bytes, options);
}

}  // namespace

std::unique_ptr<Database> open_backup(const BackupArchive& archive, const OpenOptions& options) {
  if (const auto image = image_in(archive.description())) return unpack(archive, *image, options);
  return std::make_unique<BackupDatabase>(archive, info_of(archive), options);
}

void set_rows(Schema& schema, const BackupDescription& description) {
  std::map<TableName, std::uint64_t> stored;
  for (const BackupTable& table : description.tables) stored[table.name] = table.total.rows;
  for (Table& table : schema.tables) {
    std::int64_t rows = 0;
    bool known = table.kind == TableKind::partitioned;
    for (const Table* leaf : leaves_of(schema, table))
      if (const auto at = stored.find(leaf->name); at != stored.end()) {
        rows += static_cast<std::int64_t>(at->second);
        known = true;
      }
    if (!known) continue;
    table.estimated_rows = rows;
    table.rows_exact = true;
  }
}

}  // namespace dbkeeper
