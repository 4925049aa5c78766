#include "dbkeeper/core/ledger.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/text.h"
#include "dbkeeper/core/history.h"
#include "dbkeeper/core/table_list.h"

namespace dbkeeper {
namespace {

constexpr std::string_view kOption = "--expect-loss";

const TableLedger* find(const Ledger& ledger, std::string_view table) {
  const auto at = std::find_if(ledger.begin(), ledger.end(), [&](const TableLedger& candidate) {
    return candidate.table == table;
  });
  return at == ledger.end() ? nullptr : &*at;
}

const std::int64_t* find_values(const TableLedger& table, std::string_view column) {
  for (const auto& [name, values] : table.values)
    if (name == column) return &values;
  return nullptr;
}

// A column that can't be NULL has as many values as there are rows: it need not be counted.
TableLedger count(Snapshot& snapshot, const Table& table, std::string shown) {
  std::vector<std::string> columns;
  for (const Column& column : table.columns)
    if (column.nullable) columns.push_back(column.name);
  const std::vector<std::int64_t> counts = snapshot.counts(table, columns);
  TableLedger out{std::move(shown), counts.front(), {}};
  auto next = counts.begin() + 1;
  for (const Column& column : table.columns)
    out.values.emplace_back(column.name, column.nullable ? *next++ : out.rows);
  return out;
}

std::vector<std::int64_t> sorted_counts(const TableLedger& table) {
  std::vector<std::int64_t> counts;
  for (const auto& [column, values] : table.values) counts.push_back(values);
  std::sort(counts.begin(), counts.end());
  return counts;
}

// The one candidate; several tell nothing.
std::string only(const std::vector<std::string>& candidates) {
  return candidates.size() == 1 ? candidates.front() : std::string();
}

std::string new_name_of(const TableLedger& dropped, const Ledger& before, const Ledger& after) {
  std::vector<std::string> candidates;
  for (const TableLedger& table : after)
    if (!find(before, table.table) && table.rows == dropped.rows &&
        sorted_counts(table) == sorted_counts(dropped))
      candidates.push_back(table.table);
  return only(candidates);
}

std::string new_name_of(std::int64_t values, const TableLedger& before, const TableLedger& after) {
  std::vector<std::string> candidates;
  for (const auto& [column, now] : after.values)
    if (now == values && !find_values(before, column)) candidates.push_back(column);
  return only(candidates);
}

void compare(const TableLedger& before, const TableLedger& after, std::vector<Loss>& out) {
  const std::int64_t rows_lost = std::max<std::int64_t>(before.rows - after.rows, 0);
  if (rows_lost > 0)
    out.push_back({LossKind::rows_lost, before.table, {}, before.rows, after.rows, {}, false});
  for (const auto& [column, values] : before.values) {
    const std::int64_t* now = find_values(after, column);
    if (!now)
      out.push_back({LossKind::column_dropped, before.table, column, values, 0,
                     new_name_of(values, before, after), false});
    if (now && values - *now > rows_lost)
      out.push_back({LossKind::values_lost, before.table, column, values, *now, {}, false});
  }
}

std::vector<std::string> parts_of(std::string_view name) {
  const auto [first, rest] = split_outside_quotes(name, '.');
  if (first.empty() && rest.empty()) return {std::string(name)};
  std::vector<std::string> parts = {first};
  for (std::string& part : parts_of(rest)) parts.push_back(std::move(part));
  return parts;
}

// However its parts were quoted, as display() would have it.
std::string canonical(std::string_view name) {
  std::vector<std::string> parts = parts_of(name);
  for (std::string& part : parts) part = quoted_if_needed(unquoted(part));
  return join(parts, ".");
}

// A table of the default schema has two names.
std::vector<std::string> names_of(const std::string& table, const std::string& default_schema) {
  if (parts_of(table).size() > 1) return {table};
  return {table, quoted_if_needed(default_schema) + "." + table};
}

// What went with a table or a column.
std::string with_it(std::int64_t count, std::string_view noun) {
  return count == 0 ? fmt::format("; it had no {}s", noun)
                    : fmt::format(", and {} with it", plural(count, noun));
}

std::string gone(std::int64_t lost, std::int64_t before, std::string_view noun) {
  if (lost == before && before > 1) return fmt::format("all {} are gone", plural(before, noun));
  return fmt::format("{} of {} {} gone", human_count(lost), plural(before, noun),
                     lost == 1 ? "is" : "are");
}

}  // namespace

Ledger take_ledger(Snapshot& snapshot, const Schema& schema, const Stop& stop) {
  Ledger ledger;
  for (const Table& table : schema.tables) {
    if (table.kind != TableKind::plain && table.kind != TableKind::partitioned) continue;
    if (!history_tool(schema, table).empty()) continue;
    stop.check();
    ledger.push_back(count(snapshot, table, schema.display(table)));
  }
  return ledger;
}

ExpectedLosses::ExpectedLosses(const std::vector<std::string>& texts, const Schema& before)
    : default_schema_(before.default_schema) {
  for (const TablePattern& pattern : parse_table_list(texts, kOption)) {
    patterns_.push_back({pattern.glob ? pattern.text : canonical(pattern.text), pattern.glob});
    if (std::string complaint = complaint_of(patterns_.back(), before); !complaint.empty())
      unmatched_.push_back(std::move(complaint));
  }
}

bool ExpectedLosses::contain(const Loss& loss) const {
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const Pattern& pattern) {
    return matches(pattern, loss.table, "") ||
           (!loss.column.empty() && matches(pattern, loss.table, loss.column));
  });
}

bool ExpectedLosses::matches(const Pattern& pattern, const std::string& table,
                             const std::string& column) const {
  for (std::string& name : names_of(table, default_schema_)) {
    if (!column.empty()) name += "." + quoted_if_needed(column);
    if (pattern.glob ? glob_matches(pattern.text, name) : pattern.text == name) return true;
  }
  return false;
}

std::string ExpectedLosses::complaint_of(const Pattern& pattern, const Schema& schema) const {
  std::vector<std::string> names;
  for (const Table& table : schema.tables) {
    const std::string shown = schema.display(table);
    if (matches(pattern, shown, "")) return {};
    names.push_back(shown);
    for (const Column& column : table.columns) {
      if (matches(pattern, shown, column.name)) return {};
      names.push_back(shown + "." + quoted_if_needed(column.name));
    }
  }
  return fmt::format("{}: nothing is called '{}' (any more){}", kOption, pattern.text,
                     did_you_mean(pattern.text, names));
}

std::vector<Loss> losses(const Ledger& before, const Ledger& after,
                         const ExpectedLosses& expected) {
  std::vector<Loss> out;
  for (const TableLedger& table : before) {
    if (const TableLedger* now = find(after, table.table))
      compare(table, *now, out);
    else
      out.push_back({LossKind::table_dropped,
                     table.table,
                     {},
                     table.rows,
                     0,
                     new_name_of(table, before, after),
                     false});
  }
  for (Loss& loss : out) loss.expected = expected.contain(loss);
  return out;
}

std::string text_of(const Loss& loss) {
  const std::string place =
      loss.column.empty() ? loss.table : loss.table + "." + quoted_if_needed(loss.column);
  const std::string renamed =
      loss.perhaps_renamed_to.empty()
          ? ""
          : fmt::format(" (or is it {} now?)", loss.column.empty()
                                                   ? loss.perhaps_renamed_to
                                                   : quoted_if_needed(loss.perhaps_renamed_to));
  switch (loss.kind) {
    case LossKind::table_dropped:
      return fmt::format("{}: the table is gone{}{}", place, with_it(loss.before, "row"), renamed);
    case LossKind::column_dropped:
      return fmt::format("{}: the column is gone{}{}", place, with_it(loss.before, "value"),
                         renamed);
    case LossKind::rows_lost:
      return fmt::format("{}: {}", place, gone(loss.before - loss.after, loss.before, "row"));
    case LossKind::history_lost:
      return fmt::format("{}: {} stood at {}, and has no history any more", place, loss.tool,
                         loss.version);
    case LossKind::values_changed:
      return fmt::format("{}: {} of {} {} now", place, human_count(loss.before - loss.after),
                         plural(loss.before, "value"),
                         loss.before - loss.after == 1 ? "is another" : "are others");
    case LossKind::values_lost:
      break;
  }
  return fmt::format("{}: {}", place, gone(loss.before - loss.after, loss.before, "value"));
}

std::vector<Gain> gains(const Ledger& before, const Ledger& after) {
  std::vector<Gain> out;
  for (const TableLedger& table : after) {
    const TableLedger* then = find(before, table.table);
    const std::int64_t rows = then ? then->rows : 0;
    if (table.rows > rows) out.push_back({table.table, rows, table.rows});
  }
  return out;
}

}  // namespace dbkeeper
