// Reading an export back: any layout, any order of sections and keys, in constant memory, strictly.
//
//   ExportReader reader(export_source(open_bytes("shop.json", stop)));
//   while (const auto table = reader.next_table()) {
//     const auto rows = reader.rows();
//     Batch batch(table->columns.size());
//     while (rows->next(batch)) …
//   }
//
// What is wrong with the file is Error(input) with line, table and column. Nothing of a document is
// proven before next_table() has said that there are no more tables: rows are handed out as they
// come, and what they are to be is told by a summary that may stand at the end.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dbkeeper/base/byte_source.h"
#include "dbkeeper/formats/row_document.h"

namespace dbkeeper {

struct ReaderOptions {
  // Somebody has changed rows since the file was written: a digest or a number of rows that the
  // summary contradicts is a warning, and a key that a row lacks is NULL.
  bool edited = false;
  // What the user should know although the document is read.
  std::function<void(std::string_view)> warn = {};
};

class ExportReader final : public RowDocument {
 public:
  // Reads as far as metadata and schema. A document whose rows stand before them is gone through
  // twice: what comes from a pipe is kept in a temporary file meanwhile.
  explicit ExportReader(std::unique_ptr<ByteSource> source, ReaderOptions options = {});
  ~ExportReader() override;
  ExportReader(ExportReader&&) noexcept;

  const export_json::Metadata& metadata() const override;
  const Schema& schema() const override;
  // Rows that were not asked for are read and checked all the same; nothing once the document
  // agrees with its summary.
  std::optional<FileTable> next_table() override;
  bool has_begun(Section section) const override;
  std::unique_ptr<RowSource> rows() override;
  std::string header_digest() const override;  // as the summary has it
  std::uint64_t bytes() const override;        // of the document's text
  std::optional<double> share_read() const override;

  // Of the table that next_table() gave, once its rows have been read.
  const RowTotal& total() const;

 private:
  class Document;
  std::unique_ptr<Document> document_;
};

}  // namespace dbkeeper
