#include "engines/staging/parking.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/text.h"
#include "engines/staging/numbers.h"
#include "engines/staging/questions.h"
#include "engines/staging/row_sets.h"

namespace dbkeeper::staging {
namespace {

class Parking {
 public:
  Parking(Workspace& work, std::size_t table, const Key& key)
      : work_(work), table_(table), staged_(work.at(table)), key_(key) {}

  void park() {
    const std::string column = free_column();
    if (column.empty() || !has_rows(work_.dialect(), taken())) return;
    const std::string quoted = work_.dialect().quoted(column);
    const std::string value =
        staged_.column(column).type.family == Family::text
            ? "'~' || p.place"
            : fmt::format("{} + p.place", highest_number(work_, table_, column));
    work_.dialect().move_rows(
        staged_.table(),
        fmt::format("{} AS t SET {} = {} FROM (SELECT m.n, {}, row_number() OVER (ORDER BY m.n) AS "
                    "place FROM {}) AS p WHERE {}",
                    work_.dialect().update(staged_.table()), quoted, value,
                    work_.address_list(table_, "m"), changing(),
                    work_.at_address(table_, "t", "p")),
        work_.found(table_));
  }

 private:
  // A column of the key that merge updates and nothing leads to or from; empty if there is none.
  std::string free_column() const {
    if (key_.has_expression() || !key_.predicate.empty()) return {};
    for (const std::string& name : updated_columns()) {
      const Family family = staged_.column(name).type.family;
      const bool can_hold = family == Family::integer || family == Family::text;
      if (can_hold && !staged_.links(name) && !is_referenced(name)) return name;
    }
    return {};
  }

  bool is_referenced(const std::string& column) const {
    return std::ranges::find(work_.referenced_columns(table_), column) !=
           work_.referenced_columns(table_).end();
  }

  // Rows to be updated in the key: the file's under v, where they are under m, the database's under
  // x.
  std::string changing() const {
    return fmt::format(
        "{} AS v JOIN {} AS m ON m.n = v.{} JOIN {} AS x ON {} WHERE {} AND (m.changed = 1 OR "
        "m.changed IS NULL) AND {}",
        work_.rows(table_, Values::final), work_.found(table_), work_.n(table_),
        work_.dialect().rows_of(staged_.table()), work_.at_address(table_, "x", "m"),
        to_be_updated(work_, table_, "v"),
        work_.dialect().differ(staged_.table(), updated_columns(), "x", "v"));
  }

  // Those of the key that merge updates.
  std::vector<std::string> updated_columns() const {
    std::vector<std::string> out;
    const auto updated = staged_.updated_columns();
    for (const std::string& name : key_.columns())
      if (std::ranges::find(updated, name) != updated.end()) out.push_back(name);
    return out;
  }

  // Those of them whose values a row of the database has by now.
  std::string taken() const {
    std::vector<std::string> same;
    for (std::size_t i = 0; i < key_.parts.size(); ++i)
      same.push_back(work_.dialect().key_equal(staged_.table(), key_, i,
                                               work_.of("v", key_.parts[i].column),
                                               work_.of("h", key_.parts[i].column)));
    return fmt::format("(SELECT 1 FROM {} AS h JOIN (SELECT v.* FROM {}) AS v ON {}) AS taken",
                       work_.dialect().rows_of(staged_.table()), changing(), join(same, " AND "));
  }

  Workspace& work_;
  const std::size_t table_;
  const StagedTable& staged_;
  const Key& key_;
};

}  // namespace

void park_values(Workspace& work, std::size_t table) {
  if (work.plan().fire_triggers) return;
  for (const Key& key : work.at(table).table().unique) Parking(work, table, key).park();
}

}  // namespace dbkeeper::staging
