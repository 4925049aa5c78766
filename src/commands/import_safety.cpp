#include "commands/import_safety.h"

#include <fmt/format.h>

#include "commands/export_file.h"
#include "commands/text_line.h"
#include "commands/text_table.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/new_backup.h"
#include "dbkeeper/core/retention.h"
#include "dbkeeper/core/safety_copy.h"

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

// An export of all tables: what can be made where a backup can't, for want of a pg_dump or of
// rights.
std::string export_instead(Database& database, const Error& hindrance, Context& context) {
  const Settings& settings = context.settings;
  const SafetyCopy copy = make_safety_copy(database, settings.backup_dir, kPreImport, settings.jobs,
                                           context.reporter, context.stop);
  context.reporter.info(fmt::format("no backup could be made: {}", hindrance.message()));
  context.reporter.info(fmt::format("safety copy, an export of all tables, read back: {} ({}, {})",
                                    copy.file, tables_and_rows(copy.tables),
                                    human_size(static_cast<std::int64_t>(copy.bytes))));
  return copy.file;
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
  return text_line("This empties {} of the database '{}' at {} ({}),",
                   plural(static_cast<std::int64_t>(tables.size()), "table"), info.name,
                   info.location, plural(total, "row")) +
         text_line("and fills them from {}:", file) + list.text();
}

std::string copy_before_import(Database& database, Context& context) {
  NewBackupOptions what{.folder = context.settings.backup_dir};
  what.label = kPreImport;
  what.what.allow_empty = true;
  try {
    const NewBackup backup =
        make_backup(database, what, context.settings.jobs, context.reporter, context.stop);
    context.reporter.info(
        fmt::format("safety copy, a backup, read back: {} ({}, {})", backup.file.string(),
                    plural(static_cast<std::int64_t>(backup.description.rows()), "row"),
                    human_size(static_cast<std::int64_t>(backup.bytes))));
    return backup.file.string();
  } catch (Error& error) {
    if (error.kind() == ErrorKind::failed) return export_instead(database, error, context);
    error.during("making a safety copy; nothing was changed");
    throw;
  }
}

}  // namespace dbkeeper
