// Imports as the dice say: the engines' SQL against the plain model of its rules.
//
// PostgreSQL's share needs a server; the others can be run alone: [import-model] ~[postgres]
#include <algorithm>

#include "dbkeeper/core/order.h"
#include "engines/import_difference.h"
#include "engines/import_trial.h"
#include "support/seed.h"

namespace dbkeeper::testing {
namespace {

void require_agreement(ImportTarget& engine, int cases) {
  const Seed seed;
  Dice dice = seed.dice();
  for (int round = 0; round < cases; ++round) {
    const RandomImport made = random_import(dice);
    if (difference(engine, made).empty()) continue;
    const RandomImport least =
        smallest(made, [&](const RandomImport& less) { return !difference(engine, less).empty(); });
    FAIL(seed.hint() << ", round " << round << "\n"
                     << least.text() << "\n"
                     << difference(engine, least));
  }
}

// Names that go in a circle, a row's being part of its own, can't be looked up level by level.
RandomImport without_circular_names(RandomImport made) {
  const Schema schema = with_declared_links(made.schema, made.choice);
  const TableOrder order = order_tables(schema);
  const auto in_circle = [&](const Table& table, const ForeignKey& key) {
    if (key.references == table.name) return true;
    return std::any_of(order.cycles.begin(), order.cycles.end(), [&](const auto& cycle) {
      const auto has = [&](const TableName& name) {
        return std::any_of(cycle.begin(), cycle.end(),
                           [&](std::size_t at) { return schema.tables[at].name == name; });
      };
      return has(table.name) && has(key.references);
    });
  };
  for (Table& table : made.schema.tables)
    std::erase_if(table.unique, [&](const Key& key) {
      const auto& links = schema.find(table.name)->foreign_keys;
      return std::any_of(links.begin(), links.end(), [&](const ForeignKey& link) {
        return in_circle(table, link) &&
               std::any_of(key.parts.begin(), key.parts.end(), [&](const Key::Part& part) {
                 return part.column == link.columns.front();
               });
      });
    });
  return made;
}

// A reference that becomes NULL since its row is only looked up, and not there, stands in the next
// run's way where that row's own number is presumed to be another's first.
bool nulls_what_is_looked_up(const ImportChoice& choice) {
  return choice.on_missing == MissingReference::null && !choice.looked_up.empty();
}

// What a second import of the same file does to the model's rows; empty for nothing.
std::string what_changes_again(const RandomImport& made) {
  MemoryTarget memory;
  memory.fill(made.schema, made.target);
  const ImportOutcome first = run_import(memory, made.file, made.choice);
  if (first.error || made.choice.mode == ImportMode::clean || !made.choice.keep_map ||
      nulls_what_is_looked_up(made.choice))
    return {};
  const RowsByTable before = memory.rows();
  const ImportOutcome second = run_import(memory, made.file, made.choice);
  if (!second.error && memory.rows() == before) return {};
  return text_of(first) + "then\n" + text_of(second);
}

}  // namespace

TEST_CASE("by the model, the same import changes nothing the second time", "[import-model]") {
  const Seed seed;
  Dice dice = seed.dice();
  for (int round = 0; round < rounds(1000); ++round) {
    const RandomImport made = without_circular_names(random_import(dice));
    if (what_changes_again(made).empty()) continue;
    const RandomImport least =
        smallest(made, [](const RandomImport& less) { return !what_changes_again(less).empty(); });
    FAIL(seed.hint() << ", round " << round << "\n" << least.text() << what_changes_again(least));
  }
}

TEST_CASE("SQLite imports what the model says", "[import-model]") {
  SqliteTarget engine;
  require_agreement(engine, rounds(200));
}

TEST_CASE("PostgreSQL imports what the model says", "[import-model][postgres]") {
  PostgresTarget engine;
  require_agreement(engine, rounds(40));
}

}  // namespace dbkeeper::testing
