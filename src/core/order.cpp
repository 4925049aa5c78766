#include "dbkeeper/core/order.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace dbkeeper {
namespace {

using Index = std::size_t;

struct Edge {
  Index child;
  Index parent;
  bool hard;  // no column of the key may be NULL
};

bool is_hard(const Table& table, const ForeignKey& key) {
  return std::all_of(key.columns.begin(), key.columns.end(), [&](const std::string& name) {
    const Column* column = table.find_column(name);
    return column && !column->nullable;
  });
}

// A family is a partitioned table with its partitions, or any other table alone: rows of a
// partition are rows of its root, so the whole family stands in one place.
class Families {
 public:
  explicit Families(const Schema& schema) : root_(schema.tables.size()) {
    for (Index i = 0; i < schema.tables.size(); ++i) at_[schema.tables[i].name] = i;
    for (Index i = 0; i < schema.tables.size(); ++i) {
      root_[i] = i;
      const Table* table = &schema.tables[i];
      while (table->partition_of && at_.contains(*table->partition_of)) {
        root_[i] = at_.at(*table->partition_of);
        table = &schema.tables[root_[i]];
      }
    }
  }

  Index root(Index table) const { return root_[table]; }

  std::vector<Edge> edges(const Schema& schema) const {
    std::vector<Edge> out;
    for (Index i = 0; i < schema.tables.size(); ++i)
      for (const ForeignKey& key : schema.tables[i].foreign_keys) {
        const auto parent = at_.find(key.references);
        if (parent == at_.end() || root_[parent->second] == root_[i]) continue;
        out.push_back({root_[i], root_[parent->second], is_hard(schema.tables[i], key)});
      }
    return out;
  }

 private:
  std::map<TableName, Index> at_;
  std::vector<Index> root_;
};

// Tarjan's strongly connected components, without recursion: schemas may be chains of thousands.
class Components {
 public:
  Components(Index nodes, const std::vector<Edge>& edges)
      : parents_(nodes), number_(nodes, kUnseen), low_(nodes), on_stack_(nodes), component_(nodes) {
    for (const Edge& edge : edges) parents_[edge.child].push_back(edge.parent);
    for (Index node = 0; node < nodes; ++node)
      if (number_[node] == kUnseen) visit(node);
  }

  Index of(Index node) const { return component_[node]; }
  Index count() const { return count_; }

 private:
  static constexpr Index kUnseen = static_cast<Index>(-1);
  struct Frame {
    Index node;
    Index next_parent;
  };

  void enter(Index node, std::vector<Frame>& path) {
    number_[node] = low_[node] = seen_++;
    stack_.push_back(node);
    on_stack_[node] = true;
    path.push_back({node, 0});
  }

  void visit(Index start) {
    std::vector<Frame> path;
    enter(start, path);
    while (!path.empty()) {
      Frame& frame = path.back();
      const Index node = frame.node;
      if (frame.next_parent < parents_[node].size()) {
        const Index parent = parents_[node][frame.next_parent++];
        if (number_[parent] == kUnseen)
          enter(parent, path);
        else if (on_stack_[parent])
          low_[node] = std::min(low_[node], number_[parent]);
        continue;
      }
      if (low_[node] == number_[node]) close(node);
      path.pop_back();
      if (!path.empty()) low_[path.back().node] = std::min(low_[path.back().node], low_[node]);
    }
  }

  void close(Index root) {
    Index node;
    do {
      node = stack_.back();
      stack_.pop_back();
      on_stack_[node] = false;
      component_[node] = count_;
    } while (node != root);
    ++count_;
  }

  std::vector<std::vector<Index>> parents_;
  std::vector<Index> number_, low_;
  std::vector<bool> on_stack_;
  std::vector<Index> component_, stack_;
  Index seen_ = 0, count_ = 0;
};

// Nodes, parents first and otherwise by rank; where a circle leaves no choice, the lowest rank
// goes.
std::vector<Index> sorted_by_parents(std::vector<Index> nodes, const std::vector<Edge>& edges,
                                     const std::vector<Index>& rank) {
  std::map<Index, Index> waits_for;
  std::map<Index, std::vector<Index>> children;
  for (const Index node : nodes) waits_for[node] = 0;
  for (const Edge& edge : edges) {
    children[edge.parent].push_back(edge.child);
    ++waits_for[edge.child];
  }
  const auto lower = [&](Index a, Index b) { return rank[a] < rank[b]; };
  std::set<Index, decltype(lower)> ready(lower), waiting(lower);
  for (const Index node : nodes) (waits_for[node] == 0 ? ready : waiting).insert(node);
  std::vector<Index> out;
  while (!ready.empty() || !waiting.empty()) {
    auto& from = ready.empty() ? waiting : ready;
    const Index node = *from.begin();
    from.erase(from.begin());
    out.push_back(node);
    for (const Index child : children[node])
      if (--waits_for[child] == 0 && waiting.erase(child)) ready.insert(child);
  }
  return out;
}

// Each table's place among all by name: what makes the order independent of the catalog's.
std::vector<Index> ranks(const Schema& schema) {
  std::vector<Index> by_name(schema.tables.size()), rank(schema.tables.size());
  std::iota(by_name.begin(), by_name.end(), Index{0});
  std::sort(by_name.begin(), by_name.end(),
            [&](Index a, Index b) { return schema.tables[a].name < schema.tables[b].name; });
  for (Index i = 0; i < by_name.size(); ++i) rank[by_name[i]] = i;
  return rank;
}

}  // namespace

TableOrder order_tables(const Schema& schema) {
  const Index count = schema.tables.size();
  const Families families(schema);
  const std::vector<Edge> edges = families.edges(schema);
  const Components components(count, edges);
  const std::vector<Index> rank = ranks(schema);

  std::vector<std::vector<Index>> members(components.count());
  for (Index i = 0; i < count; ++i)
    if (families.root(i) == i) members[components.of(i)].push_back(i);
  std::vector<Index> component_rank(components.count(), count);
  for (Index i = 0; i < count; ++i)
    component_rank[components.of(i)] = std::min(component_rank[components.of(i)], rank[i]);

  std::vector<Edge> between;
  std::vector<std::vector<Edge>> hard_within(components.count());
  for (const Edge& edge : edges) {
    const Index child = components.of(edge.child), parent = components.of(edge.parent);
    if (child != parent)
      between.push_back({child, parent, edge.hard});
    else if (edge.hard)
      hard_within[child].push_back(edge);
  }

  std::vector<std::vector<Index>> family(count);
  for (Index i = 0; i < count; ++i) family[families.root(i)].push_back(i);
  const auto lower = [&](Index a, Index b) { return rank[a] < rank[b]; };
  for (Index root = 0; root < count; ++root)
    std::sort(family[root].begin(), family[root].end(), [&](Index a, Index b) {
      return (a == root) != (b == root) ? a == root : lower(a, b);
    });

  std::vector<Index> all(components.count());
  std::iota(all.begin(), all.end(), Index{0});
  TableOrder order;
  for (const Index component : sorted_by_parents(all, between, component_rank)) {
    const auto tables = sorted_by_parents(members[component], hard_within[component], rank);
    if (tables.size() > 1) order.cycles.push_back(tables);
    for (const Index root : tables)
      order.sequence.insert(order.sequence.end(), family[root].begin(), family[root].end());
  }
  return order;
}

}  // namespace dbkeeper
