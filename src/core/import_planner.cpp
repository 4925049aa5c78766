#include "core/import_planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/references.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/natural_keys.h"
#include "dbkeeper/core/order.h"
#include "dbkeeper/core/table_list.h"

namespace dbkeeper {
namespace {

constexpr std::string_view kProtect = "--protect";

using Protected = std::map<const Table*, std::vector<std::string>>;

// The last dot outside of quotes parts table and column.
std::pair<std::string, std::string> split_at_column(const std::string& text) {
  std::size_t dot = std::string::npos;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] == '.' && !quoted) dot = i;
  }
  if (dot == std::string::npos) return {};
  return {text.substr(0, dot), unquoted(text.substr(dot + 1))};
}

Protected parse_protected(const Schema& schema, const std::vector<std::string>& texts) {
  Protected out;
  for (const std::string& text : texts)
    for (const std::string& item : split_list(text)) {
      const auto [name, column] = split_at_column(item);
      if (name.empty() || column.empty())
        throw Error(ErrorKind::usage,
                    fmt::format("{}: '{}' is not a table, a dot and a column", kProtect, item))
            .hint("write --protect users.hashed_password");
      const Table& table = named_table(schema, name, kProtect);
      if (!table.find_column(column))
        throw Error(ErrorKind::usage,
                    fmt::format("{}: table '{}' has no column '{}'{}", kProtect, name, column,
                                did_you_mean(column, table.given_columns())))
            .table(schema.display(table))
            .column(column);
      out[&table].push_back(column);
    }
  return out;
}

Key given_key(const std::vector<std::string>& columns) {
  Key key{.name = "--match", .kind = Key::Kind::index};
  for (const std::string& column : columns) key.parts.push_back({column, {}, {}});
  return key;
}

Identity identity_of(const ImportOptions& options, bool same) {
  switch (options.identity) {
    case ImportOptions::IdentityChoice::natural:
      return Identity::natural;
    case ImportOptions::IdentityChoice::key:
      return Identity::key;
    case ImportOptions::IdentityChoice::automatic:
      break;
  }
  return same ? Identity::same_source : Identity::other_source;
}

class Planner {
 public:
  Planner(const Schema& file, const Schema& database, const std::vector<PlacedTable>& placed,
          const ImportOptions& options)
      : file_(file),
        database_(database),
        options_(options),
        matches_(parse_matches(database, options.match)),
        protected_(parse_protected(database, options.protect)) {
    for (const PlacedTable& table : placed) {
      PlacedTable& known = tables_[table.table];
      known = {table.table, table.file, known.written || table.written};
      if (table.file) by_file_[table.file] = table.table;
    }
  }

  ImportPlan plan() {
    if (options_.mode == ImportMode::clean) find_emptied();
    add_parents();
    order();
    ImportPlan plan{.mode = options_.mode,
                    .on_missing = options_.on_missing,
                    .keep_map = options_.keep_map,
                    .fire_triggers = options_.fire_triggers,
                    .dry_run = options_.dry_run,
                    .tell_keys = options_.tell_keys,
                    .offline = options_.offline};
    for (const Table* table : sequence_) plan.tables.push_back(described(*table));
    plan.groups = groups_;
    for (auto group = groups_.rbegin(); group != groups_.rend(); ++group) {
      std::vector<const Table*> emptied;
      for (const std::size_t table : *group)
        if (emptied_.contains(sequence_[table])) emptied.push_back(sequence_[table]);
      if (!emptied.empty()) plan.emptied.push_back(std::move(emptied));
    }
    plan.referrers = referrers_;
    return plan;
  }

 private:
  // The tables that are written, and with --cascade what refers to them, and so on.
  void find_emptied() {
    for (const auto& [table, placed] : tables_)
      if (placed.written) emptied_.insert(table);
    for (bool more = true; more;) {
      more = false;
      referrers_.clear();
      for (const Table& table : database_.tables) {
        if (emptied_.contains(&table) || table.kind == TableKind::partition) continue;
        const ForeignKey* key = key_to_emptied(table);
        if (!key) continue;
        if (options_.cascade)
          more = emptied_.insert(&table).second || more;
        else
          note_referrers(table);
      }
    }
    for (const Table* table : emptied_)
      tables_.try_emplace(table, PlacedTable{table, nullptr, false});
  }

  bool leads_to_emptied(const ForeignKey& key) const {
    const Table* parent = referenced_table(database_, key);
    return parent && emptied_.contains(parent);
  }

  const ForeignKey* key_to_emptied(const Table& table) const {
    const auto at = std::find_if(table.foreign_keys.begin(), table.foreign_keys.end(),
                                 [&](const ForeignKey& key) { return leads_to_emptied(key); });
    return at == table.foreign_keys.end() ? nullptr : &*at;
  }

  void note_referrers(const Table& table) {
    for (const ForeignKey& key : table.foreign_keys)
      if (leads_to_emptied(key)) referrers_.push_back({&table, database_.display(table), &key});
  }

  // Whatever a written table refers to is looked up, even if the file has nothing of it.
  void add_parents() {
    std::vector<const Table*> written;
    for (const auto& [table, placed] : tables_)
      if (placed.written) written.push_back(table);
    for (const Table* table : written)
      for (const ForeignKey& key : table->foreign_keys)
        if (const Table* parent = referenced_table(database_, key))
          tables_.try_emplace(parent, PlacedTable{parent, nullptr, false});
  }

  // A link, its parent by the table that it has in the database.
  struct Lead {
    std::vector<std::string> columns;
    const Table* parent;
    std::vector<std::string> to;
    const ForeignKey* key;
  };

  std::vector<Lead> leads_of(const Table& table) const {
    std::vector<Lead> out;
    const PlacedTable& placed = tables_.at(&table);
    for (const ForeignKey& key : table.foreign_keys) {
      const Table* parent = referenced_table(database_, key);
      const auto known = tables_.find(parent);
      // Rows that are only looked up follow what the file has, and nothing else.
      if (!parent || known == tables_.end()) continue;
      if (!placed.written && !known->second.file && !emptied_.contains(&table)) continue;
      out.push_back({key.columns, parent, key.to, &key});
    }
    if (placed.file)
      for (const ForeignKey& key : placed.file->foreign_keys) add_lead_of_file(table, key, out);
    return out;
  }

  // A key that the file alone declares is followed as far as the database has its columns.
  void add_lead_of_file(const Table& table, const ForeignKey& key, std::vector<Lead>& leads) const {
    const Table* in_file = file_.find(key.references);
    if (!in_file || !key.broken.empty()) return;
    const auto parent = by_file_.find(in_file);
    if (parent == by_file_.end()) return;
    const bool known = std::any_of(leads.begin(), leads.end(), [&](const Lead& lead) {
      return lead.columns == key.columns && lead.parent == parent->second;
    });
    if (known || !has_given(table, key.columns) || !has_given(*parent->second, key.to)) return;
    leads.push_back({key.columns, parent->second, key.to, nullptr});
  }

  static bool has_given(const Table& table, const std::vector<std::string>& columns) {
    return std::all_of(columns.begin(), columns.end(), [&](const std::string& name) {
      const Column* column = table.find_column(name);
      return column && !column->generated();
    });
  }

  void order() {
    Schema schema{.default_schema = database_.default_schema};
    std::vector<const Table*> tables;
    for (const auto& [table, placed] : tables_) {
      Table copy = *table;
      copy.partition_of.reset();
      copy.inherits.clear();
      copy.foreign_keys.clear();
      for (const Lead& lead : leads_of(*table))
        copy.foreign_keys.push_back(
            {.columns = lead.columns, .references = lead.parent->name, .to = lead.to});
      tables.push_back(table);
      schema.tables.push_back(std::move(copy));
    }
    const TableOrder order = order_tables(schema);
    std::map<std::size_t, std::size_t> circle;  // the cycle that a table is in
    for (std::size_t c = 0; c < order.cycles.size(); ++c)
      for (const std::size_t table : order.cycles[c]) circle[table] = c;
    std::map<std::size_t, std::size_t> group_of_circle;
    for (const std::size_t table : order.sequence) {
      const std::size_t number = sequence_.size();
      sequence_.push_back(tables[table]);
      place_[tables[table]] = number;
      const auto in = circle.find(table);
      if (in != circle.end()) {
        const auto [group, is_new] = group_of_circle.emplace(in->second, groups_.size());
        if (!is_new) {
          groups_[group->second].push_back(number);
          continue;
        }
      }
      groups_.push_back({number});
    }
  }

  ImportTable described(const Table& table) const {
    ImportTable out{
        .table = &table, .name = database_.display(table), .written = tables_.at(&table).written};
    if (const auto given = matches_.find(&table); given != matches_.end())
      out.keys.push_back(given_key(given->second));
    for (const Key* key : natural_keys(table)) out.keys.push_back(*key);
    if (const auto kept = protected_.find(&table); kept != protected_.end())
      out.kept = kept->second;
    for (const Lead& lead : leads_of(table))
      out.links.push_back({lead.columns, place_.at(lead.parent), lead.to, lead.key});
    return out;
  }

  const Schema& file_;
  const Schema& database_;
  const ImportOptions& options_;
  const Matches matches_;
  const Protected protected_;
  std::map<const Table*, PlacedTable> tables_;
  std::set<const Table*> emptied_;
  std::vector<Referrer> referrers_;
  std::map<const Table*, const Table*> by_file_;  // the database's table by the file's
  std::vector<const Table*> sequence_;
  std::map<const Table*, std::size_t> place_;  // in the sequence
  std::vector<std::vector<std::size_t>> groups_;
};

}  // namespace

void check_options(const Schema& database, const ImportOptions& options) {
  parse_matches(database, options.match);
  parse_protected(database, options.protect);
}

ImportPlan plan_import(const Schema& file, const Schema& database,
                       const std::vector<PlacedTable>& placed, const ImportOrigin& origin,
                       const ImportOptions& options) {
  ImportPlan plan = Planner(file, database, placed, options).plan();
  plan.identity = identity_of(options, origin.same);
  plan.source = origin.source;
  return plan;
}

}  // namespace dbkeeper
