#include "engines/sqlite/selected_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/text.h"
#include "engines/sqlite/condition.h"
#include "engines/sqlite/quoted_name.h"
#include "engines/sqlite/row_identity.h"

namespace dbkeeper::sqlite {
namespace {

// Sets whose rows others refer to are gathered in closures: one recursive common table expression
// holds the rows of many sets, each as the set's number and what identifies the row (k1, k2, …).
// One, since SQLite copies an expression's text for each use of it, and a name for each set would
// be used again and again along every path of a dense schema. Two, since what a set goes without
// has to be complete before it.
//
// Comparisons are those of foreign keys, by the parent's affinity and collation: unary plus takes
// the child's affinity away, and the parent stands on the left.
class Query {
 public:
  Query(const Selection& selection, std::size_t target)
      : selection_(selection),
        target_(target),
        needed_(selection.sets.size(), false),
        late_(selection.sets.size(), false) {
    find_needed();
    find_late();
    for (std::size_t set = 0; set < needed_.size(); ++set)
      if (needed_[set])
        width_ = std::max(width_, row_identity(*selection_.sets[set].table, "").size());
  }

  std::string sql(const std::vector<std::string>& columns) const {
    const Table& table = *set(target_).table;
    std::vector<std::string> names;
    for (const std::string& column : columns)
      names.push_back(fmt::format("{}.{}", bare(table), QuotedName(column).sql()));
    return fmt::format("{}SELECT {} FROM {} WHERE {}", closures(),
                       names.empty() ? "NULL" : join(names, ", "), QuotedName(table.name).sql(),
                       rows_of(target_));
  }

 private:
  const RowSet& set(std::size_t number) const { return selection_.sets[number]; }

  // Sets that lead to others, as far as that decides about their rows.
  const std::vector<RowSet::Link>& links(std::size_t number) const {
    static const std::vector<RowSet::Link> kNone;
    return set(number).base == RowSet::Base::all ? kNone : set(number).referred_by;
  }
  bool in_closure(std::size_t number) const { return !links(number).empty(); }

  // The sets that have a say in the target's rows.
  void find_needed() {
    std::vector<std::size_t> open = {target_};
    const auto need = [&](std::size_t number) {
      if (!needed_[number]) open.push_back(number);
      needed_[number] = true;
    };
    needed_[target_] = true;
    while (!open.empty()) {
      const std::size_t number = open.back();
      open.pop_back();
      for (const RowSet::Link& link : links(number)) need(link.from);
      if (set(number).without) need(*set(number).without);
    }
  }

  // Sets that go without something, and those to which they lead.
  void find_late() {
    for (std::size_t i = 0; i < late_.size(); ++i) late_[i] = set(i).without.has_value();
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t i = 0; i < late_.size(); ++i) {
        const bool led = std::any_of(links(i).begin(), links(i).end(),
                                     [&](const RowSet::Link& link) { return late_[link.from]; });
        if (!late_[i] && led) changed = late_[i] = true;
      }
    }
  }

  static std::string bare(const Table& table) { return QuotedName(table.name.name).sql(); }
  static std::string closure(bool late) { return late ? "dbkeeper_late" : "dbkeeper_early"; }

  // "k1, k2"
  static std::string keys(std::size_t count) {
    std::vector<std::string> names;
    for (std::size_t i = 1; i <= count; ++i) names.push_back(fmt::format("k{}", i));
    return join(names, ", ");
  }

  static std::string bracketed_list(const std::vector<std::string>& parts) {
    return parts.size() == 1 ? parts.front() : fmt::format("({})", join(parts, ", "));
  }

  // Values without affinity, as they are stored.
  static std::vector<std::string> plain(std::vector<std::string> expressions) {
    for (std::string& expression : expressions) expression.insert(0, 1, '+');
    return expressions;
  }

  static std::vector<std::string> qualified(std::string_view alias,
                                            const std::vector<std::string>& columns) {
    std::vector<std::string> out;
    for (const std::string& column : columns)
      out.push_back(fmt::format("{}.{}", alias, QuotedName(column).sql()));
    return out;
  }

  static std::string equal(const std::vector<std::string>& left,
                           const std::vector<std::string>& right) {
    std::vector<std::string> pairs;
    for (std::size_t i = 0; i < left.size(); ++i) pairs.push_back(left[i] + " = " + right[i]);
    return join(pairs, " AND ");
  }

  // Whether the row of the set's table that goes by `alias` is one of the set's.
  std::string is_in(std::size_t number, std::string_view alias) const {
    const std::vector<std::string> identity = row_identity(*set(number).table, alias);
    const std::string row = bracketed_list(identity);
    if (in_closure(number))
      return fmt::format("{} IN (SELECT {} FROM {} WHERE s = {})", row, keys(identity.size()),
                         closure(late_[number]), number);
    const Table& table = *set(number).table;
    return fmt::format("{} IN (SELECT {} FROM {} WHERE {})", row,
                       join(plain(row_identity(table, bare(table))), ", "),
                       QuotedName(table.name).sql(), rows_of(number));
  }

  // What the rows of a set's table, which goes by its own name, have to meet.
  std::string rows_of(std::size_t number) const {
    const RowSet& rows = set(number);
    const std::string alias = bare(*rows.table);
    if (in_closure(number)) return is_in(number, alias);
    std::string condition = base(rows);
    if (rows.without) condition += " AND NOT " + is_in(*rows.without, alias);
    return condition;
  }

  static std::string base(const RowSet& rows) {
    switch (rows.base) {
      case RowSet::Base::all:
        return "1";
      case RowSet::Base::condition:
        return bracketed(rows.condition);
      default:
        return "0";
    }
  }

  std::string closures() const {
    std::vector<std::string> made;
    for (const bool late : {false, true}) {
      std::vector<std::string> terms = {nothing()};
      add_seeds(terms, late);
      add_steps(terms, late);
      if (terms.size() > 1)
        made.push_back(fmt::format("{}(s, {}) AS (\n{}\n)", closure(late), keys(width_),
                                   join(terms, "\nUNION ")));
    }
    return made.empty() ? "" : "WITH RECURSIVE " + join(made, ",\n") + "\n";
  }

  // The first term of a closure has no rows: it only says that keys are compared byte by byte,
  // whichever tables they are of.
  std::string nothing() const {
    return fmt::format("SELECT 0, {} WHERE 0",
                       join(std::vector<std::string>(width_, "NULL COLLATE binary"), ", "));
  }

  bool gathers(std::size_t number, bool late) const {
    return needed_[number] && in_closure(number) && late_[number] == late;
  }

  // Rows of a closure that don't depend on others of it.
  void add_seeds(std::vector<std::string>& terms, bool late) const {
    for (std::size_t number = 0; number < needed_.size(); ++number) {
      if (!gathers(number, late)) continue;
      const std::string alias = bare(*set(number).table);
      if (set(number).base == RowSet::Base::condition)
        terms.push_back(term(number, alias, base(set(number))));
      for (const RowSet::Link& link : links(number))
        if (!gathers(link.from, late))
          terms.push_back(term(number, alias, is_referred_to(number, link)));
    }
  }

  std::string term(std::size_t number, const std::string& alias,
                   const std::string& condition) const {
    const Table& table = *set(number).table;
    return fmt::format("SELECT {} FROM {} WHERE {}{}", row_in_closure(number, alias),
                       QuotedName(table.name).sql(), condition, but(number, alias));
  }

  // The columns of a closure, from the row of the set's table that goes by `alias`.
  std::string row_in_closure(std::size_t number, std::string_view alias) const {
    std::vector<std::string> values = plain(row_identity(*set(number).table, alias));
    values.insert(values.begin(), std::to_string(number));
    values.resize(width_ + 1, "NULL");
    return join(values, ", ");
  }

  std::string but(std::size_t number, std::string_view alias) const {
    const auto& without = set(number).without;
    return without ? " AND NOT " + is_in(*without, alias) : "";
  }

  std::string is_referred_to(std::size_t number, const RowSet::Link& link) const {
    const Table& child = *set(link.from).table;
    return fmt::format("{} IN (SELECT {} FROM {} WHERE {})",
                       bracketed_list(qualified(bare(*set(number).table), link.key->to)),
                       join(plain(qualified(bare(child), link.key->columns)), ", "),
                       QuotedName(child.name).sql(), rows_of(link.from));
  }

  // From rows of a closure to the rows of it that they refer to. The order of a cross join stands:
  // each row of the closure is looked up, and then its parent.
  void add_steps(std::vector<std::string>& terms, bool late) const {
    for (std::size_t number = 0; number < needed_.size(); ++number) {
      if (!gathers(number, late)) continue;
      for (const RowSet::Link& link : links(number))
        if (gathers(link.from, late)) terms.push_back(step(number, link, late));
    }
  }

  std::string step(std::size_t number, const RowSet::Link& link, bool late) const {
    const Table& child = *set(link.from).table;
    const std::vector<std::string> identity = row_identity(child, "c");
    std::vector<std::string> known;
    for (std::size_t i = 1; i <= identity.size(); ++i) known.push_back(fmt::format("r.k{}", i));
    return fmt::format(
        "SELECT {} FROM {} AS r CROSS JOIN {} AS c CROSS JOIN {} AS p"
        " WHERE r.s = {} AND {} AND {}{}",
        row_in_closure(number, "p"), closure(late), QuotedName(child.name).sql(),
        QuotedName(set(number).table->name).sql(), link.from, equal(identity, known),
        equal(qualified("p", link.key->to), plain(qualified("c", link.key->columns))),
        but(number, "p"));
  }

  const Selection& selection_;
  std::size_t target_;
  std::vector<bool> needed_;
  std::vector<bool> late_;
  std::size_t width_ = 1;
};

}  // namespace

bool is_whole(const RowSet& set) { return set.base == RowSet::Base::all && !set.without; }

std::string select_sql(const Selection& selection, std::size_t set,
                       const std::vector<std::string>& columns) {
  return Query(selection, set).sql(columns);
}

}  // namespace dbkeeper::sqlite
