#include "formats/export_json/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper {
namespace {

using export_json::RowParser;
using export_json::Scanner;

constexpr std::array<std::string_view, 3> kSectionNames = {"references", "data", "relationships"};

std::optional<Section> section_of_rows(const std::string& name) {
  for (std::size_t i = 0; i < kSectionNames.size(); ++i)
    if (kSectionNames[i] == name) return static_cast<Section>(i);
  return std::nullopt;
}

const Table* find_table(const Schema& schema, const std::string& shown) {
  const auto name = parse_display(shown, schema.default_schema);
  return name ? schema.find(*name) : nullptr;
}

std::vector<RowParser::Column> described(const FileTable& table) {
  std::map<std::string_view, const Column*> by_name;
  for (const Column& column : table.table->columns) by_name.emplace(column.name, &column);
  std::vector<RowParser::Column> columns;
  for (const std::string& name : table.columns) {
    const Type& type = by_name.at(name)->type;
    const Family element = type.element.empty() ? Family::other : type.element.front().family;
    columns.push_back({name, {type.family, element}});
  }
  return columns;
}

}  // namespace

ExportReader::Document::Document(std::unique_ptr<ByteSource> source, ReaderOptions options)
    : options_(std::move(options)), source_(std::move(source)), head_(options_), totals_(options_) {
  begin();
  find_head();
}

void ExportReader::Document::begin() {
  scanner_.emplace(source_);
  scanner_->expect('{');
  seen_.clear();
}

// Reads as far as metadata and schema. Rows that stand before them are passed over, and the
// document is begun anew.
void ExportReader::Document::find_head() {
  bool again = false;
  while (!head_.has_schema() || options_.edited) {
    const auto name = next_name();
    if (!name) break;
    if (const auto section = section_of_rows(*name)) {
      again = true;
      pass_over(*section);
    } else {
      head_.take(*name, *scanner_);
    }
  }
  if (!head_.has_schema())
    scanner_->fail(seen_.contains("export_metadata") ? "the schema is missing"
                                                     : "this is not a dbkeeper export");
  if (again) {
    source_.start_over();
    begin();
  } else {
    source_.forget();
  }
}

std::optional<std::string> ExportReader::Document::next_name() {
  if (scanner_->take('}')) return std::nullopt;
  if (!seen_.empty()) scanner_->expect(',');
  std::string name = scanner_->string();
  if (!seen_.insert(name).second)
    scanner_->fail(fmt::format("the section '{}' stands twice", excerpt(name)));
  scanner_->expect(':');
  return name;
}

bool ExportReader::Document::has_begun(Section section) const {
  return seen_.contains(std::string(kSectionNames[static_cast<std::size_t>(section)]));
}

void ExportReader::Document::pass_over(Section section) {
  if (options_.edited)
    note_keys(section);
  else
    scanner_->skip_value();
}

void ExportReader::Document::note_keys(Section section) {
  scanner_->expect('{');
  if (scanner_->take('}')) return;
  do {
    const std::string table = scanner_->string();
    scanner_->expect(':');
    note_keys_of_table(keys_[{section, table}]);
  } while (scanner_->take(','));
  scanner_->expect('}');
}

void ExportReader::Document::note_keys_of_table(std::set<std::string>& keys) {
  scanner_->expect('[');
  if (scanner_->take(']')) return;
  do {
    const std::string_view row = scanner_->value();
    try {
      for (std::string& key : export_json::keys_of(row)) keys.insert(std::move(key));
    } catch (const Fault& fault) {
      Scanner::fail(fault.what, scanner_->place_in_value(fault.at));
    }
  } while (scanner_->take(','));
  scanner_->expect(']');
}

template <class Work>
auto ExportReader::Document::within_table(Work work) {
  try {
    return work();
  } catch (Error& error) {
    if (table_ && error.table().empty()) error.table(table_->name);
    throw;
  }
}

std::optional<FileTable> ExportReader::Document::next_table() {
  if (table_) {
    Batch rest(table_->columns.size());
    while (next_rows(rest)) {
    }
    table_.reset();
  }
  while (section_ || enter_section()) {
    if (scanner_->take('}')) {
      section_.reset();
      continue;
    }
    if (!section_is_new_) scanner_->expect(',');
    section_is_new_ = false;
    within_table([&] { begin_table(); });
    return table_;
  }
  finish();
  return std::nullopt;
}

bool ExportReader::Document::enter_section() {
  while (const auto name = next_name()) {
    section_ = section_of_rows(*name);
    if (section_) {
      scanner_->expect('{');
      section_is_new_ = true;
      return true;
    }
    head_.take(*name, *scanner_);
    if (head_.summary()) totals_.compare(*head_.summary());
  }
  return false;
}

void ExportReader::Document::begin_table() {
  FileTable table;
  table.section = *section_;
  table.name = scanner_->string();
  table_place_ = scanner_->place();
  table_ = table;
  if (totals_.has(table.section, table.name)) fail_at_table("it stands in the file twice");
  table_->table = find_table(schema(), table.name);
  if (!table_->table) fail_at_table("the file's schema doesn't list it");
  scanner_->expect(':');
  scanner_->expect('[');
  total_ = {};
  has_row_ = !scanner_->take(']');
  if (has_row_) row_ = scanner_->value();
  table_->columns = columns_of_rows();
  parser_.emplace(described(*table_), options_.edited);
  digest_.emplace(table_->columns);
  if (!has_row_) end_table();
}

std::vector<std::string> ExportReader::Document::columns_of_rows() {
  if (!has_row_) return table_->table->given_columns();
  try {
    std::vector<std::string> keys = export_json::keys_of(row_);
    const std::set<std::string> first(keys.begin(), keys.end());
    for (const std::string& key : keys_[{table_->section, table_->name}])
      if (!first.contains(key)) keys.push_back(key);
    std::set<std::string_view> columns;
    for (const Column& column : table_->table->columns) columns.insert(column.name);
    for (const std::string& key : keys)
      if (!columns.contains(key))
        throw Fault{0, "a row has a key that the file's schema doesn't list", excerpt(key)};
    return keys;
  } catch (const Fault& fault) {
    fail_in_row(fault);
  }
}

bool ExportReader::Document::next_rows(Batch& batch) {
  batch.clear();
  if (!has_row_) return false;
  within_table([&] {
    while (has_row_ && !batch.full()) {
      parse_row(batch);
      has_row_ = next_row();
    }
  });
  digest_->add(batch);
  if (!has_row_) end_table();
  return true;
}

void ExportReader::Document::parse_row(Batch& batch) {
  try {
    parser_->parse(row_, batch);
  } catch (const Fault& fault) {
    fail_in_row(fault);
  }
}

bool ExportReader::Document::next_row() {
  if (scanner_->take(']')) return false;
  scanner_->expect(',');
  row_ = scanner_->value();
  return true;
}

void ExportReader::Document::end_table() {
  total_ = {digest_->rows(), digest_->sum()};
  totals_.add(table_->section, table_->name, total_, table_place_, scanner_->place());
  if (head_.summary()) totals_.compare(*head_.summary());
}

void ExportReader::Document::finish() {
  if (!scanner_->at_end()) scanner_->fail("something follows the end of the document");
  if (!head_.summary()) scanner_->fail("the summary is missing: the file is truncated");
  if (!seen_.contains("data")) scanner_->fail("the section 'data' is missing");
  totals_.finish(*head_.summary(), head_.summary_place());
}

void ExportReader::Document::fail_in_row(const Fault& fault) const {
  const Place place = scanner_->place_in_value(fault.at);
  const std::string column = fault.column.empty() ? "" : fmt::format(", column '{}'", fault.column);
  throw Error(ErrorKind::input, fmt::format("line {}, column {}: table '{}'{}: {}", place.line,
                                            place.column, table_->name, column, fault.what))
      .line(place.line)
      .table(table_->name)
      .column(fault.column)
      .hint(options_.edited
                ? "the file was changed or damaged since it was written: use another copy"
                : "the file was changed or damaged since it was written: use another copy, or, if "
                  "it was edited on purpose, dbkeeper import --edited");
}

void ExportReader::Document::fail_at_table(const std::string& what) const {
  throw Error(ErrorKind::input, fmt::format("line {}: table '{}': {}", table_place_.line,
                                            excerpt(table_->name), what))
      .line(table_place_.line)
      .table(excerpt(table_->name))
      .hint("the file was changed or damaged since it was written: use another copy");
}

}  // namespace dbkeeper
