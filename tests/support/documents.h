// Export documents in memory: written from rows, read back as a list of cells.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/base/byte_source.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/formats/export_reader.h"
#include "dbkeeper/model/batch.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper::testing {

// Hands a text out in pieces of a size, so that every token can meet the edge of a buffer.
class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string text, std::size_t piece = SIZE_MAX, bool pipe = false)
      : text_(std::move(text)), piece_(piece), pipe_(pipe) {}

  std::size_t read(char* buffer, std::size_t size) override;
  bool can_start_over() const override { return !pipe_; }
  void start_over() override { at_ = 0; }

 private:
  std::string text_;
  std::size_t piece_;
  bool pipe_;
  std::size_t at_ = 0;
};

// A table whose columns are of these kinds: `b` of Family::boolean, and so on.
Table table_of_kinds(const std::string& name,
                     const std::vector<std::pair<std::string, Family>>& columns);

// One table of a document to be written.
struct TableRows {
  Section section = Section::data;
  std::string table;
  const Batch* rows = nullptr;  // all of the table's columns but generated ones; null: no rows
};

std::string written(const Schema& schema, const std::vector<TableRows>& tables);
// All tables of the schema, in their order, in the section `data`.
std::string written(const Schema& schema, const std::vector<const Batch*>& rows);

// What a document says: for each table `section.name`, a text for each row with every column's name
// and the cell as digests see it, sorted. Two documents say the same if these are equal.
using Content = std::map<std::string, std::vector<std::string>>;
Content content_of(RowDocument& document);
struct DocumentReading {
  Content content;
  std::vector<std::string> warnings;
  std::optional<Error> error;  // the content is what came before it
};
DocumentReading read_document(std::unique_ptr<ByteSource> source, bool edited = false);
DocumentReading read_document(const std::string& text, bool edited = false);

// The text with one piece replaced. Fails the test if it isn't there.
std::string replaced(std::string text, std::string_view from, std::string_view to);

}  // namespace dbkeeper::testing
