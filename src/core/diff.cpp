#include "dbkeeper/core/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/diff_rows.h"
#include "core/diff_schema.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/core/table_list.h"

namespace dbkeeper {
namespace {

constexpr std::string_view kInclude = "--include";
constexpr std::string_view kExclude = "--exclude";

// A table as the sides have it; null where one doesn't.
struct Pair {
  const DiffTable* a = nullptr;
  const DiffTable* b = nullptr;
};
using Pairs = std::map<std::string, Pair>;

Pairs pair_up(const DiffSide& a, const DiffSide& b) {
  Pairs pairs;
  for (const DiffTable& table : a.tables()) pairs[table.name].a = &table;
  for (const DiffTable& table : b.tables()) pairs[table.name].b = &table;
  return pairs;
}

// The tables of both sides in one schema, for lists of tables to be matched with. An export doesn't
// say which schema was the default one.
Schema joined_schema(const DiffSide& a, const DiffSide& b, const Pairs& pairs) {
  Schema joined;
  joined.default_schema =
      a.description().is_export ? b.schema().default_schema : a.schema().default_schema;
  for (const auto& [name, pair] : pairs) {
    Table table;
    table.name = *parse_display(name, joined.default_schema);
    joined.tables.push_back(std::move(table));
  }
  for (const DiffSide* side : {&a, &b})
    joined.others.insert(joined.others.end(), side->schema().others.begin(),
                         side->schema().others.end());
  return joined;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Why the table is left out on either side, empty if it isn't.
std::string why_left_out(const Pair& pair) {
  for (const DiffTable* table : {pair.a, pair.b})
    if (table && !table->left_out.empty()) return table->left_out;
  return {};
}

bool is_optional(const Pair& pair) {
  const auto may_be_compared = [](const DiffTable* table) {
    return !table || table->left_out.empty() || table->optional;
  };
  return may_be_compared(pair.a) && may_be_compared(pair.b);
}

// Which of the tables the options name.
class Choice {
 public:
  Choice(const Pairs& pairs, const Schema& joined, const DiffOptions& options)
      : pairs_(pairs), joined_(joined) {
    include(parse_table_list(options.include, kInclude));
    exclude(parse_table_list(options.exclude, kExclude));
  }

  bool takes(const std::string& name) const {
    return (all_ || included_.contains(name)) && !excluded_.contains(name);
  }
  // Whether it is compared although tables of its kind are left out.
  bool asks_for(const std::string& name) const { return named_.contains(name); }

 private:
  std::vector<std::string> matching(const TablePattern& pattern, std::string_view option) const {
    std::vector<std::string> names;
    for (const Table& table : joined_.tables)
      if (pattern.matches(joined_, table)) names.push_back(joined_.display(table));
    if (names.empty()) complain_of_no_match(joined_, pattern.text, option);
    return names;
  }

  void include(const std::vector<TablePattern>& patterns) {
    all_ = patterns.empty();
    for (const TablePattern& pattern : patterns)
      for (const std::string& name : matching(pattern, kInclude)) {
        included_.insert(name);
        if (!pattern.glob) ask_for(name);
      }
  }

  void ask_for(const std::string& name) {
    const Pair& pair = pairs_.at(name);
    if (!is_optional(pair))
      throw Error(ErrorKind::usage,
                  fmt::format("{}: '{}' can't be compared: {}", kInclude, name, why_left_out(pair)))
          .table(name);
    named_.insert(name);
  }

  void exclude(const std::vector<TablePattern>& patterns) {
    for (const TablePattern& pattern : patterns)
      for (const std::string& name : matching(pattern, kExclude)) excluded_.insert(name);
  }

  const Pairs& pairs_;
  const Schema& joined_;
  bool all_ = true;
  std::set<std::string> included_;
  std::set<std::string> named_;
  std::set<std::string> excluded_;
};

// The columns of its primary key if both sides have that and all of it, else none.
std::vector<std::string> common_key(const Pair& pair, const std::vector<std::string>& columns) {
  if (!pair.a->table->primary_key || !pair.b->table->primary_key) return {};
  std::vector<std::string> key = pair.a->table->primary_key->columns();
  std::vector<std::string> other = pair.b->table->primary_key->columns();
  if (!std::is_permutation(key.begin(), key.end(), other.begin(), other.end())) return {};
  const bool all = std::all_of(key.begin(), key.end(),
                               [&](const std::string& name) { return has(columns, name); });
  return all ? key : std::vector<std::string>();
}

ComparedRows compared_rows(const std::string& name, const Pair& pair) {
  ComparedRows out{.table = name, .shape = {}};
  for (const std::string& column : pair.a->columns)
    if (has(pair.b->columns, column)) out.shape.columns.push_back(column);
  out.shape.key = common_key(pair, out.shape.columns);
  const bool same_choice = pair.a->choice == pair.b->choice;
  out.all_in_a = same_choice || pair.a->choice.empty();
  out.all_in_b = same_choice || pair.b->choice.empty();
  return out;
}

class Run {
 public:
  Run(DiffSide& a, DiffSide& b, const DiffOptions& options, Reporter& reporter, const Stop& stop)
      : a_(a),
        b_(b),
        options_(options),
        reporter_(reporter),
        stop_(stop),
        pairs_(pair_up(a, b)),
        joined_(joined_schema(a, b, pairs_)),
        choice_(pairs_, joined_, options) {}

  DiffReport run() {
    for (const auto& [name, pair] : pairs_)
      if (choice_.takes(name)) sort_out(name, pair);
    require_tables();
    note_views();
    if (options_.schema) compare_versions();
    for (const auto& [name, pair] : both_) compare_table(name, pair);
    if (options_.rows) compare_all_rows();
    return std::move(report_);
  }

 private:
  void sort_out(const std::string& name, const Pair& pair) {
    const std::string why = why_left_out(pair);
    if (!why.empty() && !choice_.asks_for(name)) return leave_out(name, why);
    if (pair.a && pair.b) {
      both_.emplace(name, pair);
      return;
    }
    const DiffSide& other = pair.a ? b_ : a_;
    const Table& table = *joined_.find(*parse_display(name, joined_.default_schema));
    if (const std::string absent = other.why_absent(joined_, table); !absent.empty())
      leave_out(name, absent);
    else
      (pair.a ? report_.only_a : report_.only_b).push_back(name);
  }

  // Nothing is easily taken for no difference.
  void require_tables() const {
    const bool chosen = !options_.include.empty() || !options_.exclude.empty();
    if (!chosen || !both_.empty() || !report_.only_a.empty() || !report_.only_b.empty()) return;
    Error error(ErrorKind::usage, "no table is left to compare");
    if (!report_.not_compared.empty())
      error.hint(fmt::format("{}: {}", report_.not_compared.front().table,
                             report_.not_compared.front().why));
    throw error;
  }

  // Who names the tables to compare knows what else is not.
  void leave_out(const std::string& name, const std::string& why) {
    if (options_.include.empty() || choice_.asks_for(name))
      report_.not_compared.push_back({name, "", why});
  }

  void note_views() {
    std::map<std::string, std::string> views;
    for (const DiffSide* side : {&a_, &b_})
      for (const OtherObject& object : side->schema().others)
        views[side->schema().display(object.name)] = object.kind;
    for (const auto& [name, kind] : views)
      leave_out(name, fmt::format("a {}: holds no rows of its own", kind));
  }

  bool whole_schemas() const {
    return a_.description().whole_schema && b_.description().whole_schema;
  }
  bool with_export() const { return a_.description().is_export || b_.description().is_export; }

  void compare_versions() {
    std::map<std::pair<std::string, std::string>, VersionDiff> versions;
    const auto note = [&](const DiffSide& side, std::string VersionDiff::*version) {
      for (const MigrationState& state : side.migrations()) {
        if (state.version.empty()) continue;
        const std::string table = with_export() ? "" : side.schema().display(state.table);
        VersionDiff& entry = versions[{state.tool, table}];
        entry.tool = state.tool;
        entry.*version = state.version;
        if (with_export()) return;  // which knows of the first one alone
      }
    };
    note(a_, &VersionDiff::a);
    note(b_, &VersionDiff::b);
    for (auto& [key, version] : versions) report_.versions.push_back(std::move(version));
  }

  void compare_table(const std::string& name, const Pair& pair) {
    TableDiff table{.table = name};
    if (options_.schema)
      table.schema = compare_tables(a_.schema(), *pair.a->table, b_.schema(), *pair.b->table,
                                    whole_schemas() ? SchemaDetail::full : SchemaDetail::of_export);
    report_.tables.push_back(std::move(table));
  }

  void compare_all_rows() {
    std::vector<ComparedRows> tables;
    std::vector<std::string> names;
    for (const auto& [name, pair] : both_) {
      tables.push_back(compared_rows(name, pair));
      names.push_back(name);
      note_columns(name, pair);
      note_choice(name, a_, tables.back().all_in_a);
      note_choice(name, b_, tables.back().all_in_b);
    }
    a_.prepare(names);
    b_.prepare(names);
    const auto rows = compare_rows(a_, b_, tables, options_.sort_memory, reporter_, stop_);
    for (std::size_t i = 0; i < tables.size(); ++i) {
      report_.tables[i].rows_compared = true;
      report_.tables[i].keyed = !tables[i].shape.key.empty();
      report_.tables[i].rows = rows[i];
    }
  }

  // Columns that both sides have, but not in their rows.
  void note_columns(const std::string& name, const Pair& pair) {
    for (const Column& column : pair.a->table->columns) {
      const Column* other = pair.b->table->find_column(column.name);
      if (!other) continue;
      if (column.generated() || other->generated())
        report_.not_compared.push_back({name, column.name, "generated: computed anew"});
      else if (!has(pair.a->columns, column.name) || !has(pair.b->columns, column.name))
        report_.not_compared.push_back({name, column.name, "the rows of an export lack it"});
    }
  }

  void note_choice(const std::string& name, const DiffSide& side, bool all) {
    if (all) return;
    report_.not_compared.push_back(
        {name, "",
         fmt::format("rows that {} lacks: it was made with some of them only",
                     side.description().name)});
  }

  DiffSide& a_;
  DiffSide& b_;
  const DiffOptions& options_;
  Reporter& reporter_;
  const Stop& stop_;
  const Pairs pairs_;
  const Schema joined_;
  const Choice choice_;
  Pairs both_;
  DiffReport report_;
};

}  // namespace

bool DiffReport::equal() const {
  return differing_tables() == 0 &&
         std::all_of(versions.begin(), versions.end(),
                     [](const VersionDiff& version) { return version.equal(); });
}

std::size_t DiffReport::differing_tables() const {
  const auto differing = std::count_if(tables.begin(), tables.end(),
                                       [](const TableDiff& table) { return !table.equal(); });
  return static_cast<std::size_t>(differing) + only_a.size() + only_b.size();
}

DiffReport diff(DiffSide& a, DiffSide& b, const DiffOptions& options, Reporter& reporter,
                const Stop& stop) {
  return Run(a, b, options, reporter, stop).run();
}

}  // namespace dbkeeper
