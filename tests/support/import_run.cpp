#include "support/import_run.h"

#include <algorithm>

#include "dbkeeper/core/natural_keys.h"
#include "dbkeeper/core/order.h"

namespace dbkeeper::testing {
namespace {

constexpr std::size_t kAllMatches = 1000;

// Groups of tables, parents first.
std::vector<std::vector<std::size_t>> groups_of(const Schema& schema) {
  const TableOrder order = order_tables(schema);
  std::vector<std::vector<std::size_t>> out;
  for (const std::size_t table : order.sequence) {
    const auto cycle = std::find_if(
        order.cycles.begin(), order.cycles.end(),
        [&](const auto& each) { return std::find(each.begin(), each.end(), table) != each.end(); });
    if (cycle == order.cycles.end())
      out.push_back({table});
    else if (cycle->front() == table)
      out.push_back(*cycle);
  }
  return out;
}

// What the user gave takes the place of all but a primary key that is a name itself.
std::vector<Key> keys_of(const Table& table, const ImportChoice& choice) {
  std::vector<Key> out;
  if (const auto given = choice.match.find(table.name.name); given != choice.match.end()) {
    Key& key = out.emplace_back();
    key.kind = Key::Kind::index;
    for (const std::string& column : given->second) key.parts.push_back({column, {}, {}});
    if (table.primary_key && why_not_natural(table, *table.primary_key).empty())
      out.push_back(*table.primary_key);
    return out;
  }
  for (const Key* key : natural_keys(table)) out.push_back(*key);
  // Engines name the same key differently: their names are not to decide about the order.
  std::stable_sort(out.begin(), out.end(),
                   [](const Key& a, const Key& b) { return describe(a) < describe(b); });
  return out;
}

const std::vector<ForeignKey>& declared_links(const Table& table, const ImportChoice& choice) {
  static const std::vector<ForeignKey> kNone;
  const auto at = choice.declared_links.find(table.name.name);
  return at == choice.declared_links.end() ? kNone : at->second;
}

// Where the table of that name stands in the plan.
std::size_t place_of(const ImportPlan& plan, const std::string& name) {
  const auto at =
      std::find_if(plan.tables.begin(), plan.tables.end(),
                   [&](const ImportTable& table) { return table.table->name.name == name; });
  return static_cast<std::size_t>(at - plan.tables.begin());
}

void add_links(ImportPlan& plan, ImportTable& table, const ImportChoice& choice) {
  for (const ForeignKey& key : table.table->foreign_keys)
    table.links.push_back({key.columns, place_of(plan, key.references.name), key.to, &key});
  for (const ForeignKey& key : declared_links(*table.table, choice))
    table.links.push_back({key.columns, place_of(plan, key.references.name), key.to, nullptr});
}

// The written tables, and what refers to them.
std::set<std::string> to_be_emptied(const ImportPlan& plan) {
  std::set<std::string> out;
  for (const ImportTable& table : plan.tables)
    if (table.written) out.insert(table.name);
  for (bool more = true; more;) {
    more = false;
    for (const ImportTable& table : plan.tables)
      for (const ForeignKey& key : table.table->foreign_keys)
        if (out.contains(key.references.name)) more = out.insert(table.name).second || more;
  }
  return out;
}

void add_emptied(ImportPlan& plan) {
  const std::set<std::string> names = to_be_emptied(plan);
  for (auto group = plan.groups.rbegin(); group != plan.groups.rend(); ++group) {
    std::vector<const Table*> tables;
    for (const std::size_t table : *group)
      if (names.contains(plan.tables[table].name)) tables.push_back(plan.tables[table].table);
    if (!tables.empty()) plan.emptied.push_back(tables);
  }
}

void stage(Import& import, const Table& table, Rows kind, const ImportFile::Part& part) {
  const auto columns = part.columns.empty() ? table.given_columns() : part.columns;
  const auto sink = import.stage(table, kind, columns);
  Batch batch(columns.size());
  for (const MemoryRow& row : part.rows)
    for (const MemoryCell& cell : row) cell.add_to(batch);
  sink->write(batch);
  sink->finish();
}

void stage_all(Import& import, const Schema& schema, Rows kind,
               const std::map<std::string, ImportFile::Part>& parts) {
  for (const auto& [name, part] : parts)
    stage(import, *schema.find({schema.default_schema, name}), kind, part);
}

void report(Import& import, const ImportPlan& plan, ImportOutcome& out) {
  for (std::size_t i = 0; i < plan.tables.size(); ++i) {
    const std::string& name = plan.tables[i].name;
    out.counts[name] = import.counts(i);
    auto& remapped = out.remapped[name];
    import.remapped(i, [&](std::string_view old_key, std::string_view new_key) {
      remapped.emplace_back(old_key, new_key);
  });
  std::sort(remapped.begin(), remapped.end());
}
}  // namespace

}  // namespace dbkeeper::testing

Schema with_declared_links(Schema schema, const ImportChoice& choice) {
  for (Table& table : schema.tables)
    for (ForeignKey key : declared_links(table, choice)) {
      key.references.schema = schema.default_schema;
      table.foreign_keys.push_back(key);
    }
  return schema;
}

ImportPlan plan_for(const Schema& schema, const ImportChoice& choice) {
  ImportPlan plan;
  plan.mode = choice.mode;
  plan.identity = choice.identity;
  plan.on_missing = choice.on_missing;
  plan.keep_map = choice.keep_map;
  plan.tell_keys = true;
  if (choice.quickly) plan.many_rows = 0;
  plan.source = "the file's source";
  for (const auto& group : groups_of(with_declared_links(schema, choice))) {
    auto& places = plan.groups.emplace_back();
    for (const std::size_t number : group) {
      places.push_back(plan.tables.size());
      const Table& table = schema.tables[number];
      ImportTable& made = plan.tables.emplace_back();
      made.table = &table;
      made.name = schema.display(table);
      made.written = !choice.looked_up.contains(table.name.name);
      made.keys = keys_of(table, choice);
      if (const auto kept = choice.kept.find(table.name.name); kept != choice.kept.end())
        made.kept = kept->second;
    }
  }
  for (ImportTable& table : plan.tables) add_links(plan, table, choice);
  if (plan.mode == ImportMode::clean) add_emptied(plan);
  return plan;
}

void stage_file(Import& import, const Schema& schema, const ImportFile& file) {
  stage_all(import, schema, Rows::data, file.data);
  stage_all(import, schema, Rows::references, file.references);
}

ImportOutcome run_import(Import& import, const Schema& schema, const ImportFile& file,
                         const ImportPlan& plan) {
  ImportOutcome out;
  try {
    if (plan.many_rows == 0 && file.references.empty() && import.may_take_straight(plan) &&
        import.expect(plan))
      import.empty_tables();
    stage_file(import, schema, file);
    import.find_rows(plan);
    out.found = true;
    for (std::size_t i = 0; i < plan.tables.size(); ++i)
      out.matches[plan.tables[i].name] = import.matches(i, kAllMatches);
    import.write_rows();
    ImportOutcome done = out;
    report(import, plan, done);
    import.commit();
    return done;
  } catch (const Error& error) {
    out.error = error;
  }
  return out;
}

ImportOutcome run_import(ImportTarget& target, const ImportFile& file, const ImportChoice& choice) {
  const ImportPlan plan = plan_for(target.schema(), choice);
  return run_import(*target.database().begin_import(), target.schema(), file, plan);
}

}  // namespace dbkeeper::testing
