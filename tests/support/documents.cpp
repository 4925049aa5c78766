#include "support/documents.h"

#include <algorithm>
#include <cstring>

#include "core/schemas.h"
#include "dbkeeper/formats/export_writer.h"
#include "dbkeeper/model/row_digest.h"
#include "support/catch.h"

namespace dbkeeper::testing {
namespace {

const export_json::Metadata kMetadata = {
    "2026-01-02T03:04:05.678Z", "shop", "memory", "1", "0.1.0", {}, {}, Value::object()};

std::string shown(const Batch& batch, std::size_t row, const std::vector<std::string>& columns) {
  std::map<std::string, Buffer> cells;
  for (std::size_t i = 0; i < columns.size(); ++i)
    append_canonical(cells[columns[i]], batch.at(row, i));
  std::string out;
  for (const auto& [name, cell] : cells)
    out.append(name).append("=").append(cell.view()).append(";");
  return out;
}

constexpr std::string_view kSections[] = {"references", "data", "relationships"};

bool has_plain(const Batch& batch, std::size_t row) {
  for (std::size_t column = 0; column < batch.columns(); ++column)
    if (batch.at(row, column).kind == CellKind::plain) return true;
  return false;
}

void read_content(RowDocument& document, Content& content) {
  while (const auto table = document.next_table()) {
    REQUIRE(document.has_begun(table->section));
    auto& rows = content[std::string(kSections[static_cast<std::size_t>(table->section)]) + "." +
                         table->name];
    const auto batches = document.rows();
    Batch batch(table->columns.size());
    while (batches->next(batch))
      for (std::size_t row = 0; row < batch.rows(); ++row) {
        REQUIRE_FALSE(has_plain(batch, row));
        rows.push_back(shown(batch, row, table->columns));
      }
    std::sort(rows.begin(), rows.end());
  }
}

}  // namespace

std::size_t TextSource::read(char* buffer, std::size_t size) {
  const std::size_t count = std::min({piece_, size, text_.size() - at_});
  std::memcpy(buffer, text_.data() + at_, count);
  at_ += count;
  return count;
}

Table table_of_kinds(const std::string& name,
                     const std::vector<std::pair<std::string, Family>>& columns) {
  Table out = table(name);
  for (const auto& [column_name, family] : columns)
    out.columns.push_back(column(column_name, family, true));
  return out;
}

std::string written(const Schema& schema, const std::vector<TableRows>& tables) {
  std::string out;
  std::vector<const Table*> all;
  for (const Table& table : schema.tables) all.push_back(&table);
  ExportWriter writer([&](std::string_view bytes) { out += bytes; }, kMetadata, schema, all);
  for (const Section section : {Section::references, Section::data, Section::relationships}) {
    writer.begin_section(section);
    for (const TableRows& entry : tables) {
      if (entry.section != section) continue;
      const Table& table = *schema.find({"public", entry.table});
      writer.begin_table(table);
      RowEncoder encoder(table, table.given_columns());
      Buffer text;
      if (entry.rows) encoder.append(*entry.rows, text);
      writer.rows(text.view());
      writer.end_table({encoder.rows(), encoder.sum()});
    }
  }
  writer.finish();
  return out;
}

std::string written(const Schema& schema, const std::vector<const Batch*>& rows) {
  std::vector<TableRows> tables;
  for (std::size_t i = 0; i < rows.size(); ++i)
    tables.push_back({Section::data, schema.tables[i].name.name, rows[i]});
  return written(schema, tables);
}

Content content_of(RowDocument& document) {
  Content out;
  read_content(document, out);
  return out;
}

DocumentReading read_document(std::unique_ptr<ByteSource> source, bool edited) {
  DocumentReading out;
  const auto warn = [&](std::string_view text) { out.warnings.emplace_back(text); };
  try {
    ExportReader reader(std::move(source), {edited, warn});
    read_content(reader, out.content);
  } catch (const Error& error) {
    out.error = error;
  }
  return out;
}

DocumentReading read_document(const std::string& text, bool edited) {
  return read_document(std::make_unique<TextSource>(text), edited);
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  INFO("looking for " << from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace dbkeeper::testing
