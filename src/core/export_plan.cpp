#include "dbkeeper/core/export_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/references.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/base/shell.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/history.h"
#include "dbkeeper/core/inspect.h"
#include "dbkeeper/core/order.h"
#include "dbkeeper/core/table_list.h"

namespace dbkeeper {
namespace {

constexpr std::string_view kInclude = "--include";
constexpr std::string_view kExclude = "--exclude";
constexpr std::string_view kWhere = "--where";

// Tables that stand for themselves: not a part of another one.
bool is_whole(const Table& table) {
  return !table.partition_of &&
         (table.kind == TableKind::plain || table.kind == TableKind::partitioned);
}

// Why rows of this table never go into an export, whoever asks; empty for one whose rows may.
std::string why_never(const Table& table) {
  if (table.partition_of)
    return fmt::format("is a partition: its rows come with '{}'", table.partition_of->name);
  return is_whole(table) ? std::string() : table.not_exportable;
}

// The tables that the options choose, each with the condition for its rows.
class Choice {
 public:
  Choice(const Schema& schema, const ExportOptions& options) : schema_(schema), options_(options) {
    begin();
    exclude();
    add_conditions();
  }

  const std::set<const Table*>& chosen() const { return chosen_; }
  const std::map<const Table*, std::string>& conditions() const { return conditions_; }
  bool is_excluded(const Table& table) const { return excluded_.contains(&table); }

 private:
  void begin() {
    const auto patterns = parse_table_list(options_.include, kInclude);
    for (const Table& table : schema_.tables)
      if (patterns.empty() && may_be_chosen(table) && why_left_out(schema_, table).empty())
        chosen_.insert(&table);
    for (const TablePattern& pattern : patterns) include(pattern);
  }

  bool may_be_chosen(const Table& table) const {
    return is_whole(table) &&
           (options_.limited_to_schema.empty() || table.name.schema == options_.limited_to_schema);
  }

  void include(const TablePattern& pattern) {
    bool found = false;
    for (const Table& table : schema_.tables) {
      if (!pattern.matches(schema_, table)) continue;
      // A glob means what is exported anyway; a name means that table.
      if (pattern.glob && (!may_be_chosen(table) || !why_left_out(schema_, table).empty()))
        continue;
      if (const std::string why = why_never(table); !why.empty())
        throw Error(ErrorKind::usage,
                    fmt::format("{}: '{}' {}{}", kInclude, pattern.text,
                                why.starts_with("is ") ? "" : "can't be exported: ", why))
            .table(schema_.display(table));
      found = true;
      chosen_.insert(&table);
    }
    if (!found) complain_of_no_match(schema_, pattern.text, kInclude);
  }

  void exclude() {
    for (const TablePattern& pattern : parse_table_list(options_.exclude, kExclude)) {
      bool found = false;
      for (const Table& table : schema_.tables) {
        if (!pattern.matches(schema_, table)) continue;
        if (!pattern.glob && table.partition_of)
          throw Error(ErrorKind::usage,
                      fmt::format("{}: '{}' {}", kExclude, pattern.text, why_never(table)))
              .table(schema_.display(table))
              .hint("leave its rows out with --where");
        found = true;
        chosen_.erase(&table);
        excluded_.insert(&table);
      }
      if (!found) complain_of_no_match(schema_, pattern.text, kExclude);
    }
  }

  void add_conditions() {
    for (const std::string& text : options_.where) {
      auto [name, condition] = split_outside_quotes(text, ':');
      if (name.empty() || condition.empty())
        throw Error(ErrorKind::usage,
                    fmt::format("{}: '{}' is not a table, a colon and a condition", kWhere, text))
            .hint("write --where 'orders:created_at > now() - interval ''90 days'''");
      const Table& table = named_table(schema_, name, kWhere);
      if (!chosen_.contains(&table))
        throw Error(ErrorKind::usage,
                    fmt::format("{}: table '{}' is not exported at all", kWhere, name))
            .table(schema_.display(table));
      if (!conditions_.emplace(&table, std::move(condition)).second)
        throw Error(ErrorKind::usage,
                    fmt::format("{}: table '{}' has two conditions", kWhere, name))
            .hint("join them by AND");
    }
  }

  const Schema& schema_;
  const ExportOptions& options_;
  std::set<const Table*> chosen_;
  std::set<const Table*> excluded_;
  std::map<const Table*, std::string> conditions_;
};

bool is_column_of_a_reference(const Table& table, const std::string& column) {
  return std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(), [&](const auto& key) {
    return std::find(key.columns.begin(), key.columns.end(), column) != key.columns.end();
  });
}

// Whether a table only tells which rows of others belong together, whatever it says of each pair.
bool joins(const Schema& schema, const Table& table) {
  if (table.foreign_keys.empty()) return false;
  if (is_join_table(schema, table)) return true;
  return table.foreign_keys.size() > 1 && table.primary_key &&
         table.primary_key->parts.size() > 1 &&
         std::all_of(
             table.primary_key->parts.begin(), table.primary_key->parts.end(),
             [&](const auto& part) { return is_column_of_a_reference(table, part.column); });
}

// From the choice to sets of rows and their places in the document.
class Planner {
 public:
  Planner(const Schema& schema, const ExportOptions& options)
      : schema_(schema), options_(options), choice_(schema, options) {}

  ExportPlan plan() {
    refuse_emptiness();
    add_kept_sets();
    if (options_.with_parents) add_parents();
    const std::size_t kept = plan_.selection.sets.size();
    std::vector<ReferredRows> referred;
    const Matches matches = parse_matches(schema_, options_.match);
    if (options_.references) referred = add_referred_rows(schema_, matches, plan_.selection);
    require_readable();
    add_entries(kept, referred);
    note_left_out();
    note_options();
    return std::move(plan_);
  }

 private:
  void refuse_emptiness() const {
    const bool none = std::none_of(schema_.tables.begin(), schema_.tables.end(), is_whole);
    if (none && !options_.allow_empty)
      throw Error(ErrorKind::failed, "the database has no table")
          .hint("check that it is the right database; --allow-empty exports it all the same");
    if (!none && choice_.chosen().empty() && !options_.allow_empty)
      throw Error(ErrorKind::usage, "no table is left to export")
          .hint(
              "check --include, --exclude and the address's ?schema=; dbkeeper inspect lists the "
              "tables");
  }

  void add_kept_sets() {
    for (const Table* table : choice_.chosen()) {
      RowSet set{table, RowSet::Base::all, {}, {}, {}};
      if (const auto found = choice_.conditions().find(table);
          found != choice_.conditions().end()) {
        set.base = RowSet::Base::condition;
        set.condition = found->second;
      }
      set_of_[table] = plan_.selection.sets.size();
      plan_.selection.sets.push_back(std::move(set));
    }
  }

  // Every row that a kept row refers to is kept as well, and so on. Sets grow while this goes on.
  void add_parents() {
    auto& sets = plan_.selection.sets;
    for (std::size_t from = 0; from < sets.size(); ++from)
      for (const ForeignKey& key : sets[from].table->foreign_keys) {
        const Table* parent = referenced_table(schema_, key);
        if (!parent || choice_.is_excluded(*parent)) continue;
        auto [found, is_new] = set_of_.emplace(parent, sets.size());
        if (is_new) sets.push_back({parent, RowSet::Base::none, {}, {}, {}});
        if (sets[found->second].base != RowSet::Base::all)
          sets[found->second].referred_by.push_back({from, &key});
      }
  }

  void require_readable() const {
    std::vector<std::string> names;
    std::string why;
    for (const RowSet& set : plan_.selection.sets) {
      if (set.table->readable && !set.table->row_security_applies) continue;
      const std::string name = schema_.display(*set.table);
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      names.push_back(name);
      why = set.table->not_exportable;
    }
    if (names.empty()) return;
    throw Error(ErrorKind::failed,
                names.size() == 1
                    ? fmt::format("table '{}' can't be exported: {}", names.front(), why)
                    : fmt::format("{} tables can't be exported: {}; of the last one: {}",
                                  names.size(), join(names, ", "), why))
        .table(names.front())
        .hint(set_of_hint());
  }

  static std::string set_of_hint() {
    return "export as a role that sees all their rows, or leave the tables out with --exclude, and "
           "with --no-references where exported rows refer to them";
  }

  void add_entries(std::size_t kept, const std::vector<ReferredRows>& referred) {
    std::map<const Table*, std::size_t> place;
    const std::vector<std::size_t> order = order_tables(schema_).sequence;
    for (std::size_t i = 0; i < order.size(); ++i) place[&schema_.tables[order[i]]] = i;
    for (const ReferredRows& rows : referred)
      plan_.entries.push_back(
          {Section::references, plan_.selection.sets[rows.set].table, rows.set, rows.columns});
    for (std::size_t set = 0; set < kept; ++set) {
      const Table& table = *plan_.selection.sets[set].table;
      plan_.entries.push_back(
          {is_join_table(schema_, table) ? Section::relationships : Section::data, &table, set,
           table.given_columns()});
    }
    std::sort(plan_.entries.begin(), plan_.entries.end(), [&](const auto& a, const auto& b) {
      return std::pair(a.section, place[a.table]) < std::pair(b.section, place[b.table]);
    });
  }

  void note_left_out() {
    for (const Table& table : schema_.tables) {
      if (table.partition_of && table.not_exportable.empty()) continue;
      if (choice_.is_excluded(table) || !is_in_reach(table.name)) continue;
      if (set_of_.contains(&table))
        note_generated_columns(table);
      else if (const std::string why = why_left_out(schema_, table); !why.empty())
        note_left_out(table.name, why);
      else if (const std::string missed =
                   why_missed(schema_, table, choice_.chosen(), options_.include);
               !missed.empty())
        plan_.left_out.push_back({schema_.display(table), {}, missed});
    }
    for (const OtherObject& object : schema_.others)
      if (is_in_reach(object.name))
        note_left_out(object.name, fmt::format("a {}: holds no rows of its own", object.kind));
  }

  // Who names the tables to include knows what else stays out.
  void note_left_out(const TableName& name, const std::string& why) {
    if (options_.include.empty()) plan_.left_out.push_back({schema_.display(name), {}, why});
  }

  void note_generated_columns(const Table& table) {
    for (const Column& column : table.columns)
      if (column.generated())
        plan_.left_out.push_back({schema_.display(table), column.name, "generated: computed anew"});
  }

  bool is_in_reach(const TableName& name) const {
    return options_.limited_to_schema.empty() || name.schema == options_.limited_to_schema;
  }

  void note_options() {
    const auto list = [&](const char* name, const std::vector<std::string>& texts) {
      if (!texts.empty()) plan_.options.set(name, Value::list(texts));
    };
    const auto names = [](const std::vector<std::string>& texts, std::string_view option) {
      std::vector<std::string> out;
      for (const TablePattern& pattern : parse_table_list(texts, option))
        out.push_back(pattern.text);
      return out;
    };
    list("include", names(options_.include, kInclude));
    list("exclude", names(options_.exclude, kExclude));
    list("where", options_.where);
    list("match", options_.match);
    if (options_.with_parents) plan_.options.set("with_parents", true);
    if (!options_.references) plan_.options.set("no_references", true);
    if (!options_.source.empty()) plan_.options.set("source", options_.source);
    if (!options_.limited_to_schema.empty())
      plan_.options.set("schema", options_.limited_to_schema);
  }

  const Schema& schema_;
  const ExportOptions& options_;
  const Choice choice_;
  ExportPlan plan_;
  std::map<const Table*, std::size_t> set_of_;  // the set of kept rows
};

}  // namespace

std::vector<const Table*> ExportPlan::tables() const {
  std::vector<const Table*> out;
  for (const RowSet& set : selection.sets)
    if (std::find(out.begin(), out.end(), set.table) == out.end()) out.push_back(set.table);
  return out;
}

bool is_join_table(const Schema& schema, const Table& table) {
  const std::vector<std::string> columns = table.given_columns();
  const bool all_refer = std::all_of(columns.begin(), columns.end(), [&](const auto& column) {
    return is_column_of_a_reference(table, column);
  });
  if (columns.empty() || !all_refer) return false;
  if (table.primary_key && table.primary_key->parts.size() != columns.size()) return false;
  return std::none_of(schema.tables.begin(), schema.tables.end(), [&](const Table& other) {
    return std::any_of(other.foreign_keys.begin(), other.foreign_keys.end(),
                       [&](const auto& key) { return key.references == table.name; });
  });
}

std::string why_missed(const Schema& schema, const Table& table,
                       const std::set<const Table*>& chosen,
                       const std::vector<std::string>& include) {
  if (include.empty() || chosen.contains(&table) || !is_whole(table) || !joins(schema, table))
    return {};
  std::vector<std::string> parents;
  for (const ForeignKey& key : table.foreign_keys) {
    const Table* parent = referenced_table(schema, key);
    if (!parent || !chosen.contains(parent)) return {};
    const std::string name = schema.display(*parent);
    if (std::find(parents.begin(), parents.end(), name) == parents.end()) parents.push_back(name);
  }
  const std::string list = join(include, ",") + "," + schema.display(table);
  return fmt::format("it joins rows of {}, and isn't named: --include {} brings it",
                     join(parents, " and "), shell_word(list));
}

ExportPlan plan_export(const Schema& schema, const ExportOptions& options) {
  return Planner(schema, options).plan();
}

}  // namespace dbkeeper
