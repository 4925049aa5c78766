#include "core/references.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/natural_keys.h"
#include "dbkeeper/core/table_list.h"

namespace dbkeeper {
namespace {

constexpr std::string_view kMatch = "--match";

// The columns in which a table's natural keys consist, those within expressions, predicates and
// generated columns included.
class NaturalColumns {
 public:
  NaturalColumns(const Table& table, const Matches& matches) : table_(table) {
    if (const auto given = matches.find(&table); given != matches.end())
      for (const std::string& column : given->second) add(column);
    for (const Key* key : natural_keys(table)) {
      for (const Key::Part& part : key->parts)
        part.column.empty() ? add_mentioned(part.expression) : add(part.column);
      add_mentioned(key->predicate);
    }
  }

  bool none() const { return columns_.empty(); }
  bool has(const std::string& column) const { return columns_.contains(column); }

 private:
  void add(const std::string& name) {
    const Column* column = table_.find_column(name);
    if (!column || !columns_.insert(name).second) return;
    if (column->generated()) add_mentioned(column->default_expression);
  }
  void add_mentioned(const std::string& expression) {
    if (expression.empty()) return;
    for (const Column& column : table_.columns)
      if (mentions(expression, column.name)) add(column.name);
  }

  const Table& table_;
  std::set<std::string> columns_;
};

class ReferenceFinder {
 public:
  ReferenceFinder(const Schema& schema, const Matches& matches, Selection& selection)
      : schema_(schema), matches_(matches), selection_(selection), kept_(selection.sets.size()) {
    for (std::size_t set = 0; set < kept_; ++set) kept_set_of_[selection.sets[set].table] = set;
  }

  std::vector<ReferredRows> find() {
    for (std::size_t from = 0; from < kept_; ++from)
      for (const ForeignKey& key : table_of(from).foreign_keys) refer(from, key);
    for (std::size_t i = 0; i < found_.size(); ++i) follow_natural_keys(found_[i]);
    std::vector<ReferredRows> out;
    for (const std::size_t set : found_) out.push_back({set, columns_of(set)});
    return out;
  }

 private:
  const Table& table_of(std::size_t set) const { return *selection_.sets[set].table; }

  void refer(std::size_t from, const ForeignKey& key) {
    const Table* parent = referenced_table(schema_, key);
    if (!parent) return;
    const auto kept = kept_set_of_.find(parent);
    if (kept != kept_set_of_.end() && keeps_all_of(kept->second, from, key)) return;
    auto [found, is_new] = set_of_.emplace(parent, selection_.sets.size());
    if (is_new) {
      RowSet set{parent, RowSet::Base::none, {}, {}, {}};
      if (kept != kept_set_of_.end()) set.without = kept->second;
      selection_.sets.push_back(std::move(set));
      found_.push_back(found->second);
    }
    selection_.sets[found->second].referred_by.push_back({from, &key});
    for (const std::string& column : key.to) referred_columns_[parent].insert(column);
  }

  // Whether every row that `from` refers to is kept anyway.
  bool keeps_all_of(std::size_t kept, std::size_t from, const ForeignKey& key) const {
    const RowSet& set = selection_.sets[kept];
    return set.base == RowSet::Base::all ||
           std::any_of(set.referred_by.begin(), set.referred_by.end(),
                       [&](const auto& link) { return link.from == from && link.key == &key; });
  }

  void follow_natural_keys(std::size_t set) {
    const NaturalColumns natural(table_of(set), matches_);
    for (const ForeignKey& key : table_of(set).foreign_keys)
      if (std::any_of(key.columns.begin(), key.columns.end(),
                      [&](const std::string& column) { return natural.has(column); }))
        refer(set, key);
  }

  std::vector<std::string> columns_of(std::size_t set) const {
    const Table& table = table_of(set);
    const NaturalColumns natural(table, matches_);
    std::vector<std::string> columns = table.given_columns();
    if (natural.none()) return columns;
    std::erase_if(columns, [&](const std::string& column) {
      return !natural.has(column) && !in_primary_key(table, column) &&
             !referred_columns_.at(&table).contains(column);
    });
    return columns;
  }

  static bool in_primary_key(const Table& table, const std::string& column) {
    return table.primary_key &&
           std::any_of(table.primary_key->parts.begin(), table.primary_key->parts.end(),
                       [&](const auto& part) { return part.column == column; });
  }

  const Schema& schema_;
  const Matches& matches_;
  Selection& selection_;
  const std::size_t kept_;
  std::map<const Table*, std::size_t> kept_set_of_;
  std::map<const Table*, std::size_t> set_of_;  // the set of rows only referred to
  std::map<const Table*, std::set<std::string>> referred_columns_;
  std::vector<std::size_t> found_;
};

}  // namespace

Matches parse_matches(const Schema& schema, const std::vector<std::string>& texts) {
  Matches matches;
  for (const std::string& text : texts) {
    const auto [name, list] = split_outside_quotes(text, '=');
    if (name.empty() || list.empty())
      throw Error(ErrorKind::usage,
                  fmt::format("{}: '{}' is not a table, an equals sign and columns", kMatch, text))
          .hint("write --match 'exercises=name' or --match 'cards=deck_id,title'");
    const Table& table = named_table(schema, name, kMatch);
    for (const std::string& column : split_list(list)) {
      if (!table.find_column(unquoted(column))) {
        std::vector<std::string> columns;
        for (const Column& other : table.columns) columns.push_back(other.name);
        throw Error(ErrorKind::usage, fmt::format("{}: table '{}' has no column '{}'{}", kMatch,
                                                  name, column, did_you_mean(column, columns)))
            .table(schema.display(table))
            .column(column);
      }
      matches[&table].push_back(unquoted(column));
    }
  }
  return matches;
}

std::vector<ReferredRows> add_referred_rows(const Schema& schema, const Matches& matches,
                                            Selection& selection) {
  return ReferenceFinder(schema, matches, selection).find();
}

const Table* referenced_table(const Schema& schema, const ForeignKey& key) {
  if (!key.broken.empty()) return nullptr;
  const Table* table = schema.find(key.references);
  while (table && table->partition_of) table = schema.find(*table->partition_of);
  return table;
}

}  // namespace dbkeeper
