#include "commands/inspect.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/export_file.h"
#include "commands/file_database.h"
#include "commands/schema_value.h"
#include "commands/text_line.h"
#include "commands/text_table.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/backup_database.h"
#include "dbkeeper/core/inspect.h"
#include "dbkeeper/core/natural_keys.h"

namespace dbkeeper::inspect_command {
namespace {

std::string shown_rows(std::int64_t rows, bool exact) {
  if (rows < 0) return "?";
  return (exact ? "" : "~") + human_count(rows);
}

std::string shown_size(const Inspection& inspection, const Table& table) {
  // A file's tables have none of their own.
  const bool in_file = !inspection.exported_at.empty() || !inspection.whole_schema;
  if (in_file) return "-";
  return table.bytes < 0 ? "?" : human_size(table.bytes);
}

std::string primary_key_of(const Table& table) {
  if (!table.primary_key) return "-";
  std::string text = describe(*table.primary_key);
  const Column* column = table.find_column(table.primary_key->parts.front().column);
  if (table.primary_key->parts.size() > 1 || !column) return text;
  switch (column->origin) {
    case Origin::identity_always:
      return text + " (identity always)";
    case Origin::identity_by_default:
      return text + " (identity)";
    case Origin::serial:
      return text + " (serial)";
    case Origin::autoincrement:
      return text + " (autoincrement)";
    case Origin::rowid:
      return text + " (rowid)";
    default:
      return text;
  }
}

// The primary key has a column of its own.
std::string natural_keys_of(const Table& table) {
  std::vector<std::string> texts;
  for (const Key* key : natural_keys(table)) {
    if (key->kind == Key::Kind::primary) continue;
    const std::string text = describe(*key);
    texts.push_back(key->parts.size() > 1 ? "(" + text + ")" : text);
  }
  return texts.empty() ? "-" : join(texts, "; ");
}

std::string references_of(const Schema& schema, const Table& table) {
  std::vector<std::string> texts;
  for (const ForeignKey& key : table.foreign_keys) {
    std::string text =
        fmt::format("{} → {}", join(key.columns, ", "),
                    key.references == table.name ? "itself" : schema.display(key.references));
    if (!key.validated) text += " (not valid)";
    if (!key.broken.empty()) text += " (broken)";
    texts.push_back(std::move(text));
  }
  return texts.empty() ? "-" : join(texts, "; ");
}

std::string headline(const Inspection& inspection) {
  const DatabaseInfo& database = inspection.database;
  std::string text =
      text_line("{}  {} {}, {}", database.name, database.engine, database.server_version,
                database.location) +
      text_line("{}, {}{}, {}",
                plural(static_cast<std::int64_t>(inspection.schema.tables.size()), "table"),
                shown_rows(inspection.total_rows(), inspection.rows_exact()),
                inspection.total_rows() == 1 ? " row" : " rows", human_size(database.bytes));
  if (!inspection.exported_at.empty()) text += text_line("an export of {}", inspection.exported_at);
  if (!inspection.database.as_of.empty())
    text += text_line("a backup of {}", inspection.database.as_of);
  for (const MigrationState& state : inspection.migrations) {
    text += text_line("{} at {}{}", state.tool,
                      state.version.empty() ? "no version yet" : state.version,
                      state.failed.empty() ? "" : fmt::format(" ({} failed)", state.failed));
  }
  return text;
}

std::string table_list(const Inspection& inspection) {
  TextTable out({{"TABLE"},
                 {"ROWS", TextTable::Align::right},
                 {"SIZE", TextTable::Align::right},
                 {"PRIMARY KEY"},
                 {"NATURAL KEYS"},
                 {"REFERENCES"}});
  for (const std::size_t at : inspection.order.sequence) {
    const Table& table = inspection.schema.tables[at];
    const std::string name = inspection.schema.display(table);
    out.add({table.partition_of ? "  " + name : name,
             shown_rows(table.estimated_rows, table.rows_exact), shown_size(inspection, table),
             primary_key_of(table), natural_keys_of(table),
             references_of(inspection.schema, table)});
  }
  return out.empty() ? std::string() : "\n" + out.text();
}

std::string cycle_list(const Inspection& inspection) {
  std::string text;
  for (const auto& cycle : inspection.order.cycles) {
    std::vector<std::string> names;
    for (const std::size_t at : cycle)
      names.push_back(inspection.schema.display(inspection.schema.tables[at]));
    text += text_line("  {}", join(names, ", "));
  }
  return text.empty() ? text : "\nRefer to one another in a circle:\n" + text;
}

std::string generated_columns_of(const Table& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns)
    if (column.generated()) names.push_back(column.name);
  return join(names, ", ");
}

std::string left_out_list(const Inspection& inspection) {
  std::string text;
  const auto line = [&](const std::string& name, const std::string& why) {
    text += text_line("  {}: {}", name, why);
  };
  for (const std::size_t at : inspection.order.sequence) {
    const Table& table = inspection.schema.tables[at];
    const std::string name = inspection.schema.display(table);
    const std::string why = inspection.left_out(table);
    const std::string generated = generated_columns_of(table);
    if (!why.empty())
      line(name, why);
    else if (!generated.empty())
      line(name + " (" + generated + ")", "generated: computed anew");
  }
  for (const OtherObject& object : inspection.schema.others)
    line(inspection.schema.display(object.name), "a " + object.kind + ": holds no rows of its own");
  return text.empty() ? text : "\nNot exported:\n" + text;
}

Inspection inspect_database(Database& database, const Options& options, Context& context) {
  return inspect(database, {.exact = options.exact}, context.reporter, context.stop);
}

Inspection carry_out(const Options& options, Context& context) {
  if (options.file.empty())
    return inspect_database(*context.open_database(Access::read), options, context);
  if (holds_database(options.file)) {
    const FileDatabase opened = open_file_database(options.file, context);
    Inspection inspection = inspect_database(*opened.database, options, context);
    if (opened.archive) set_rows(inspection.schema, opened.archive->description());
    return inspection;
  }
  const ExportFile file = read_export_file(options.file, context);
  return inspection_of(file.content, file.name, file.bytes);
}

}  // namespace

Outcome run(const Options& options, Context& context) {
  const Inspection inspection = carry_out(options, context);
  Outcome outcome;
  outcome.result = value_of(inspection);
  outcome.text_is_result = options.format == "json";
  if (!outcome.text_is_result)
    outcome.text = headline(inspection) + table_list(inspection) + cycle_list(inspection) +
                   left_out_list(inspection);
  return outcome;
}

}  // namespace dbkeeper::inspect_command
