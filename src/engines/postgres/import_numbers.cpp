#include "engines/postgres/import_numbers.h"

#include <fmt/format.h>

#include "engines/postgres/catalog.h"
#include "engines/postgres/fetch.h"
#include "engines/postgres/numbering.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

// Whether the sequence gives out nothing up to `last` any more, as far as this role can see.
bool is_beyond(const SequenceFacts& facts, const std::optional<std::int64_t>& last) {
  if (!facts.next) return false;
  return !last || (facts.increment > 0 ? *facts.next > *last : *facts.next < *last);
}

// Counted by ourselves: from the sequence's next number, or from what follows `last`.
std::string counted(std::int64_t from, bool is_last, std::int64_t increment,
                    const std::string& order) {
  return fmt::format(
      "('{}'::pg_catalog.int8 + {} * (pg_catalog.row_number() OVER (ORDER BY {}){}))", from,
      increment, order, is_last ? "" : " - 1");
}

}  // namespace

std::string ImportNumbers::next(const Table& table, const Column& column, std::int64_t highest,
                                const std::string& order, const std::string& stage) {
  if (!column.sequence) return counted(highest, true, 1, order);
  const SequenceFacts facts = look_at_sequence(session_, *column.sequence);
  const auto last = last_in_range(table, column, highest, stage, facts);
  const bool beyond = is_beyond(facts, last);
  const bool usable = facts.gives && (beyond || (facts.moves && facts.next));
  if (dry_run_ || !usable)
    return beyond ? counted(*facts.next, false, facts.increment, order)
                  : counted(last.value_or(highest), true, facts.increment, order);
  if (!beyond) move_sequence(session_, *column.sequence, *last);
  return fmt::format("pg_catalog.nextval({}::pg_catalog.regclass)",
                     literal(QuotedName(*column.sequence).sql()));
}

// Where the role can't see whether the sequence lies behind, it can't be left to chance.
void ImportNumbers::advance(const Table& table, const Column& column, std::int64_t highest,
                            const std::string& stage) {
  if (dry_run_ || !column.sequence) return;
  const SequenceFacts facts = look_at_sequence(session_, *column.sequence);
  const auto last = last_in_range(table, column, highest, stage, facts);
  if (!last || is_beyond(facts, last)) return;
  try {
    move_sequence(session_, *column.sequence, *last);
  } catch (Error& error) {
    if (error.table().empty()) error.table(display(table.name, kDefaultSchema));
    throw error.column(column.name);
  }
}

// The last of the numbers in use that the sequence itself could come to: others, beyond its end or
// on the far side of its beginning, are never in its way. Of one that counts down it is the lowest.
std::optional<std::int64_t> ImportNumbers::last_in_range(const Table& table, const Column& column,
                                                         std::int64_t highest,
                                                         const std::string& stage,
                                                         const SequenceFacts& facts) {
  const bool up = facts.increment > 0;
  if (up && highest <= facts.maximum) return highest;
  const std::string name = QuotedName(std::string_view(column.name)).sql();
  const auto numbers = [&](const std::string& from) {
    return fmt::format("SELECT {} AS n FROM {}", name, from);
  };
  std::string all = numbers(from_clause(table));
  if (!stage.empty()) all += " UNION ALL " + numbers(stage);
  const pqxx::result rows =
      session_.query(fmt::format("SELECT {}(n) FROM ({}) AS numbers WHERE n BETWEEN {} AND {}",
                                 up ? "max" : "min", all, facts.minimum, facts.maximum));
  if (rows[0][0].is_null()) return std::nullopt;
  return std::stoll(rows[0][0].c_str());
}

}  // namespace dbkeeper::postgres
