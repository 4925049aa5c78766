// Random schemas, rows and selections: what an engine's SQL finds is what the plain loops of the
// engine in memory find.
#include <algorithm>
#include <random>

#include "dbkeeper/base/text.h"
#include "engines/contract_engines.h"
#include "support/catch.h"
#include "support/open.h"
#include "support/seed.h"

namespace dbkeeper::testing {
namespace {

using Columns = std::vector<std::string>;
using Rows = std::vector<MemoryRow>;

class Dice {
 public:
  explicit Dice(std::mt19937_64& generator) : generator_(generator) {}

  // From 0 up to `below`, which is left out.
  int number(std::size_t below) {
    return static_cast<int>(generator_() % std::max<std::size_t>(below, 1));
  }
  bool chance(int percent) { return number(100) < percent; }
  template <class Items>
  auto& one_of(Items& items) {
    return items[static_cast<std::size_t>(number(items.size()))];
  }

 private:
  std::mt19937_64& generator_;
};

constexpr std::size_t kMostRows = 12;

// Tables t0, t1, … Each has a primary key, one column or two, but for a few that nothing refers to;
// some have a unique, nullable column `code`; foreign keys lead anywhere, to the table itself too.
struct Graph {
  struct Node {
    Table table;
    Rows rows;
  };
  std::vector<Node> nodes;
  bool lost = false;  // some references lead to rows that aren't there
};

Column integer_column(const std::string& name, bool nullable) {
  Column column;
  column.name = name;
  column.type.family = Family::integer;
  column.nullable = nullable;
  return column;
}

Key key_of(Key::Kind kind, const Columns& columns) {
  Key key;
  key.kind = kind;
  for (const std::string& column : columns) key.parts.push_back({column, {}, {}});
  return key;
}

Table random_table(Dice& dice, std::size_t number) {
  Table table;
  table.name = {"main", "t" + std::to_string(number)};
  const int shape = dice.number(10);
  const Columns keys = shape == 0 ? Columns{} : shape < 4 ? Columns{"a", "b"} : Columns{"id"};
  for (const std::string& column : keys) table.columns.push_back(integer_column(column, false));
  if (!keys.empty()) table.primary_key = key_of(Key::Kind::primary, keys);
  table.columns.push_back(integer_column("code", true));
  if (dice.chance(50)) table.unique.push_back(key_of(Key::Kind::constraint, {"code"}));
  return table;
}

void add_foreign_key(Dice& dice, Graph& graph, Table& child) {
  const Table& parent = dice.one_of(graph.nodes).table;
  std::vector<Columns> targets;
  if (parent.primary_key) targets.push_back(parent.primary_key->columns());
  for (const Key& key : parent.unique) targets.push_back(key.columns());
  if (targets.empty()) return;
  ForeignKey key;
  key.references = parent.name;
  key.to = dice.one_of(targets);
  for (std::size_t i = 0; i < key.to.size(); ++i)
    key.columns.push_back("f" + std::to_string(child.foreign_keys.size()) + "_" +
                          std::to_string(i));
  for (const std::string& column : key.columns)
    child.columns.push_back(integer_column(column, true));
  child.foreign_keys.push_back(std::move(key));
}

std::size_t position(const Table& table, const std::string& column) {
  return static_cast<std::size_t>(table.find_column(column) - table.columns.data());
}

// The value of a key's column in row `number`, different for each row. Two columns: (0, 0), (0, 1),
// (1, 0), …
int key_value(const Columns& columns, std::size_t place, std::size_t number) {
  if (columns.size() == 1) return static_cast<int>(number) + 1;
  return static_cast<int>(place == 0 ? number / 2 : number % 2);
}

void add_rows(Dice& dice, Graph::Node& node) {
  const Table& table = node.table;
  const std::size_t rows = static_cast<std::size_t>(dice.number(kMostRows));
  for (std::size_t number = 0; number < rows; ++number) {
    MemoryRow row(table.columns.size(), MemoryCell(nullptr));
    const Columns keys = table.primary_key ? table.primary_key->columns() : Columns{};
    for (std::size_t i = 0; i < keys.size(); ++i)
      row[position(table, keys[i])] = key_value(keys, i, number);
    const bool unique = !table.unique.empty();
    if (dice.chance(70))
      row[position(table, "code")] = unique ? 50 + static_cast<int>(number) : 50 + dice.number(3);
    node.rows.push_back(std::move(row));
  }
}

// A foreign key's values: those of one of the parent's rows, or NULL in part, or nobody's.
void refer(Dice& dice, const Graph& graph, const Table& child, const ForeignKey& key,
           MemoryRow& row) {
  const auto parent =
      std::find_if(graph.nodes.begin(), graph.nodes.end(),
                   [&](const Graph::Node& node) { return node.table.name == key.references; });
  const bool lost = parent->rows.empty() || (graph.lost && dice.chance(10));
  if (lost && !graph.lost) return;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    if (dice.chance(15)) continue;
    row[position(child, key.columns[i])] = MemoryCell(1000);
  }
  if (lost) return;
  const MemoryRow& to = dice.one_of(parent->rows);
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    MemoryCell& cell = row[position(child, key.columns[i])];
    if (cell.kind != CellKind::null) cell = to[position(parent->table, key.to[i])];
  }
}

Graph random_graph(Dice& dice) {
  Graph graph;
  graph.lost = dice.chance(50);
  graph.nodes.resize(static_cast<std::size_t>(2 + dice.number(4)));
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) graph.nodes[i].table = random_table(dice, i);
  for (Graph::Node& node : graph.nodes)
    for (int keys = dice.number(4); keys > 0; --keys) add_foreign_key(dice, graph, node.table);
  for (Graph::Node& node : graph.nodes) add_rows(dice, node);
  for (Graph::Node& node : graph.nodes)
    for (MemoryRow& row : node.rows)
      for (const ForeignKey& key : node.table.foreign_keys)
        refer(dice, graph, node.table, key, row);
  return graph;
}

std::string quoted(const Columns& columns) {
  Columns out;
  for (const std::string& column : columns) out.push_back('"' + column + '"');
  return join(out, ", ");
}

std::string values_sql(const Graph::Node& node) {
  std::string sql;
  for (const MemoryRow& row : node.rows) {
    Columns values;
    for (const MemoryCell& cell : row)
      values.push_back(cell.kind == CellKind::null ? "NULL" : std::to_string(cell.integer));
    sql += "INSERT INTO " + node.table.name.name + " VALUES (" + join(values, ", ") + ");\n";
  }
  return sql;
}

std::string foreign_key_sql(const ForeignKey& key) {
  return "FOREIGN KEY (" + quoted(key.columns) + ") REFERENCES " + key.references.name + " (" +
         quoted(key.to) + ")";
}

// What stands between the parentheses of a CREATE TABLE.
std::string body_sql(const Table& table, const std::string& type) {
  Columns parts;
  for (const Column& column : table.columns) parts.push_back('"' + column.name + "\" " + type);
  if (table.primary_key)
    parts.push_back("PRIMARY KEY (" + quoted(table.primary_key->columns()) + ")");
  for (const Key& key : table.unique) parts.push_back("UNIQUE (" + quoted(key.columns()) + ")");
  return join(parts, ", ");
}

// SQLite's kinds of tables: with a rowid that a column names or takes the name of, and without.
struct SqliteGraph {
  static constexpr int kRounds = 60;
  using Scratch = ScratchSqlite;

  static std::string sql(Dice& dice, const Graph& graph) {
    std::string sql = "PRAGMA foreign_keys = OFF;\n";
    for (const Graph::Node& node : graph.nodes) {
      sql += "CREATE TABLE " + node.table.name.name + " (" +
             body_sql(node.table, dice.chance(80) ? "INTEGER" : "INT");
      for (const ForeignKey& key : node.table.foreign_keys) sql += ", " + foreign_key_sql(key);
      sql += node.table.primary_key && dice.chance(40) ? ") WITHOUT ROWID;\n" : ");\n";
      sql += values_sql(node);
    }
    return sql;
  }
};

struct PostgresGraph {
  static constexpr int kRounds = 12;
  using Scratch = ScratchPostgres;

  static std::string sql(Dice& dice, const Graph& graph) {
    std::string sql;
    for (const Graph::Node& node : graph.nodes)
      sql += "CREATE TABLE " + node.table.name.name + " (" +
             body_sql(node.table, dice.chance(50) ? "bigint" : "integer") + ");\n" +
             values_sql(node);
    for (const Graph::Node& node : graph.nodes)
      for (const ForeignKey& key : node.table.foreign_keys)
        sql += "ALTER TABLE " + node.table.name.name + " ADD " + foreign_key_sql(key) +
               (graph.lost ? " NOT VALID;\n" : ";\n");
    return sql;
  }
};

// A selection by numbers, so that the same one can be made of each engine's own schema.
struct Choice {
  struct Link {
    std::size_t from;
    std::size_t key;
  };
  struct Set {
    std::size_t table;
    RowSet::Base base = RowSet::Base::none;
    std::string condition;
    std::vector<Link> links;
    std::optional<std::size_t> without;
  };
  std::vector<Set> sets;
};

void choose_base(Dice& dice, const Graph& graph, Choice::Set& set) {
  const int kind = dice.number(10);
  if (kind < 4) return;
  set.base = kind < 6 ? RowSet::Base::all : RowSet::Base::condition;
  const Table& table = graph.nodes[set.table].table;
  const std::string& column = dice.one_of(table.columns).name;
  const int value = column == "code" ? 50 + dice.number(kMostRows) : dice.number(kMostRows);
  set.condition = column + " = " + std::to_string(value);
}

// Has sets from `begin` on refer to one another, and sets of `from` on refer to them.
void choose_links(Dice& dice, const Graph& graph, Choice& choice, std::size_t from,
                  std::size_t begin) {
  for (std::size_t child = from; child < choice.sets.size(); ++child) {
    const auto& keys = graph.nodes[choice.sets[child].table].table.foreign_keys;
    for (std::size_t key = 0; key < keys.size(); ++key)
      for (std::size_t set = begin; set < choice.sets.size(); ++set)
        if (graph.nodes[choice.sets[set].table].table.name == keys[key].references &&
            dice.chance(70))
          choice.sets[set].links.push_back({child, key});
  }
}

// One set or more of some tables, as an export has them; then some of rows that those refer to and
// don't have.
Choice random_choice(Dice& dice, const Graph& graph) {
  Choice choice;
  for (std::size_t table = 0; table < graph.nodes.size(); ++table)
    for (int sets = dice.number(3); sets > 0; --sets) {
      choice.sets.push_back({table, {}, {}, {}, {}});
      choose_base(dice, graph, choice.sets.back());
    }
  choose_links(dice, graph, choice, 0, 0);

  const std::size_t first = choice.sets.size();
  for (std::size_t table = 0; table < graph.nodes.size(); ++table) {
    if (dice.chance(20)) continue;
    choice.sets.push_back({table, {}, {}, {}, {}});
    if (dice.chance(30)) choose_base(dice, graph, choice.sets.back());
    for (std::size_t set = 0; set < first; ++set)
      if (choice.sets[set].table == table && dice.chance(80)) choice.sets.back().without = set;
  }
  choose_links(dice, graph, choice, 0, first);
  return choice;
}

Selection selection_of(const Choice& choice, const Graph& graph, const Schema& schema) {
  Selection selection;
  const auto table_of = [&](std::size_t set) -> const Table& {
    return table_in(schema, graph.nodes[choice.sets[set].table].table.name.name);
  };
  for (std::size_t i = 0; i < choice.sets.size(); ++i) {
    const Choice::Set& chosen = choice.sets[i];
    RowSet& set = selection.sets.emplace_back();
    set.table = &table_of(i);
    set.base = chosen.base;
    set.condition = chosen.condition;
    set.without = chosen.without;
    for (const Choice::Link& link : chosen.links) {
      const auto& columns =
          graph.nodes[choice.sets[link.from].table].table.foreign_keys[link.key].columns;
      for (const ForeignKey& key : table_of(link.from).foreign_keys)
        if (key.columns == columns) set.referred_by.push_back({link.from, &key});
    }
  }
  return selection;
}

// All rows of all sets.
std::vector<Rows> read_sets(Database& database, const Graph& graph, const Choice& choice) {
  const auto snapshot = database.snapshot();
  const Schema schema = snapshot->schema();
  const Selection selection = selection_of(choice, graph, schema);
  std::vector<Rows> found;
  for (std::size_t set = 0; set < selection.sets.size(); ++set) {
    Columns columns;
    for (const Column& column : graph.nodes[choice.sets[set].table].table.columns)
      columns.push_back(column.name);
    found.push_back(read_set(*snapshot, selection, set, columns));
  }
  return found;
}

}  // namespace

TEMPLATE_TEST_CASE("random selections are those of the engine in memory", "[contract]", SqliteGraph,
                   PostgresGraph) {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 generator = seed.dice();
  Dice dice(generator);
  for (int round = 0; round < rounds(TestType::kRounds); ++round) {
    const Graph graph = random_graph(dice);
    const std::string sql = TestType::sql(dice, graph);
    INFO(sql);
    MemoryStore store;
    for (const Graph::Node& node : graph.nodes) store.add(node.table, node.rows);
    MemoryDatabase memory(store);
    const typename TestType::Scratch scratch(sql);
    const auto database = open(scratch.url());
    for (int choices = 0; choices < 4; ++choices) {
      const Choice choice = random_choice(dice, graph);
      CAPTURE(round, choices);
      REQUIRE(read_sets(*database, graph, choice) == read_sets(memory, graph, choice));
    }
  }
}

}  // namespace dbkeeper::testing
