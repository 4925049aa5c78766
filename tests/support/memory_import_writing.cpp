#include "support/memory_import_writing.h"

#include <fmt/format.h>

#include <algorithm>

namespace dbkeeper::testing::model {
namespace {

std::optional<MemoryRow> primary_key_of(const TableRows& table, const MemoryRow& row) {
  return key_of(*table.table, *table.table->primary_key, row);
}

// The highest number that table, file and sequence have given out.
std::int64_t highest_number(const Work& work, const TableRows& table, const Column& column) {
  const std::size_t at = position(*table.table, column.name);
  std::int64_t highest = 0;
  if (!table.emptied)
    for (const MemoryRow& row : table.target) highest = std::max(highest, row[at].integer);
  for (const FileRow& row : table.rows) highest = std::max(highest, row.values[at].integer);
  for (const Sequence& sequence : work.before.schema.sequences)
    for (const Sequence::Use& use : sequence.uses)
      if (use.table == table.table->name && use.column == column.name && sequence.next)
        highest = std::max(highest, *sequence.next - sequence.increment);
  return highest;
}

bool is_taken(const Work& work, const FileRow& row) {
  const TableRows& table = work.of(row);
  if (table.emptied || !table.has_key(row.kind)) return false;
  // Nobody in the target refers to a row that isn't there yet.
  if (ProbeKeys(work).leads_to_unknown(row, *table.table->primary_key)) return false;
  const auto key = primary_key_of(table, Links(work).identity_row(row));
  return key && std::any_of(table.target.begin(), table.target.end(), [&](const MemoryRow& other) {
           return primary_key_of(table, other) == key;
         });
}

bool can_be_renumbered(const Work& work, const FileRow& row) {
  const Column* column = work.of(row).numbered();
  return column && column->type.family == Family::integer &&
         Links(work).of_column(row, column->name).empty();
}

bool is_inserted(const Work& work, const FileRow& row) { return work.is_new(row) && !row.dropped; }

// Carries an import out, table by table.
class Writer {
 public:
  explicit Writer(const Work& work) : work_(work), values_(work) {
    out_.state = work.before;
    out_.places.resize(work.tables.size());
    out_.counts.resize(work.tables.size());
  }

  Written run() {
    remember_places();
    empty_tables();
    for (std::size_t i = 0; i < work_.tables.size(); ++i) {
      for (const FileRow& row : work_.tables[i].rows) update(i, row);
      insert_rows(i);
      count(i);
    }
    keep_map();
    return std::move(out_);
  }

 private:
  std::vector<MemoryRow>& rows_now(std::size_t table) {
    return out_.state.rows.at(work_.tables[table].table->name);
  }

  void remember_places() {
    for (std::size_t i = 0; i < work_.tables.size(); ++i)
      for (const FileRow& row : work_.tables[i].rows)
        if (row.found) out_.places[i][&row] = *row.found;
  }

  void empty_tables() {
    for (const auto& group : work_.plan.emptied)
      for (const Table* table : group) {
        out_.state.rows.at(table->name).clear();
        const std::string name = work_.before.schema.display(*table);
        std::erase_if(out_.state.kept, [&](const auto& entry) { return entry.first[1] == name; });
      }
  }

  void update(std::size_t table, const FileRow& row) {
    if (!row.found || !work_.is_written(row)) return;
    const MemoryRow now = values_.row(row);
    MemoryRow& stored = rows_now(table)[*row.found];
    const MemoryRow& before = work_.tables[table].target[*row.found];
    ++(now == before ? out_.counts[table].unchanged : out_.counts[table].updated);
    note_taken_over(table, now, *row.found);
    note_references_to(table, before, now);
    stored = now;
  }

  void insert_rows(std::size_t table) {
    const TableRows& rows = work_.tables[table];
    const Column* numbered = rows.numbered();
    std::int64_t next = numbered ? highest_number(work_, rows, *numbered) : 0;
    for (const FileRow& row : rows.rows)
      if (row.new_number) next = std::max(next, *row.new_number);
    for (const FileRow& row : rows.rows) {
      if (!is_inserted(work_, row)) continue;
      MemoryRow now = values_.row(row);
      if (numbered && !rows.carries(row.kind, numbered->name))
        now[position(*rows.table, numbered->name)] = ++next;
      note_taken_over(table, now, std::nullopt);
      out_.places[table][&row] = rows_now(table).size();
      rows_now(table).push_back(std::move(now));
      ++out_.counts[table].inserted;
    }
    if (numbered && out_.counts[table].inserted > 0) advance(rows, *numbered);
  }

  void advance(const TableRows& table, const Column& column) {
    const std::size_t at = position(*table.table, column.name);
    std::int64_t highest = 0;
    for (const MemoryRow& row : out_.state.rows.at(table.table->name))
      highest = std::max(highest, row[at].integer);
    for (Sequence& sequence : out_.state.schema.sequences)
      for (const Sequence::Use& use : sequence.uses)
        if (use.table == table.table->name && use.column == column.name && sequence.next)
          sequence.next = std::max(*sequence.next, highest + sequence.increment);
  }

  // Whether another row of the target had the row's keys before.
  void note_taken_over(std::size_t table, const MemoryRow& now,
                       std::optional<std::size_t> its_own) {
    const TableRows& rows = work_.tables[table];
    if (rows.emptied) return;
    for (const Key& key : rows.table->unique) {
      const auto value = key_of(*rows.table, key, now);
      for (std::size_t i = 0; value && i < rows.target.size(); ++i)
        if (i != its_own && key_of(*rows.table, key, rows.target[i]) == value)
          out_.depends_on_order = true;
    }
  }

  // Whether rows of the target refer to what the row gives up.
  void note_references_to(std::size_t table, const MemoryRow& before, const MemoryRow& now) {
    const Table& parent = *work_.tables[table].table;
    for (const Table& child : work_.before.schema.tables)
      for (const ForeignKey& key : child.foreign_keys) {
        if (key.references != parent.name) continue;
        const auto old = part_of(before, positions(parent, key.to));
        if (!old || part_of(now, positions(parent, key.to)) == old) continue;
        for (const MemoryRow& row : work_.before.rows.at(child.name))
          if (part_of(row, positions(child, key.columns)) == old) out_.depends_on_order = true;
      }
  }

  void count(std::size_t table) {
    const TableRows& rows = work_.tables[table];
    ImportCounts& counts = out_.counts[table];
    if (rows.emptied) counts.removed = static_cast<std::int64_t>(rows.target.size());
    if (!rows.plan->written) return;
    for (const FileRow& row : rows.rows) {
      if (row.kind != Rows::data) continue;
      ++counts.rows;
      const bool dropped = row.dropped && (!row.found || work_.plan.mode == ImportMode::merge);
      if (dropped) ++counts.dropped;
      if (!dropped && row.found && !work_.is_written(row)) ++counts.skipped;
      if (is_remapped(table, row)) ++counts.remapped;
      if (row.presumed && row.by != kByMap && differs(row)) ++counts.same_number_alone;
      if (!work_.is_written(row)) continue;
      for (const ImportLink& link : rows.plan->links)
        if (Links(work_).follow(row, link).leads == Leads::nulled) ++counts.nulled;
    }
  }

  bool is_remapped(std::size_t table, const FileRow& row) {
    const TableRows& rows = work_.tables[table];
    const auto place = out_.places[table].find(&row);
    if (place == out_.places[table].end() || !rows.has_key(row.kind)) return false;
    return json_key(*rows.table, row.values) !=
           json_key(*rows.table, rows_now(table)[place->second]);
  }

  // Whether the row of the target is another one in anything that the file has of it.
  bool differs(const FileRow& row) const {
    const TableRows& table = work_.of(row);
    const MemoryRow values = Links(work_).identity_row(row);
    for (const std::string& column : table.columns) {
      const std::size_t at = position(*table.table, column);
      if (values[at] != table.target[*row.found][at]) return true;
    }
    return false;
  }

  // Rows that no key would find again.
  void keep_map() {
    const bool natural = work_.plan.identity == Identity::natural;
    if (!work_.plan.keep_map || (!natural && work_.plan.identity != Identity::other_source)) return;
    const ProbeKeys keys(work_);
    for (std::size_t i = 0; i < work_.tables.size(); ++i) {
      const TableRows& table = work_.tables[i];
      for (const FileRow& row : table.rows) {
        if (!is_inserted(work_, row) || !table.has_key(row.kind) || !keys.nameless(row)) continue;
        if (!natural && !is_remapped(i, row)) continue;
        out_.state.kept[{work_.plan.source, table.plan->name, json_key(*table.table, row.values)}] =
            json_key(*table.table, rows_now(i)[out_.places[i].at(&row)]);
      }
    }
  }

  const Work& work_;
  FinalValues values_;
  Written out_;
};

}  // namespace

std::vector<Error> assign_numbers(Work& work) {
  std::vector<Error> out;
  for (TableRows& table : work.tables) {
    const Column* numbered = table.numbered();
    std::int64_t highest = numbered ? highest_number(work, table, *numbered) : 0;
    for (FileRow& row : table.rows) {
      if (!is_inserted(work, row) || !is_taken(work, row)) continue;
      if (can_be_renumbered(work, row))
        row.new_number = ++highest;
      else
        out.push_back(Error(ErrorKind::conflict, shown(table, row.values) +
                                                     " of the file has a key that another row has")
                          .table(table.plan->name));
    }
  }
  return out;
}

std::vector<Error> torn_references(const Work& work) {
  std::vector<Error> out;
  for (const TableRows& table : work.tables)
    for (const FileRow& row : table.rows) try {
        if (work.is_written(row)) FinalValues(work).row(row);
      } catch (const Error& error) {
        out.push_back(error);
      }
  return out;
}

Written write(const Work& work) { return Writer(work).run(); }

}  // namespace dbkeeper::testing::model
