// What a backup says of itself and of the database that it is of: plain values, which an engine
// fills in and the archive keeps as its manifest (docs/backup-format.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/base/value.h"
#include "dbkeeper/model/row_total.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper {

// How the bytes of a stream of a backup stand in the archive.
enum class Packing {
  pieces,     // each piece is complete in itself, and compressed by itself
  continuous  // one sequence of bytes, compressed as one: its members, one behind another
};

// What the bytes of a stream are.
enum class StreamFormat {
  copy_binary,    // COPY (FORMAT binary): each piece a whole one, header and trailer included
  copy_text,      // COPY in text: lines
  sql,            // statements
  database_image  // a database file
};

// A sequence of bytes too large to hold.
struct BackupStream {
  std::string folder;  // its members lie there: "data/000001", "database.sqlite.zst"
  StreamFormat format = StreamFormat::copy_binary;
  Packing packing = Packing::pieces;
};

// A table of which the backup has the rows. Partitions are tables of their own here, partitioned
// tables aren't: they hold none.
struct BackupTable {
  TableName name;
  std::vector<std::string> columns;   // in order, as the rows have them; generated ones left out
  std::optional<std::size_t> stream;  // whose rows are this table's; none: the image's
  // Of its rows: sums over the bytes that each has in its stream (model/copy_rows.h), or, in an
  // image, over its values (model/row_digest.h).
  RowTotal total;
};

struct BackupDescription {
  std::string engine;
  std::string server_version;
  std::string database;
  std::string dbkeeper_version;
  std::string time;  // of its snapshot: RFC 3339, UTC
  std::string label;
  std::optional<std::string> source_id;
  std::string tool;          // the migration tool whose history it has; empty: none
  std::string tool_version;  // where that stood
  // What the engine alone knows how to put back: owner, encoding, locale, grants, settings, …
  Value properties = Value::object();
  Schema schema;
  std::vector<BackupStream> streams;
  std::vector<BackupTable> tables;

  std::uint64_t rows() const;
  std::uint64_t data_bytes = 0;  // of all streams before compression
};

// A file of the backup that is small enough to hold, and stands in the archive as it is:
// "schema/pre-data.sql".
struct BackupFile {
  std::string name;
  std::string bytes;
};

inline std::uint64_t BackupDescription::rows() const {
  std::uint64_t rows = 0;
  for (const BackupTable& table : tables) rows += table.total.rows;
  return rows;
}

}  // namespace dbkeeper
