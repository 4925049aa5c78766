#include "dbkeeper/core/sameness.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "core/archive_parts.h"
#include "core/backup_meter.h"
#include "core/crew.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/engines/structure.h"

namespace dbkeeper {
namespace {

// Totals of the tables, and, of streams that are no table's, by their folder, of their pieces.
struct Totals {
  std::map<TableName, RowTotal> tables;
  std::map<std::string, RowTotal> others;
};

std::set<std::size_t> streams_of_tables(const BackupDescription& description) {
  std::set<std::size_t> out;
  for (const BackupTable& table : description.tables)
    if (table.stream) out.insert(*table.stream);
  return out;
}

// Streams of which nobody else adds anything up: large objects.
std::set<std::size_t> other_streams(const BackupDescription& description) {
  const std::set<std::size_t> tables = streams_of_tables(description);
  std::set<std::size_t> out;
  for (std::size_t i = 0; i < description.streams.size(); ++i)
    if (!tables.contains(i) && description.streams[i].format != StreamFormat::database_image)
      out.insert(i);
  return out;
}

Totals totals_of(const BackupArchive& backup) {
  const BackupDescription& description = backup.description();
  Totals out;
  for (const BackupTable& table : description.tables) out.tables[table.name] = table.total;
  const std::set<std::size_t> others = other_streams(description);
  PartReader reader(backup);
  for (const ArchivePart& part : parts_of(backup)) {
    if (!others.contains(part.stream)) continue;
    RowTotal& total = out.others[description.streams[part.stream].folder];
    reader.read(part, [&](std::string_view piece) { total += {1, digest_of(piece)}; });
  }
  return out;
}

std::uint64_t bytes_of(const std::vector<BackupUnit>& units) {
  std::uint64_t bytes = 0;
  for (const BackupUnit& unit : units)
    if (unit.bytes > 0) bytes += static_cast<std::uint64_t>(unit.bytes);
  return bytes;
}

// Reads all of a database, and keeps nothing of it but sums.
class Reading {
 public:
  Reading(BackupSource& source, Reporter& reporter, const Stop& stop)
      : source_(source),
        others_(other_streams(source.description())),
        meter_(reporter, "compare", source.description(), 0, bytes_of(source.units())),
        crew_(source.units().size(), stop) {
    for (const BackupTable& table : source.description().tables) totals_.tables[table.name];
  }

  Totals run(int jobs) {
    const std::size_t most =
        std::min(source_.units().size(), static_cast<std::size_t>(std::max(jobs, 1)));
    std::vector<std::unique_ptr<BackupReader>> readers;
    std::vector<std::function<void()>> works;
    while (readers.size() < most) {
      auto another = source_.reader();
      if (!another) break;
      BackupReader& reader = *readers.emplace_back(std::move(another));
      works.push_back([this, &reader] { work(reader); });
    }
    crew_.run(works);
    return std::move(totals_);
  }

 private:
  void work(BackupReader& reader) {
    while (const auto unit = crew_.take()) read(reader, *unit);
  }

  void read(BackupReader& reader, std::size_t unit) {
    const std::size_t stream = source_.units()[unit].stream;
    const bool other = others_.contains(stream);
    RowTotal pieces;
    const std::vector<UnitRows> rows = reader.read(unit, [&](std::string_view piece) {
      crew_.check();
      if (other) pieces += {1, digest_of(piece)};
      meter_.add(stream, piece.size());
    });
    const std::lock_guard lock(mutex_);
    for (const UnitRows& table : rows)
      totals_.tables[source_.description().tables[table.table].name] += table.total;
    if (other) totals_.others[source_.description().streams[stream].folder] += pieces;
  }

  BackupSource& source_;
  const std::set<std::size_t> others_;
  BackupMeter meter_;
  Crew crew_;
  std::mutex mutex_;
  Totals totals_;
};

const BackupTable* find(const BackupDescription& description, const TableName& name) {
  const auto at =
      std::ranges::find(description.tables, name,
                        [](const BackupTable& table) -> const TableName& { return table.name; });
  return at == description.tables.end() ? nullptr : &*at;
}

// Tables and their columns, without which rows can't be compared.
std::vector<std::string> table_changes(const BackupDescription& before,
                                       const BackupDescription& now) {
  std::vector<std::string> out;
  for (const BackupTable& table : before.tables) {
    const std::string name = before.schema.display(table.name);
    const BackupTable* other = find(now, table.name);
    if (!other)
      out.push_back(fmt::format("the table {} is gone", name));
    else if (other->columns != table.columns)
      out.push_back(fmt::format("{} has other columns than before", name));
  }
  for (const BackupTable& table : now.tables)
    if (!find(before, table.name))
      out.push_back(fmt::format("the table {} is new", now.schema.display(table.name)));
  return out;
}

TableName root_of(const Schema& schema, TableName name) {
  for (const Table* table = schema.find(name); table && table->partition_of;
       table = schema.find(name))
    name = *table->partition_of;
  return name;
}

// All partitions of a table as one: which of them a row lies in may be another in another database.
std::map<TableName, RowTotal> totals_of_roots(const Schema& schema,
                                              const std::map<TableName, RowTotal>& tables) {
  std::map<TableName, RowTotal> out;
  for (const auto& [name, total] : tables) out[root_of(schema, name)] += total;
  return out;
}

std::vector<std::string> row_changes(const BackupDescription& before, const BackupDescription& now,
                                     const Totals& then, const Totals& found) {
  std::vector<std::string> out;
  const auto roots_then = totals_of_roots(before.schema, then.tables);
  const auto roots_found = totals_of_roots(now.schema, found.tables);
  for (const BackupTable& table : before.tables) {
    const BackupTable* other = find(now, table.name);
    if (!other || other->columns != table.columns) continue;  // told already
    const RowTotal& a = then.tables.at(table.name);
    const RowTotal& b = found.tables.at(table.name);
    const TableName root = root_of(before.schema, table.name);
    const auto of_root = roots_found.find(root);
    if (of_root != roots_found.end() && of_root->second == roots_then.at(root)) continue;
    const std::string name = before.schema.display(table.name);
    if (a.rows != b.rows)
      out.push_back(fmt::format("{} has {}, and had {}", name,
                                plural(static_cast<std::int64_t>(b.rows), "row"),
                                human_count(static_cast<std::int64_t>(a.rows))));
    else if (!(a == b))
      out.push_back(fmt::format("{} has other values than before", name));
  }
  if (then.others != found.others) out.emplace_back("large objects have changed");
  return out;
}

bool same_columns(const Table& a, const Table& b) {
  return std::ranges::equal(a.columns, b.columns, [](const Column& x, const Column& y) {
    return x.name == y.name && x.type.name == y.type.name && x.nullable == y.nullable;
  });
}

// Tables and columns alone, by the catalog: most migrations show there, long before anything else
// is known.
std::vector<std::string> catalog_changes(const Schema& before, const Schema& now) {
  std::vector<std::string> out;
  for (const Table& table : before.tables) {
    const Table* other = now.find(table.name);
    if (!other || !same_columns(table, *other))
      out.push_back(
          fmt::format("the table {} {}", before.display(table), other ? "has changed" : "is gone"));
  }
  for (const Table& table : now.tables)
    if (!before.find(table.name))
      out.push_back(fmt::format("the table {} is new", now.display(table)));
  return out;
}

// Rows are summed up as they stand in the backup: as text, if that has no other.
bool is_portable(const BackupDescription& description) {
  return std::ranges::none_of(description.streams, [](const BackupStream& stream) {
    return stream.format == StreamFormat::copy_binary;
  });
}

class Changes {
 public:
  explicit Changes(std::size_t enough) : enough_(std::max<std::size_t>(enough, 1)) {}

  // What is told twice is told once.
  void add(const std::vector<std::string>& changes) {
    for (const std::string& change : changes)
      if (!are_enough() && std::ranges::find(changes_, change) == changes_.end())
        changes_.push_back(change);
  }
  bool are_enough() const { return changes_.size() >= enough_; }
  std::vector<std::string> take() { return std::move(changes_); }

 private:
  const std::size_t enough_;
  std::vector<std::string> changes_;
};

}  // namespace

std::vector<std::string> changes_since(const BackupArchive& backup, Database& database,
                                       const SamenessOptions& options, Reporter& reporter,
                                       const Stop& stop) {
  const BackupDescription& before = backup.description();
  Changes changes(options.enough);
  if (options.structure) changes.add(catalog_changes(before.schema, database.snapshot()->schema()));
  if (changes.are_enough()) return changes.take();

  const auto source = database.begin_backup({.portable = is_portable(before), .allow_empty = true});
  const BackupDescription& now = source->description();
  changes.add(options.structure ? structure_changes({before, backup.files()},
                                                    {now, source->files()}, options.enough)
                                : table_changes(before, now));
  if (changes.are_enough()) return changes.take();

  const Totals found = Reading(*source, reporter, stop).run(options.jobs);
  stop.check();
  source->finish();
  changes.add(row_changes(before, now, totals_of(backup), found));
  return changes.take();
}

std::vector<std::string> changed_tables(const BackupArchive& backup, Database& database, int jobs,
                                        Reporter& reporter, const Stop& stop) {
  const BackupDescription& before = backup.description();
  const auto source = database.begin_backup({.portable = is_portable(before), .allow_empty = true});
  const BackupDescription now = source->description();
  const Totals found = Reading(*source, reporter, stop).run(jobs);
  stop.check();
  source->finish();
  std::map<TableName, RowTotal> then;
  for (const BackupTable& table : before.tables) then[table.name] = table.total;
  const auto roots_then = totals_of_roots(before.schema, then);
  const auto roots_found = totals_of_roots(now.schema, found.tables);
  std::set<TableName> changed;
  for (const BackupTable& table : before.tables) {
    const BackupTable* other = find(now, table.name);
    const TableName root = root_of(before.schema, table.name);
    const auto total = roots_found.find(root);
    if (total == roots_found.end()) continue;
    if (!other || other->columns != table.columns || !(total->second == roots_then.at(root)))
      changed.insert(root);
  }
  std::vector<std::string> out;
  for (const TableName& name : changed) out.push_back(before.schema.display(name));
  return out;
}

}  // namespace dbkeeper
