#include <algorithm>

#include "engines/import_difference.h"

namespace dbkeeper::testing {
namespace {

using Change = std::function<bool(RandomImport&)>;  // false if there is nothing to change

template <class Container>
bool erase_at(Container& from, std::size_t at) {
  if (at >= from.size()) return false;
  from.erase(std::next(from.begin(), static_cast<std::ptrdiff_t>(at)));
  return true;
}

void forget(RandomImport& made, const std::string& table) {
  made.target.erase(table);
  made.file.data.erase(table);
  made.file.references.erase(table);
  made.choice.looked_up.erase(table);
  made.choice.match.erase(table);
  made.choice.kept.erase(table);
  made.choice.declared_links.erase(table);
}

bool erase_table(RandomImport& made, std::size_t at) {
  if (at >= made.schema.tables.size()) return false;
  const TableName name = made.schema.tables[at].name;
  const auto refer = [&](const std::vector<ForeignKey>& keys) {
    return std::any_of(keys.begin(), keys.end(),
                       [&](const ForeignKey& key) { return key.references == name; });
  };
  for (const Table& table : made.schema.tables)
    if (table.name != name && refer(table.foreign_keys)) return true;  // stays
  for (const auto& [table, keys] : made.choice.declared_links)
    if (table != name.name && refer(keys)) return true;
  forget(made, name.name);
  return erase_at(made.schema.tables, at);
}

// A row without which the rest would break a rule stays.
bool erase_target_row(RandomImport& made, const std::string& table, std::size_t at) {
  RowsByTable rows = made.target;
  if (!erase_at(rows[table], at)) return false;
  RowsByTable repaired = rows;
  repair(made.schema, repaired);
  if (repaired == rows) made.target = rows;
  return true;
}

// A key that something refers to stays.
bool erase_key(const Schema& schema, Table& table, std::size_t at) {
  if (at >= table.unique.size()) return false;
  for (const Table& child : schema.tables)
    for (const ForeignKey& key : child.foreign_keys)
      if (key.references == table.name && !table.unique[at].has_expression() &&
          key.to == table.unique[at].columns())
        return true;
  return erase_at(table.unique, at);
}

// Each step leaves one more thing of its kind out: the at-th.
using Step = std::function<bool(RandomImport&, std::size_t at)>;

std::vector<Step> steps(const RandomImport& made) {
  std::vector<Step> out;
  out.push_back([](RandomImport& m, std::size_t at) { return erase_table(m, at); });
  out.push_back([](RandomImport& m, std::size_t at) { return erase_at(m.file.data, at); });
  out.push_back([](RandomImport& m, std::size_t at) { return erase_at(m.file.references, at); });
  out.push_back([](RandomImport& m, std::size_t at) { return erase_at(m.choice.looked_up, at); });
  out.push_back([](RandomImport& m, std::size_t at) { return erase_at(m.choice.match, at); });
  out.push_back([](RandomImport& m, std::size_t at) { return erase_at(m.choice.kept, at); });
  out.push_back([](RandomImport& m, std::size_t at) {
    if (at > 0) return false;
    m.choice.mode = ImportMode::skip;
    return true;
  });
  for (std::size_t i = 0; i < made.schema.tables.size(); ++i) {
    const std::string name = made.schema.tables[i].name.name;
    out.push_back([name](RandomImport& m, std::size_t at) {
      return m.file.data.contains(name) && erase_at(m.file.data[name].rows, at);
    });
    out.push_back([name](RandomImport& m, std::size_t at) {
      return m.file.references.contains(name) && erase_at(m.file.references[name].rows, at);
    });
    out.push_back([name](RandomImport& m, std::size_t at) {
      return m.target.contains(name) && erase_target_row(m, name, at);
    });
    const auto in_table = [name](RandomImport& m, const auto& change) {
      for (Table& table : m.schema.tables)
        if (table.name.name == name) return change(table);
      return false;
    };
    out.push_back([in_table](RandomImport& m, std::size_t at) {
      return in_table(m, [&](Table& table) { return erase_at(table.foreign_keys, at); });
    });
    out.push_back([in_table](RandomImport& m, std::size_t at) {
      return in_table(m, [&](Table& table) { return erase_key(m.schema, table, at); });
    });
  }
  return out;
}

}  // namespace

RandomImport smallest(RandomImport made, const std::function<bool(const RandomImport&)>& differs) {
  for (bool more = true; more;) {
    more = false;
    for (const Step& step : steps(made))
      for (std::size_t at = 0;;) {
        RandomImport less = made;
        if (!step(less, at)) break;
        const bool smaller = less.text() != made.text();
        if (!smaller || !differs(less)) {
          ++at;
          continue;
        }
        made = std::move(less);
        more = true;
      }
  }
  return made;
}

}  // namespace dbkeeper::testing
