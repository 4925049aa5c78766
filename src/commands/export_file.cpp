#include "commands/export_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "dbkeeper/base/text.h"
#include "dbkeeper/formats/export_source.h"

namespace dbkeeper {

ExportFile read_export_file(const std::string& file, Context& context) {
  const bool from_stdin = file == "-";
  ExportFile out{.name = from_stdin ? "stdin" : file};
  auto bytes = open_bytes(file, context.stop);
  try {
    ExportReader reader(export_source(std::move(bytes)), {.warn = [&](std::string_view warning) {
                          context.reporter.warn(warning);
                        }});
    out.content = verify_export(reader, context.reporter, context.stop);
  } catch (Error& error) {
    if (error.kind() == ErrorKind::input) error.during(fmt::format("reading {}", out.name));
    throw;
  }
  std::error_code unknown;
  const auto size = std::filesystem::file_size(file, unknown);
  out.bytes = static_cast<std::int64_t>(from_stdin || unknown ? out.content.bytes : size);
  return out;
}

Value totals_of(const std::vector<TableTotal>& tables, bool references) {
  Value value = Value::object();
  for (const TableTotal& table : tables)
    if ((table.section == Section::references) == references)
      value.set(table.name,
                Value().set("rows", table.total.rows).set("digest", table.total.sum.text()));
  return value;
}

std::string tables_and_rows(const std::vector<TableTotal>& tables) {
  const auto count = std::count_if(tables.begin(), tables.end(), [](const TableTotal& table) {
    return table.section != Section::references;
  });
  return fmt::format("{}, {}", plural(count, "table"),
                     plural(static_cast<std::int64_t>(rows_of(tables)), "row"));
}

}  // namespace dbkeeper
