#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "dbkeeper/base/error.h"
#include "dbkeeper/formats/export_json.h"
#include "formats/export_json/row_parser.h"
#include "formats/export_json/scanner.h"

namespace dbkeeper::export_json {
namespace {

using nlohmann::json;

json parsed(Scanner& scanner) {
  const std::string_view text = scanner.value();
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) scanner.fail("not valid JSON");
  return value;
}

std::string text_at(const Scanner& scanner, const json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end() || !at->is_string())
    scanner.fail(fmt::format("'{}' is missing or no text", key));
  return at->get<std::string>();
}

Metadata metadata_from(const Scanner& scanner, const json& object) {
  if (!object.is_object() || text_at(scanner, object, "format") != kFormat)
    scanner.fail("this is not a dbkeeper export");
  const std::string version = text_at(scanner, object, "version");
  if (version.substr(0, version.find('.')) != kVersion.substr(0, kVersion.find('.')))
    throw Error(
        ErrorKind::input,
        fmt::format("the export has format version {}; this dbkeeper reads {}", version, kVersion))
        .hint("use a dbkeeper that reads this version");
  return {text_at(scanner, object, "timestamp"), text_at(scanner, object, "database"),
          text_at(scanner, object, "engine"), text_at(scanner, object, "server_version"),
          text_at(scanner, object, "dbkeeper_version")};
}

}  // namespace

class Document {
 public:
  explicit Document(Input input) : scanner_(std::move(input)) {
    scanner_.expect('{');
    enter_data();
  }

  const Metadata& metadata() const { return metadata_; }

  std::optional<FileTable> next_table() {
    if (scanner_.take('}')) {
      read_summary();
      return std::nullopt;
    }
    if (!counts_.empty()) scanner_.expect(',');
    FileTable table{scanner_.string(), {}};
    scanner_.expect(':');
    scanner_.expect('[');
    const auto described = schema_.find(table.name);
    if (described == schema_.end())
      scanner_.fail(fmt::format("table '{}' is not in the file's schema", table.name));
    for (const json& column : described->at("columns"))
      if (column.value("generated", "") != "stored")
        table.columns.push_back(
            {text_at(scanner_, column, "name"), text_at(scanner_, column, "type")});
    counts_.emplace_back(table.name, 0);
    return table;
  }

  // False at the end of the table.
  bool next_row(RowParser& parser, Batch& batch) {
    if (scanner_.take(']')) return false;
    std::uint64_t& rows = counts_.back().second;
    if (rows > 0) scanner_.expect(',');
    try {
      parser.parse(scanner_.value(), batch);
    } catch (Error& error) {
      throw std::move(error.table(counts_.back().first).line(scanner_.line()));
    }
    ++rows;
    return true;
  }

 private:
  void enter_data() {
    bool first = true;
    while (!scanner_.take('}')) {
      if (!first) scanner_.expect(',');
      first = false;
      const std::string section = scanner_.string();
      scanner_.expect(':');
      if (section == "export_metadata") {
        metadata_ = metadata_from(scanner_, parsed(scanner_));
      } else if (section == "schema") {
        schema_ = parsed(scanner_);
      } else if (section == "data") {
        if (metadata_.engine.empty() || !schema_.is_object())
          scanner_.fail("metadata and schema have to stand before the data");
        scanner_.expect('{');
        return;
      } else {
        scanner_.fail(fmt::format("unknown section '{}'", section));
      }
    }
    scanner_.fail("this is not a dbkeeper export");
  }

  void read_summary() {
    scanner_.expect(',');
    if (scanner_.string() != "summary") scanner_.fail("expected the summary");
    scanner_.expect(':');
    const json summary = parsed(scanner_);
    scanner_.expect('}');
    if (scanner_.peek() != '\0') scanner_.fail("something follows the end of the document");
    for (const auto& [name, rows] : counts_) {
      const json* said =
          summary.is_object() && summary.contains("tables") && summary["tables"].contains(name)
              ? &summary["tables"][name]["rows"]
              : nullptr;
      if (!said || *said != rows)
        scanner_.fail(fmt::format("table '{}' has {} rows, the summary says {}", name, rows,
                                  said ? said->dump() : "nothing"));
    }
  }

  Scanner scanner_;
  Metadata metadata_;
  json schema_;
  std::vector<std::pair<std::string, std::uint64_t>> counts_;
};

namespace {

std::vector<std::string> names_of(const FileTable& table) {
  std::vector<std::string> names;
  for (const FileTable::Column& column : table.columns) names.push_back(column.name);
  return names;
}

// The rows of one table as they come.
class TableRows : public RowSource {
 public:
  TableRows(Document& document, const FileTable& table, const std::vector<Family>& families)
      : document_(document), parser_(names_of(table), families) {}

  bool next(Batch& batch) override {
    batch.clear();
    while (!done_ && !batch.full()) done_ = !document_.next_row(parser_, batch);
    return batch.rows() > 0;
  }

 private:
  Document& document_;
  RowParser parser_;
  bool done_ = false;
};

}  // namespace

Reader::Reader(Input input) : document_(std::make_unique<Document>(std::move(input))) {}
Reader::~Reader() = default;

const Metadata& Reader::metadata() const { return document_->metadata(); }
std::optional<FileTable> Reader::next_table() {
  table_ = document_->next_table();
  return table_;
}

std::unique_ptr<RowSource> Reader::rows(const std::vector<Family>& families) {
  return std::make_unique<TableRows>(*document_, *table_, families);
}

}  // namespace dbkeeper::export_json
