// Rows of a database as an export lays them out: metadata and schema, then table after table. A
// file may hold them, or a database itself.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbkeeper/formats/export_json.h"
#include "dbkeeper/model/rows.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper {

// A table of the document.
struct FileTable {
  Section section = Section::data;
  std::string name;  // as display() writes it
  const Table* table =
      nullptr;  // as the document's schema describes it; lives as the document does
  // Those that its rows carry, in the order of the first one's keys; all but the generated ones,
  // where the table has no rows.
  std::vector<std::string> columns;
};

class RowDocument {
 public:
  virtual ~RowDocument() = default;

  virtual const export_json::Metadata& metadata() const = 0;
  // The tables as the document describes them; names without a schema are of the default one.
  virtual const Schema& schema() const = 0;

  // The next table in the document's order; nothing after the last one, and by then the whole
  // document has been read and is what it was to be.
  virtual std::optional<FileTable> next_table() = 0;

  // Whether the section has begun, with tables or without.
  virtual bool has_begun(Section section) const = 0;

  // The rows of the table that next_table() gave, cells in the order of its columns and as the
  // engine had given them, but that CellKind::plain comes as text. Once a table; lives until the
  // next call of next_table().
  virtual std::unique_ptr<RowSource> rows() = 0;

  // A digest of metadata and schema. Requires: there are no more tables.
  virtual std::string header_digest() const = 0;

  virtual std::uint64_t bytes() const = 0;  // read so far
  // How much of it has been read, from 0 to 1; nothing where nobody knows how much there is.
  virtual std::optional<double> share_read() const = 0;
};

}  // namespace dbkeeper
