#include "engines/postgres/stored_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "dbkeeper/base/error.h"
#include "engines/postgres/stored_field.h"
#include "engines/postgres/wire.h"

namespace dbkeeper::postgres {
namespace {

// Signature, flags, length of the header's extension: what every piece begins with.
constexpr std::size_t kBinaryHeader = 19;
constexpr std::int16_t kTrailer = -1;
constexpr std::int32_t kNull = -1;

[[noreturn]] void fail() {
  throw Error(ErrorKind::input, "the rows are not what COPY writes").hint("use another copy");
}

// A field as it stands in the piece; none: NULL.
using Fields = std::vector<std::optional<std::string_view>>;

// The rows of a piece one by one, in either format.
class Cursor {
 public:
  Cursor(StreamFormat format, std::string_view piece, std::size_t fields)
      : binary_(format == StreamFormat::copy_binary), rest_(piece), fields_(fields) {
    if (!binary_) return;
    if (rest_.size() < kBinaryHeader) fail();
    rest_.remove_prefix(kBinaryHeader);
  }

  bool next(Fields& fields) {
    fields.clear();
    return binary_ ? next_binary(fields) : next_line(fields);
  }

 private:
  bool next_binary(Fields& fields) {
    if (ended_) return false;
    const std::int16_t count = wire::int16_at(take(2).data());
    ended_ = count == kTrailer;
    if (ended_) return false;
    if (count < 0 || static_cast<std::size_t>(count) != fields_) fail();
    for (std::size_t i = 0; i < fields_; ++i) {
      const std::int32_t length = wire::int32_at(take(4).data());
      if (length < kNull) fail();
      if (length == kNull)
        fields.emplace_back();
      else
        fields.emplace_back(take(static_cast<std::size_t>(length)));
    }
    return true;
  }

  // No tab and no line feed stands within a field.
  bool next_line(Fields& fields) {
    if (rest_.empty()) return false;
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) fail();
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    for (std::size_t i = 0; i < fields_; ++i) {
      const bool last = i + 1 == fields_;
      const std::size_t tab = line.find('\t');
      if (last != (tab == std::string_view::npos)) fail();
      const std::string_view field = line.substr(0, tab);
      if (field == "\\N")
        fields.emplace_back();
      else
        fields.emplace_back(field);
      line.remove_prefix(last ? line.size() : tab + 1);
    }
    if (!line.empty()) fail();
    return true;
  }

  std::string_view take(std::size_t size) {
    if (rest_.size() < size) fail();
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  const bool binary_;
  std::string_view rest_;
  const std::size_t fields_;
  bool ended_ = false;  // the trailer has been read
};

// What follows a backslash in COPY's text format (the manual, COPY, "Text Format").
char unescaped(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    default:
      return c;
  }
}

class StoredRows final : public RowSource {
 public:
  StoredRows(const BackupDescription& description, const BackupTable& table,
             const std::vector<std::string>& columns, std::string_view piece)
      : name_(description.schema.display(table.name)),
        format_(description.streams[*table.stream].format),
        cursor_(format_, piece, table.columns.size()) {
    const Table* described = description.schema.find(table.name);
    for (const std::string& column : columns) {
      const auto at = std::find(table.columns.begin(), table.columns.end(), column);
      const Column* of = described ? described->find_column(column) : nullptr;
      if (at == table.columns.end() || !of)
        throw Error(ErrorKind::input,
                    fmt::format("the backup describes no column '{}' of '{}'", column, name_))
            .table(name_);
      places_.push_back(static_cast<std::size_t>(at - table.columns.begin()));
      names_.push_back(column);
      about(column, [&] { fields_.emplace_back(*of, format_); });
    }
  }

  bool next(Batch& batch) override {
    batch.clear();
    while (!batch.full() && cursor_.next(row_)) add_row(batch);
    return batch.rows() > 0;
  }

 private:
  template <class Work>
  void about(const std::string& column, Work work) {
    try {
      work();
    } catch (Error& error) {
      error.table(name_).column(column);
      throw;
    }
  }

  void add_row(Batch& batch) {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const auto& field = row_[places_[i]];
      if (!field)
        batch.add_null();
      else
        about(names_[i], [&] { fields_[i].decode(plain(*field), batch); });
    }
    if (places_.empty()) batch.add_empty_row();
  }

  // Valid until the next call.
  std::string_view plain(std::string_view field) {
    if (format_ == StreamFormat::copy_binary || field.find('\\') == std::string_view::npos)
      return field;
    text_.clear();
    for (std::size_t i = 0; i < field.size(); ++i) {
      const bool escaped = field[i] == '\\' && i + 1 < field.size();
      text_ += escaped ? unescaped(field[++i]) : field[i];
    }
    return text_;
  }

  const std::string name_;
  const StreamFormat format_;
  Cursor cursor_;
  std::vector<std::size_t> places_;  // by column asked for: its place in the rows
  std::vector<std::string> names_;
  std::vector<StoredField> fields_;
  Fields row_;
  std::string text_;
};

}  // namespace

std::unique_ptr<RowSource> rows_in_piece(const BackupDescription& description,
                                         const BackupTable& table,
                                         const std::vector<std::string>& columns,
                                         std::string_view piece) {
  return std::make_unique<StoredRows>(description, table, columns, piece);
}

}  // namespace dbkeeper::postgres
