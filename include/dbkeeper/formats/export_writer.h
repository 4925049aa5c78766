// Writing an export: the document's frame, and rows as JSON text. Rows may be encoded on several
// threads; the frame takes their texts in order.
//
//   ExportWriter writer(output, metadata, schema, tables);
//   writer.begin_section(Section::data);
//   writer.begin_table(users);
//   RowEncoder encoder(users, columns);          // per part, on any thread
//   encoder.append(batch, text);
//   writer.rows(text);
//   writer.end_table({encoder.rows(), encoder.sum()});
//   writer.finish();
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/base/buffer.h"
#include "dbkeeper/formats/export_json.h"
#include "dbkeeper/model/batch.h"
#include "dbkeeper/model/row_digest.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper {

// Turns batches into rows of the document and keeps their count and digest. One thread at a time.
class RowEncoder {
 public:
  // `columns`: those that the batches carry, in their order.
  RowEncoder(const Table& table, const std::vector<std::string>& columns);

  // Appends the rows, each with the comma and line break that stand before it.
  void append(const Batch& batch, Buffer& out);

  std::uint64_t rows() const { return digest_.rows(); }
  const Digest& sum() const { return digest_.sum(); }

 private:
  struct ColumnForm {
    std::string key;  // what stands before the value: `,\n{"id":`, `,"name":`
    Family family;
    Family element;  // of an array
  };

  std::vector<ColumnForm> columns_;
  RowDigest digest_;
};

// Writes one document. Without finish() it is truncated, and every reader says so.
class ExportWriter {
 public:
  // `tables`: every one that will have rows in any section. The schema outlives the writer.
  ExportWriter(export_json::Output output, const export_json::Metadata& metadata,
               const Schema& schema, const std::vector<const Table*>& tables);

  // Each section once, in order; all of them, if only to be empty.
  void begin_section(Section section);
  void begin_table(const Table& table);
  // A text of RowEncoder::append, in pieces between two rows or as a whole.
  void rows(std::string_view text);
  void end_table(const RowTotal& total);
  void finish();

 private:
  struct Entry {
    std::string name;
    RowTotal total;
  };

  void write(std::string_view text) { output_(text); }
  void end_section();

  export_json::Output output_;
  const Schema& schema_;
  Digest header_;
  Section section_ = Section::references;
  bool in_section_ = false;
  bool table_is_empty_ = true;
  std::string table_;
  std::array<std::vector<Entry>, 3> written_;  // by section
};

}  // namespace dbkeeper
