#include <algorithm>
#include <map>
#include <set>

#include "engines/import_random.h"
#include "support/memory_table.h"

namespace dbkeeper::testing {
namespace {

const Table& table_of(const Schema& schema, const std::string& name) {
  return *schema.find({schema.default_schema, name});
}

MemoryCell random_cell(const Column& column, Dice& dice) {
  static const std::vector<std::string> kWords = {"x", "y", "z", "X", "w", "v", "u"};
  if (column.nullable && chance(dice, 4)) return nullptr;
  if (column.type.family == Family::integer) return static_cast<int>(1 + dice() % 9);
  return kWords[dice() % kWords.size()];
}

bool in_foreign_key(const Table& table, const std::string& column) {
  return std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(), [&](const auto& key) {
    return std::find(key.columns.begin(), key.columns.end(), column) != key.columns.end();
  });
}

// Points the row somewhere by the key, in agreement with columns that another key has set.
void refer(const Schema& schema, const Table& table, const ForeignKey& key, MemoryRow& row,
           std::set<std::string>& set, const RowsByTable& rows, Dice& dice) {
  const Table& parent = table_of(schema, key.references.name);
  const auto columns = positions(table, key.columns);
  const auto to = positions(parent, key.to);
  std::vector<const MemoryRow*> fit;
  for (const MemoryRow& candidate : rows.at(key.references.name)) {
    bool agrees = true;
    for (std::size_t i = 0; i < to.size(); ++i)
      agrees = agrees && !candidate[to[i]].is_null() &&
               (!set.contains(key.columns[i]) || row[columns[i]] == candidate[to[i]]);
    if (agrees) fit.push_back(&candidate);
  }
  const MemoryRow* chosen = fit.empty() || chance(dice, 6) ? nullptr : fit[dice() % fit.size()];
  for (std::size_t i = 0; i < to.size(); ++i) {
    if (set.contains(key.columns[i])) continue;
    const bool can_be_null = table.columns[columns[i]].nullable;
    if (chosen)
      row[columns[i]] = (*chosen)[to[i]];
    else if (can_be_null)
      row[columns[i]] = nullptr;
    else if (!fit.empty())
      row[columns[i]] = (*fit[dice() % fit.size()])[to[i]];
  }
  for (const std::string& column : key.columns) set.insert(column);
}

void add_row(const Schema& schema, const Table& table, RowsByTable& rows, Dice& dice) {
  MemoryRow row;
  for (const Column& column : table.columns) row.push_back(random_cell(column, dice));
  rows[table.name.name].push_back(row);
  std::set<std::string> set;
  for (const ForeignKey& key : table.foreign_keys) refer(schema, table, key, row, set, rows, dice);
  rows[table.name.name].back() = row;
}

void add_rows(const Schema& schema, RowsByTable& rows, Dice& dice, unsigned most) {
  for (const Table& table : schema.tables) rows[table.name.name];
  for (const Table& table : schema.tables)
    for (std::size_t i = dice() % (most + 1); i > 0; --i) add_row(schema, table, rows, dice);
  // Circles: those that came first had nothing to refer to.
  for (const Table& table : schema.tables)
    for (MemoryRow& row : rows[table.name.name]) {
      if (chance(dice, 2)) continue;
      std::set<std::string> set;
      for (const ForeignKey& key : table.foreign_keys)
        refer(schema, table, key, row, set, rows, dice);
    }
}

// Removes the row, or makes its reference NULL; false if it is all right.
bool mend(const Schema& schema, const Table& table, const MemoryRow& row, RowsByTable& rows,
          MemoryRow& mended) {
  for (const ForeignKey& key : table.foreign_keys) {
    const Table& parent = table_of(schema, key.references.name);
    const auto wanted = part_of(row, positions(table, key.columns));
    const auto& parents = rows[key.references.name];
    const auto is_it = [&](const MemoryRow& candidate) {
      return part_of(candidate, positions(parent, key.to)) == wanted;
    };
    if (!wanted || std::any_of(parents.begin(), parents.end(), is_it)) continue;
    mended.clear();
    for (const std::string& column : key.columns)
      if (table.find_column(column)->nullable) {
        mended = row;
        mended[position(table, column)] = nullptr;
      }
    return true;
  }
  return false;
}

bool repair_references(const Schema& schema, const Table& table, RowsByTable& rows) {
  auto& all = rows[table.name.name];
  for (std::size_t i = 0; i < all.size(); ++i) {
    MemoryRow mended;
    if (!mend(schema, table, all[i], rows, mended)) continue;
    if (mended.empty())
      all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
    else
      all[i] = mended;
    return true;
  }
  return false;
}

bool remove_duplicates(const Table& table, std::vector<MemoryRow>& rows, const Key& key) {
  std::set<MemoryRow> seen;
  return std::erase_if(rows, [&](const MemoryRow& row) {
           const auto value = key_of(table, key, row);
           return value && !seen.insert(*value).second;
         }) > 0;
}

// By which column a reference's numbers are given out in the end.
using Place = std::pair<std::string, std::string>;
Place origin_of(const Schema& schema, const Table& table, const std::string& column,
                int depth = 0) {
  for (const ForeignKey& key : table.foreign_keys) {
    const auto at = std::find(key.columns.begin(), key.columns.end(), column);
    if (at == key.columns.end() || depth > 8) continue;
    const Table& parent = table_of(schema, key.references.name);
    return origin_of(schema, parent, key.to[static_cast<std::size_t>(at - key.columns.begin())],
                     depth + 1);
  }
  return {table.name.name, column};
}

// Every number another one, in one of the ways that have confused importers.
std::map<std::int64_t, std::int64_t> renumbering(Dice& dice) {
  std::vector<std::int64_t> numbers = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  const auto die = dice() % 4;
  if (die == 1) std::rotate(numbers.begin(), numbers.begin() + 1, numbers.end());
  if (die == 2) std::swap(numbers[0], numbers[1]);
  if (die == 3) std::shuffle(numbers.begin(), numbers.end(), dice);
  std::map<std::int64_t, std::int64_t> out;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    out[static_cast<std::int64_t>(i) + 1] = numbers[i];
  return out;
}

void renumber(const Schema& schema, RowsByTable& rows, Dice& dice) {
  std::map<Place, std::map<std::int64_t, std::int64_t>> maps;
  for (const Table& table : schema.tables)
    for (const Column& column : table.columns)
      if (column.numbered()) maps[{table.name.name, column.name}] = renumbering(dice);
  for (const Table& table : schema.tables)
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const auto map = maps.find(origin_of(schema, table, table.columns[i].name));
      if (map == maps.end()) continue;
      for (MemoryRow& row : rows[table.name.name])
        if (!row[i].is_null()) row[i] = map->second.at(row[i].integer);
    }
}

void change_values(const Schema& schema, RowsByTable& rows, Dice& dice) {
  for (const Table& table : schema.tables)
    for (MemoryRow& row : rows[table.name.name])
      for (std::size_t i = 0; i < row.size(); ++i) {
        const Column& column = table.columns[i];
        const bool in_key =
            table.primary_key &&
            std::any_of(table.primary_key->parts.begin(), table.primary_key->parts.end(),
                        [&](const auto& part) { return part.column == column.name; });
        if (!in_key && !in_foreign_key(table, column.name) && chance(dice, 6))
          row[i] = random_cell(column, dice);
      }
}

}  // namespace

RowsByTable random_rows(const Schema& schema, Dice& dice) {
  RowsByTable rows;
  add_rows(schema, rows, dice, 5);
  repair(schema, rows);
  return rows;
}

RowsByTable varied(const Schema& schema, RowsByTable rows, Dice& dice) {
  renumber(schema, rows, dice);
  if (chance(dice, 2)) change_values(schema, rows, dice);
  for (auto& [table, all] : rows) {
    std::shuffle(all.begin(), all.end(), dice);
    std::erase_if(all, [&](const MemoryRow&) { return chance(dice, 8); });
  }
  if (chance(dice, 2)) add_rows(schema, rows, dice, 2);
  repair(schema, rows);
  return rows;
}

void repair(const Schema& schema, RowsByTable& rows) {
  for (bool more = true; more;) {
    more = false;
    for (const Table& table : schema.tables) {
      auto& all = rows[table.name.name];
      if (table.primary_key) more = remove_duplicates(table, all, *table.primary_key) || more;
      for (const Key& key : table.unique) more = remove_duplicates(table, all, key) || more;
      more = repair_references(schema, table, rows) || more;
    }
  }
}

}  // namespace dbkeeper::testing
