#include <array>

#include "dbkeeper/base/json_text.h"
#include "dbkeeper/formats/export_writer.h"
#include "formats/json/schema_json.h"

namespace dbkeeper {
namespace {

using export_json::Metadata;

constexpr std::array<std::string_view, 3> kSectionNames = {"references", "data", "relationships"};

Value value_of(const Metadata& metadata) {
  Value schema_version;
  if (metadata.schema_version)
    schema_version.set("tool", metadata.schema_version->tool)
        .set("version", metadata.schema_version->version);
  return Value()
      .set("format", export_json::kFormat)
      .set("version", export_json::kVersion)
      .set("timestamp", metadata.timestamp)
      .set("database", metadata.database)
      .set("engine", metadata.engine)
      .set("server_version", metadata.server_version)
      .set("dbkeeper_version", metadata.dbkeeper_version)
      .set("schema_version", std::move(schema_version))
      .set("source_id", Value(metadata.source_id))
      .set("options", metadata.options);
}

Digest header_digest(const Value& metadata, const Value& schema) {
  return digest_of(json_of(Value().set("export_metadata", metadata).set("schema", schema),
                           MemberOrder::by_name));
}

Value value_of(const RowTotal& total) {
  return Value().set("rows", total.rows).set("digest", total.sum.text());
}

}  // namespace

ExportWriter::ExportWriter(export_json::Output output, const Metadata& metadata,
                           const Schema& schema, const std::vector<const Table*>& tables)
    : output_(std::move(output)), schema_(schema) {
  const Value head = value_of(metadata);
  Value described = Value::object();
  std::string text = "{\n\"export_metadata\": " + json_of(head) + ",\n\"schema\": {";
  const char* separator = "\n";
  for (const Table* table : tables) {
    const std::string name = schema.display(*table);
    Value description = table_value(schema, *table);
    text += separator + json_of(name) + ": " + json_of(description);
    separator = ",\n";
    described.set(name, std::move(description));
  }
  header_ = header_digest(head, described);
  write(text + "}");
}

void ExportWriter::begin_section(Section section) {
  end_section();
  section_ = section;
  in_section_ = true;
  write(",\n\"" + std::string(kSectionNames[static_cast<std::size_t>(section)]) + "\": {");
}

void ExportWriter::end_section() {
  if (in_section_) write("}");
  in_section_ = false;
}

void ExportWriter::begin_table(const Table& table) {
  table_ = schema_.display(table);
  table_is_empty_ = true;
  write((written_[static_cast<std::size_t>(section_)].empty() ? "\n" : ",\n") + json_of(table_) +
        ": [");
}

void ExportWriter::rows(std::string_view text) {
  if (text.empty()) return;
  if (table_is_empty_) text.remove_prefix(1);  // no comma before the first row
  table_is_empty_ = false;
  write(text);
}

void ExportWriter::end_table(const RowTotal& total) {
  write(table_is_empty_ ? "]" : "\n]");
  written_[static_cast<std::size_t>(section_)].push_back({table_, total});
}

void ExportWriter::finish() {
  end_section();
  Value tables = Value::object(), references = Value::object();
  std::uint64_t rows = 0;
  for (const Section section : {Section::references, Section::data, Section::relationships})
    for (const Entry& entry : written_[static_cast<std::size_t>(section)]) {
      const bool referred = section == Section::references;
      (referred ? references : tables).set(entry.name, value_of(entry.total));
      if (!referred) rows += entry.total.rows;
    }
  write(",\n\"summary\": " +
        json_of(Value()
                    .set("tables", std::move(tables))
                    .set("references", std::move(references))
                    .set("rows", rows)
                    .set("header", header_.text())) +
        "\n}\n");
}

}  // namespace dbkeeper
