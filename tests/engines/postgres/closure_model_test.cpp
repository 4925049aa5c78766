// Which rows a selection means, judged by a slow model of it.
#include <map>
#include <random>
#include <set>

#include "engines/postgres/selection.h"
#include "support/catch.h"
#include "support/seed.h"

namespace dbkeeper::testing {
namespace {

using Base = RowSet::Base;
using Numbers = std::vector<std::int64_t>;

// Tables of rows (id, k1, k2), where a row is found by its id or by both k; every table may refer
// to every other, itself too.
struct RandomGraph {
  struct Row {
    std::int64_t id;
    std::map<int, std::int64_t> refers_to;  // by number of the key
  };
  struct Key {
    int from, to;
  };

  explicit RandomGraph(std::mt19937_64& dice) : tables(1 + dice() % 4), rows(tables) {
    for (std::size_t i = dice() % 6; i > 0; --i)
      keys.push_back({static_cast<int>(dice() % tables), static_cast<int>(dice() % tables)});
    for (auto& table : rows)
      for (std::size_t i = dice() % 30; i > 0; --i)
        table.push_back({static_cast<std::int64_t>(table.size() + 1), {}});
    for (std::size_t key = 0; key < keys.size(); ++key)
      for (Row& row : rows[static_cast<std::size_t>(keys[key].from)])
        if (const auto& parents = rows[static_cast<std::size_t>(keys[key].to)];
            !parents.empty() && dice() % 3)
          row.refers_to[static_cast<int>(key)] = parents[dice() % parents.size()].id;
  }

  // Every other key is composite, every third table partitioned.
  std::string sql() const {
    std::string out;
    for (std::size_t t = 0; t < tables; ++t) {
      out += "CREATE TABLE t" + std::to_string(t) + " (id int PRIMARY KEY, k text DEFAULT 'k'";
      for (std::size_t key = 0; key < keys.size(); ++key)
        if (keys[key].from == static_cast<int>(t)) out += ", f" + std::to_string(key) + " bigint";
      out += ", UNIQUE (k, id))";
      out += t % 3 == 2 ? " PARTITION BY HASH (id);" : ";";
      if (t % 3 == 2)
        for (int part = 0; part < 3; ++part)
          out += "CREATE TABLE t" + std::to_string(t) + "_" + std::to_string(part) +
                 " PARTITION OF t" + std::to_string(t) + " FOR VALUES WITH (MODULUS 3, REMAINDER " +
                 std::to_string(part) + ");";
    }
    for (std::size_t t = 0; t < tables; ++t)
      for (const Row& row : rows[t]) {
        std::string columns = "id", values = std::to_string(row.id);
        for (const auto& [key, id] : row.refers_to) {
          columns += ", f" + std::to_string(key);
          values += ", " + std::to_string(id);
        }
        out += "INSERT INTO t" + std::to_string(t) + " (" + columns + ") VALUES (" + values + ");";
      }
    for (std::size_t key = 0; key < keys.size(); ++key) {
      const std::string column = "f" + std::to_string(key);
      out += "ALTER TABLE t" + std::to_string(keys[key].from) + " ADD FOREIGN KEY (" +
             (key % 2 ? "k, " + column : column) + ") REFERENCES t" + std::to_string(keys[key].to) +
             (key % 2 ? " (k, id);" : " (id);");
    }
    return out;
  }

  std::size_t tables;
  std::vector<Key> keys;
  std::vector<std::vector<Row>> rows;
};

const ForeignKey& key_number(const Table& table, std::size_t key) {
  for (const ForeignKey& each : table.foreign_keys)
    if (each.columns.back() == "f" + std::to_string(key)) return each;
  FAIL("no key " << key);
  return table.foreign_keys.front();
}

struct Drawn {
  Selection selection;
  std::vector<std::vector<std::pair<std::size_t, std::size_t>>> links;  // set, key
  std::vector<int> table;
};

// Sets with base and links as they fall; the last few exclude one before them.
Drawn draw(const RandomGraph& graph, const Schema& schema, std::mt19937_64& dice) {
  Drawn out;
  const std::size_t sets = 1 + dice() % 6;
  for (std::size_t set = 0; set < sets; ++set) {
    out.table.push_back(static_cast<int>(dice() % graph.tables));
    RowSet rows;
    rows.table = &table_of(schema, "t" + std::to_string(out.table.back()));
    const auto die = dice() % 5;
    rows.base = die == 0 ? Base::all : die < 3 ? Base::condition : Base::none;
    rows.condition = "id % 5 = " + std::to_string(dice() % 5);
    out.selection.sets.push_back(rows);
  }
  out.links.resize(sets);
  const std::size_t excluding = dice() % 2 ? sets / 2 : sets;  // from there on: refer back alone
  for (std::size_t set = 0; set < sets; ++set) {
    for (std::size_t from = 0; from < (set < excluding ? excluding : sets); ++from)
      for (std::size_t key = 0; key < graph.keys.size(); ++key)
        if (graph.keys[key].from == out.table[from] && graph.keys[key].to == out.table[set] &&
            dice() % 3) {
          out.links[set].push_back({from, key});
          RowSet& rows = out.selection.sets[set];
          rows.referred_by.push_back({from, &key_number(*out.selection.sets[from].table, key)});
        }
    if (set < excluding) continue;
    for (std::size_t other = 0; other < excluding; ++other)
      if (out.table[other] == out.table[set] && dice() % 2) out.selection.sets[set].without = other;
  }
  return out;
}

// Round after round until nothing new comes; sets that exclude come after those that they exclude.
std::vector<std::set<std::int64_t>> model(const RandomGraph& graph, const Drawn& drawn) {
  const auto& sets = drawn.selection.sets;
  std::vector<std::set<std::int64_t>> out(sets.size());
  const auto settle = [&](bool excluding) {
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t set = 0; set < sets.size(); ++set) {
        if (sets[set].without && !excluding) continue;
        const auto add = [&](std::int64_t id) {
          if (sets[set].without && out[*sets[set].without].count(id)) return;
          changed = out[set].insert(id).second || changed;
        };
        for (const auto& row : graph.rows[static_cast<std::size_t>(drawn.table[set])])
          if (sets[set].base == Base::all ||
              (sets[set].base == Base::condition && row.id % 5 == sets[set].condition.back() - '0'))
            add(row.id);
        for (const auto& [from, key] : drawn.links[set])
          for (const auto& row : graph.rows[static_cast<std::size_t>(drawn.table[from])])
            if (out[from].count(row.id) && row.refers_to.count(static_cast<int>(key)))
              add(row.refers_to.at(static_cast<int>(key)));
      }
    }
  };
  settle(false);
  settle(true);
  return out;
}

}  // namespace

TEST_CASE("random graphs of tables, rows and sets give the rows that the model gives") {
  const Seed seed;
  std::mt19937_64 dice = seed.dice();
  for (int round = 0; round < rounds(6); ++round) {
    const RandomGraph graph(dice);
    const ScratchMoment reading(graph.sql());
    for (int i = 0; i < 12; ++i) {
      const Drawn drawn = draw(graph, reading.schema, dice);
      const auto expected = model(graph, drawn);
      for (std::size_t set = 0; set < expected.size(); ++set) {
        INFO(seed.hint() << ", round " << round << ", selection " << i << ", set " << set);
        CHECK(numbers(*reading.snapshot, drawn.selection, set) ==
              Numbers(expected[set].begin(), expected[set].end()));
      }
    }
  }
}

}  // namespace dbkeeper::testing
