// The document as the reader walks through it: sections, tables, rows.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dbkeeper/formats/export_reader.h"
#include "dbkeeper/model/row_digest.h"
#include "formats/export_json/document_head.h"
#include "formats/export_json/replay.h"
#include "formats/export_json/row_parser.h"
#include "formats/export_json/row_totals.h"
#include "formats/export_json/scanner.h"

namespace dbkeeper {

class ExportReader::Document {
 public:
  Document(std::unique_ptr<ByteSource> source, ReaderOptions options);

  const export_json::Metadata& metadata() const { return head_.metadata(); }
  const Schema& schema() const { return head_.schema(); }
  std::optional<FileTable> next_table();
  bool has_begun(Section section) const;
  // Fills the batch with the table's next rows; false at its end.
  bool next_rows(Batch& batch);
  const RowTotal& total() const { return total_; }
  std::string header_digest() const { return head_.summary()->header.text(); }
  std::uint64_t bytes() const { return scanner_->bytes(); }
  std::optional<double> share_read() const { return source_.share_read(); }

 private:
  using Place = export_json::Scanner::Place;

  void find_head();
  void begin();
  // The name of the next section, its value being next; nothing at the document's end.
  std::optional<std::string> next_name();
  void pass_over(Section section);
  void note_keys(Section section);
  void note_keys_of_table(std::set<std::string>& keys);

  // Runs `work`; an error that it throws tells of the table that is being read.
  template <class Work>
  auto within_table(Work work);
  bool enter_section();
  void begin_table();
  std::vector<std::string> columns_of_rows();
  void end_table();
  void finish();

  bool next_row();
  void parse_row(Batch& batch);
  [[noreturn]] void fail_in_row(const Fault& fault) const;
  [[noreturn]] void fail_at_table(const std::string& what) const;

  ReaderOptions options_;
  export_json::Replay source_;
  std::optional<export_json::Scanner> scanner_;
  export_json::DocumentHead head_;
  export_json::RowTotals totals_;

  std::set<std::string> seen_;      // sections, in this pass
  std::optional<Section> section_;  // whose tables are being read
  bool section_is_new_ = false;     // no table of it was read yet
  // The keys that any row of a table has, where rows need not have the same (edited).
  std::map<std::pair<Section, std::string>, std::set<std::string>> keys_;

  // The table that is being read.
  std::optional<FileTable> table_;
  Place table_place_;
  std::string_view row_;  // taken from the scanner and not yet parsed
  bool has_row_ = false;
  std::optional<export_json::RowParser> parser_;
  std::optional<RowDigest> digest_;
  RowTotal total_;
};

}  // namespace dbkeeper
