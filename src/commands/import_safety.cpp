#include "commands/import_safety.h"

#include <fmt/format.h>

#include "commands/export_file.h"
#include "commands/text_table.h"
#include "dbkeeper/base/shell.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper {
namespace {

// The rows of partitions are their table's.
std::vector<const Table*> emptied_tables(const ImportPlan& plan) {
  std::vector<const Table*> out;
  for (const auto& group : plan.emptied)
    for (const Table* table : group)
      if (!table->partition_of) out.push_back(table);
  return out;
}

// A database that was named on the command line has to be named there again.
std::vector<std::string> words_for_database(Context& context) {
  for (const Setting& setting : context.explain_settings())
    if (setting.command.empty() && setting.name == "db" && setting.origin == "--db")
      if (const auto* address = std::get_if<std::string>(&setting.value.data()))
        return {"--db", *address};
  return {};
}

}  // namespace

std::string clean_question(Database& database, const Schema& schema, const ImportPlan& plan,
                           const std::string& file) {
  const auto snapshot = database.snapshot();
  const DatabaseInfo info = database.info();
  TextTable list({{"  TABLE"}, {"ROWS", TextTable::Align::right}});
  std::int64_t total = 0;
  const auto tables = emptied_tables(plan);
  for (const Table* table : tables) {
    const std::int64_t rows = snapshot->count(*table);
    total += rows;
    list.add({"  " + schema.display(*table), human_count(rows)});
  }
  return fmt::format(
      "This empties {} of the database '{}' at {} ({}),\n"
      "and fills them from {}:\n{}",
      plural(static_cast<std::int64_t>(tables.size()), "table"), info.name, info.location,
      plural(total, "row"), file, list.text());
}

std::string undo_command(const SafetyCopy& copy, const Schema& schema, const ImportPlan& plan,
                         Context& context) {
  std::vector<std::string> changed;
  for (const Table* table : emptied_tables(plan)) changed.push_back(schema.display(*table));
  std::vector<std::string> words = {"dbkeeper", "import", copy.file, "--mode", "clean"};
  const auto add = [&](const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
  };
  add(copy.words_for(changed));
  if (plan.fire_triggers) add({"--fire-triggers"});
  add(words_for_database(context));
  std::vector<std::string> quoted;
  for (const std::string& word : words) quoted.push_back(shell_word(word));
  return join(quoted, " ");
}

std::string describe(const SafetyCopy& copy) {
  return fmt::format("{}, {}", tables_and_rows(copy.tables),
                     human_size(static_cast<std::int64_t>(copy.bytes)));
}

}  // namespace dbkeeper
