// The export format, version 1.0: one JSON document, one row a line, written and read as a stream.
// Neither end holds more than a batch of rows.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dbkeeper/model/rows.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper::export_json {

inline constexpr std::string_view kFormat = "dbkeeper";
inline constexpr std::string_view kVersion = "1.0";

// What stands at the head of the file.
struct Metadata {
  std::string timestamp;  // RFC 3339, UTC
  std::string database;
  std::string engine;
  std::string server_version;
  std::string dbkeeper_version;
};

// Where the document's bytes go, in order.
using Output = std::function<void(std::string_view)>;
// Where they come from: fills at most `size` bytes, 0 at the end.
using Input = std::function<std::size_t(char* buffer, std::size_t size)>;

// Writes one document: for each table begin_table, rows, end_table; then finish. Without finish the
// document is truncated, and every reader says so.
class Writer {
 public:
  // `tables` are the ones that will be written, in that order. The schema outlives the writer.
  Writer(Output output, const Metadata& metadata, const Schema& schema,
         const std::vector<const Table*>& tables);

  // `columns` are those that the rows carry, in their order.
  void begin_table(const Table& table, const std::vector<std::string>& columns);
  void rows(const Batch& batch);
  void end_table();
  void finish();

 private:
  void add_row(const Batch& batch, std::size_t row);
  void flush();

  Output output_;
  const Schema& schema_;
  std::string buffer_;
  std::vector<std::string> keys_;  // what stands before each value: `{"id":`, `,"name":`
  std::string table_;
  std::uint64_t table_rows_ = 0;
  std::vector<std::pair<std::string, std::uint64_t>> counts_;
};

// A table as the file describes it.
struct FileTable {
  std::string name;  // as display() writes it
  struct Column {
    std::string name;
    std::string type;
  };
  std::vector<Column> columns;  // those that its rows carry
};

class Document;

// Reads a document back. What is wrong with the file is Error(input) with its line.
class Reader {
 public:
  explicit Reader(Input input);
  ~Reader();

  const Metadata& metadata() const;

  // The next table that has rows in the file; nothing after the last one, and by then the summary
  // has been read and agrees. Requires: the rows of the one before were read to their end.
  std::optional<FileTable> next_table();

  // The rows of the table that next_table() gave, one cell for each of its columns. `families` are
  // the target's, by which a JSON string is known to be text, bytes or a number of any length.
  // Lives until the next call of next_table().
  std::unique_ptr<RowSource> rows(const std::vector<Family>& families);

 private:
  std::unique_ptr<Document> document_;
  std::optional<FileTable> table_;
};

}  // namespace dbkeeper::export_json
