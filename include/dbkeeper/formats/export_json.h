// The export format, version 1.0 (docs/export-format.md): what its writer and its reader share.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/base/value.h"
#include "dbkeeper/model/row_total.h"

namespace dbkeeper::export_json {

inline constexpr std::string_view kFormat = "dbkeeper";
inline constexpr std::string_view kVersion = "1.0";

// Where the application's migration tool stood.
struct SchemaVersion {
  std::string tool;
  std::string version;

  bool operator==(const SchemaVersion&) const = default;
};

// What stands at the head of the file.
struct Metadata {
  std::string timestamp;  // RFC 3339, UTC
  std::string database;
  std::string engine;
  std::string server_version;
  std::string dbkeeper_version;
  std::optional<SchemaVersion> schema_version = std::nullopt;
  std::optional<std::string> source_id = std::nullopt;  // none: not known, like nobody else's
  Value options = Value::object();                      // those given that decide about the content
};

// Where the document's bytes go, in order.
using Output = std::function<void(std::string_view)>;
// Where they come from: fills at most `size` bytes, 0 at the end.
using Input = std::function<std::size_t(char* buffer, std::size_t size)>;

}  // namespace dbkeeper::export_json

namespace dbkeeper {

// A section that holds tables; they stand in the document in this order.
enum class Section { references, data, relationships };

// A table of the document, by the name that it has there.
struct TableTotal {
  Section section;
  std::string name;
  RowTotal total;
};

// The rows of all of them; what they merely refer to doesn't count.
inline std::uint64_t rows_of(const std::vector<TableTotal>& tables) {
  std::uint64_t rows = 0;
  for (const TableTotal& table : tables)
    if (table.section != Section::references) rows += table.total.rows;
  return rows;
}

}  // namespace dbkeeper
