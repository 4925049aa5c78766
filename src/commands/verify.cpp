#include "commands/verify.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>

#include "commands/export_file.h"

namespace dbkeeper::verify_command {
namespace {

Value value_of(const ExportFile& file, double seconds) {
  const VerifiedExport& content = file.content;
  const export_json::Metadata& metadata = content.metadata;
  return Value()
      .set("file", file.name)
      .set("kind", "export")
      .set("bytes", file.bytes)
      .set("document_bytes", content.bytes)
      .set("database", metadata.database)
      .set("engine", metadata.engine)
      .set("server_version", metadata.server_version)
      .set("timestamp", metadata.timestamp)
      .set("rows", rows_of(content.tables))
      .set("tables", totals_of(content.tables, false))
      .set("references", totals_of(content.tables, true))
      .set("seconds", seconds);
}

std::string text_of(const ExportFile& file) {
  const VerifiedExport& content = file.content;
  return fmt::format("{}: {}, all digests hold; written {} from {} {}\n", file.name,
                     tables_and_rows(content.tables), content.metadata.timestamp,
                     content.metadata.engine, content.metadata.server_version);
}

}  // namespace

void add_options(CLI::App& app, Options& options) {
  app.add_option("FILE", options.file, "the export; - is standard input")
      ->type_name("FILE")
      ->required();
}

Outcome run(const Options& options, Context& context) {
  const auto begin = std::chrono::steady_clock::now();
  const ExportFile file = read_export_file(options.file, context);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  Outcome outcome;
  outcome.result = value_of(file, elapsed.count());
  outcome.text = text_of(file);
  return outcome;
}

}  // namespace dbkeeper::verify_command
