#include "engines/import_random.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/text.h"
#include "dbkeeper/core/natural_keys.h"
#include "support/memory_table.h"

namespace dbkeeper::testing {
namespace {

using Names = std::vector<std::string>;

bool has(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What an export has of a row that is only referred to: its keys, and what is referred to.
Names reference_columns(const Schema& schema, const Table& table) {
  Names wanted;
  if (table.primary_key) wanted = table.primary_key->columns();
  const auto natural = natural_keys(table);
  for (const Key* key : natural) {
    for (const Key::Part& part : key->parts) wanted.push_back(column_of(part));
    if (!key->predicate.empty()) wanted.push_back("deleted");
  }
  for (const Table& child : schema.tables)
    for (const ForeignKey& key : child.foreign_keys)
      if (key.references == table.name) wanted.insert(wanted.end(), key.to.begin(), key.to.end());
  Names out;
  for (const Column& column : table.columns)
    if (natural.empty() || has(wanted, column.name)) out.push_back(column.name);
  return out;
}

std::vector<MemoryRow> cut(const Table& table, const std::vector<MemoryRow>& rows,
                           const Names& columns) {
  std::vector<MemoryRow> out;
  for (const MemoryRow& row : rows) {
    MemoryRow& cells = out.emplace_back();
    for (const std::size_t column : positions(table, columns)) cells.push_back(row[column]);
  }
  return out;
}

// Sometimes a column is not in the file: one that may be NULL, or, rarely, the number.
Names data_columns(const Table& table, bool alone, Dice& dice) {
  Names out = table.given_columns();
  if (!chance(dice, 8)) return out;
  const bool drop_number = alone && chance(dice, 4);
  std::erase_if(out, [&](const std::string& name) {
    const Column& column = *table.find_column(name);
    return drop_number ? column.numbered() && table.foreign_keys.empty() : column.name == "note";
  });
  return out;
}

ImportFile random_file(const Schema& schema, const RowsByTable& rows, Dice& dice) {
  ImportFile file;
  for (const Table& table : schema.tables) {
    const std::vector<MemoryRow>& all = rows.at(table.name.name);
    const auto die = dice() % 12;
    if (die == 0) continue;  // not in the file: what refers to it is missing
    std::vector<MemoryRow> data, references;
    for (const MemoryRow& row : all) {
      if (die > 3 || (die == 3 && chance(dice, 2)))
        data.push_back(row);
      else if (die < 3 || chance(dice, 2))
        references.push_back(row);
    }
    if (chance(dice, 10) && !data.empty()) data.pop_back();  // a reference or two is missing
    if (!data.empty() || die > 3) {
      const Names columns = data_columns(table, references.empty(), dice);
      file.data[table.name.name] = {columns, cut(table, data, columns)};
    }
    if (!references.empty()) {
      const Names columns = reference_columns(schema, table);
      file.references[table.name.name] = {columns, cut(table, references, columns)};
    }
  }
  return file;
}

ImportChoice random_choice(const Schema& schema, Dice& dice) {
  ImportChoice choice;
  choice.mode = static_cast<ImportMode>(dice() % 3);
  if (choice.mode == ImportMode::clean && chance(dice, 2)) choice.mode = ImportMode::merge;
  choice.identity = chance(dice, 2) ? Identity::other_source : static_cast<Identity>(dice() % 4);
  choice.on_missing = static_cast<MissingReference>(dice() % 3);
  choice.quickly = chance(dice, 2);
  choice.keep_map = !chance(dice, 8);
  for (const Table& table : schema.tables) {
    const std::string& name = table.name.name;
    if (chance(dice, 10)) choice.looked_up.insert(name);
    if (chance(dice, 12)) choice.kept[name] = {"note"};
    if (chance(dice, 12))
      choice.match[name] = chance(dice, 2) ? Names{"name"} : Names{"name", "note"};
  }
  return choice;
}

// Sometimes the database lacks a foreign key that the file declares.
void lose_a_key(RandomImport& made, Dice& dice) {
  if (!chance(dice, 8)) return;
  for (Table& table : made.schema.tables) {
    if (table.foreign_keys.empty()) continue;
    made.choice.declared_links[table.name.name] = {table.foreign_keys.back()};
    table.foreign_keys.pop_back();
    return;
  }
}

std::string text_of(const ImportFile::Part& part) {
  std::vector<std::string> rows;
  for (const MemoryRow& row : part.rows) {
    MemoryRow pair = row;
    pair.push_back(nullptr);  // so that a single value has its parentheses too
    std::string text = shown(pair);
    rows.push_back(text.substr(0, text.rfind(", ")) + ")");
  }
  return fmt::format("({}): {}", join(part.columns, ", "), join(rows, " "));
}

}  // namespace

RandomImport random_import(Dice& dice) {
  RandomImport made;
  made.schema = random_schema(dice);
  made.target = random_rows(made.schema, dice);
  const RowsByTable rows =
      chance(dice, 3) ? random_rows(made.schema, dice) : varied(made.schema, made.target, dice);
  made.file = random_file(made.schema, rows, dice);
  made.choice = random_choice(made.schema, dice);
  lose_a_key(made, dice);
  return made;
}

std::string RandomImport::text() const {
  static const Names kModes = {"skip", "merge", "clean"};
  static const Names kIdentities = {"same source", "other source", "natural", "key"};
  static const Names kMissing = {"error", "null", "skip"};
  std::string out = sqlite_script(schema, target);
  for (const auto& [table, part] : file.data) out += "data " + table + " " + text_of(part) + "\n";
  for (const auto& [table, part] : file.references)
    out += "references " + table + " " + text_of(part) + "\n";
  out += fmt::format(
      "mode {}, identity {}, on missing reference {}, keep map {}, "
      "quickly {}\n",
      kModes[static_cast<std::size_t>(choice.mode)],
      kIdentities[static_cast<std::size_t>(choice.identity)],
      kMissing[static_cast<std::size_t>(choice.on_missing)], choice.keep_map, choice.quickly);
  for (const std::string& table : choice.looked_up) out += "looked up only: " + table + "\n";
  for (const auto& [table, columns] : choice.match)
    out += "match " + table + "=" + join(columns, ",") + "\n";
  for (const auto& [table, columns] : choice.kept)
    out += "protect " + table + "." + join(columns, ",") + "\n";
  for (const auto& [table, keys] : choice.declared_links)
    for (const ForeignKey& key : keys)
      out += fmt::format("only the file says: {} ({}) refers to {} ({})\n", table,
                         join(key.columns, ", "), key.references.name, join(key.to, ", "));
  return out;
}

}  // namespace dbkeeper::testing
