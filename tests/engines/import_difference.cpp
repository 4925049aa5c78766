#include "engines/import_difference.h"

#include <algorithm>
#include <map>

#include "dbkeeper/base/text.h"
#include "engines/import_trial.h"
#include "support/memory_import.h"
#include "support/memory_table.h"

namespace dbkeeper::testing {
namespace {

// What the model makes of a case, on the schema that the engine has.
struct ModelRun {
  ImportOutcome outcome;
  std::vector<Error> conflicts;
  bool depends_on_order = false;
};

ModelRun run_model(MemoryTarget& memory, const RandomImport& made) {
  static const Stop kNever;
  const ImportPlan plan = plan_for(memory.schema(), made.choice);
  MemoryImport import(memory.store(), kNever);
  ModelRun out;
  out.outcome = run_import(import, memory.schema(), made.file, plan);
  out.conflicts = import.conflicts();
  out.depends_on_order = import.depends_on_order();
  return out;
}

std::string text_of(const RowsByTable& rows) {
  std::string out;
  for (const auto& [table, all] : rows) {
    out += table;
    for (const MemoryRow& row : all) out += " " + shown(row);
    out += "\n";
  }
  return out;
}

std::string text_of(const ImportTarget::KeptMap& kept) {
  std::string out;
  for (const auto& entry : kept) out += entry[1] + " " + entry[2] + " -> " + entry[3] + "\n";
  return out;
}

// Engines count in an order of their own, and two keys may have one name.
std::string text_of(const ImportMatches& matches) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& count : matches.counts) counts[count.by] += count.rows;
  std::vector<std::string> lines;
  for (const auto& [by, rows] : counts)
    lines.push_back("  " + std::to_string(rows) + " by " + by + "\n");
  for (const auto& match : matches.first)
    lines.push_back("  " + match.old_key + " is " + match.new_key + " by " + match.by + "\n");
  std::sort(lines.begin(), lines.end());
  return join(lines, "");
}

// What is wrong with the engine's refusal.
std::string wrong_refusal(const Error& error, const ModelRun& model) {
  if (error.kind() != ErrorKind::conflict) return "it fails: " + error.message();
  if (!model.outcome.error) {
    if (model.depends_on_order) return {};
    return "it refuses: " + error.message() + "\nthe model doesn't:\n" + text_of(model.outcome);
  }
  if (model.outcome.found) return {};
  const auto names_its_table = [&](const Error& each) { return each.table() == error.table(); };
  if (std::any_of(model.conflicts.begin(), model.conflicts.end(), names_its_table)) return {};
  return "it names the table '" + error.table() + "': " + error.message() + "\nthe model " +
         text_of(model.outcome);
}

std::string compare(const std::string& what, const std::string& engine, const std::string& model) {
  if (engine == model) return {};
  return "it " + what + "\n" + engine + "the model " + what + "\n" + model;
}

// Of one import; `done` becomes true if both carried it out.
std::string difference_of_one(ImportTarget& engine, MemoryTarget& memory, const RandomImport& made,
                              bool& done) {
  const RowsByTable before = engine.rows();
  const ModelRun model = run_model(memory, made);
  const ImportOutcome outcome = run_import(engine, made.file, made.choice);
  const RowsByTable after = engine.rows();
  if (outcome.error) {
    if (after != before) return "refused, but not without a trace: " + outcome.error->message();
    return wrong_refusal(*outcome.error, model);
  }
  if (model.outcome.error) return "it does what the model " + text_of(model.outcome);
  done = true;
  for (const std::string& wrong :
       {compare("says", text_of(outcome), text_of(model.outcome)),
        compare("has", text_of(after), text_of(memory.rows())),
        compare("keeps", text_of(engine.kept()), text_of(memory.kept()))})
    if (!wrong.empty()) return wrong;
  return {};
}

}  // namespace

std::string difference(ImportTarget& engine, const RandomImport& made) {
  engine.fill(made.schema, made.target);
  MemoryTarget memory;
  memory.fill(engine.schema(), made.target);
  bool done = false;
  std::string wrong = difference_of_one(engine, memory, made, done);
  if (!wrong.empty() || !done) return wrong;
  wrong = difference_of_one(engine, memory, made, done);
  return wrong.empty() ? wrong : "the second time " + wrong;
}

std::string text_of(const ImportOutcome& outcome) {
  if (outcome.error)
    return (outcome.found ? "refuses when it writes: " : "refuses: ") + outcome.error->message();
  std::string out;
  for (const auto& [table, counts] : outcome.counts) {
    out += table + " " + said(counts) + "\n";
    for (const auto& [old_key, new_key] : outcome.remapped.at(table))
      out += "  " + old_key + " -> " + new_key + "\n";
    out += text_of(outcome.matches.at(table));
  }
  return out;
}

}  // namespace dbkeeper::testing
