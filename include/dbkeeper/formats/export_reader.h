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

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/base/byte_source.h"
#include "dbkeeper/formats/export_json.h"
#include "dbkeeper/model/rows.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper {

// A table of the document.
struct FileTable {
  Section section = Section::data;
  std::string name;              // as display() writes it
  const Table* table = nullptr;  // as the document's schema describes it; lives as the reader does
  // Those that its rows carry, in the order of the first one's keys; all but the generated ones,
  // where the table has no rows.
  std::vector<std::string> columns;
};

struct ReaderOptions {
  // Somebody has changed rows since the file was written: a digest or a number of rows that the
  // summary contradicts is a warning, and a key that a row lacks is NULL.
  bool edited = false;
  // What the user should know although the document is read.
  std::function<void(std::string_view)> warn = {};
};

class ExportReader {
 public:
  // Reads as far as metadata and schema. A document whose rows stand before them is gone through
  // twice: what comes from a pipe is kept in a temporary file meanwhile.
  explicit ExportReader(std::unique_ptr<ByteSource> source, ReaderOptions options = {});
  ~ExportReader();
  ExportReader(ExportReader&&) noexcept;

  const export_json::Metadata& metadata() const;
  // The tables as the document describes them; names without a schema are of the default one.
  const Schema& schema() const;

  // The next table in the document's order; nothing after the last one, and by then the whole
  // document has been read and agrees with its summary. Rows that were not asked for are read and
  // checked all the same.
  std::optional<FileTable> next_table();

  // Whether the section has begun, with tables or without.
  bool has_begun(Section section) const;

  // The rows of the table that next_table() gave, cells in the order of its columns and as the
  // engine had given them, but that CellKind::plain comes back as text. Once a table; lives until
  // the next call of next_table().
  std::unique_ptr<RowSource> rows();

  // Of the table that next_table() gave, once its rows have been read.
  const RowTotal& total() const;

  // The digest of metadata and schema that the summary has. Requires: there are no more tables.
  std::string header_digest() const;

  std::uint64_t bytes() const;  // read so far of the document's text

 private:
  class Document;
  std::unique_ptr<Document> document_;
};

}  // namespace dbkeeper
