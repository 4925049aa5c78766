#include "engines/postgres/copy_in.h"

#include <fmt/format.h>

#include <optional>

#include "engines/postgres/copy_text.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::string_view kHeader("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
constexpr std::int16_t kTrailer = -1;
constexpr std::int32_t kNull = -1;
// Large enough that a call costs nothing, small enough to stay in the cache.
constexpr std::size_t kSendAt = 256 << 10;
constexpr std::size_t kMostInMessage = 64 << 20;

}  // namespace

CopySink::CopySink(Session& session, const Table& table, const std::vector<std::string>& columns)
    : session_(session), table_(display(table.name, "public")) {
  for (const std::string& name : columns) {
    const Column* column = table.find_column(name);
    if (!column)
      throw Error(ErrorKind::conflict, fmt::format("table {} has no column {}", table_, name))
          .table(table_)
          .column(name);
    targets_.push_back({*column, Limits(column->type), wire::encoder(column->type)});
    binary_ = binary_ && targets_.back().encode.operator bool();
  }
  // Without a column list COPY fills all columns, which for a table without any is right.
  sql_ = fmt::format("COPY {}{} FROM STDIN (FORMAT {})", QuotedName(table.name).sql(),
                     columns.empty() ? "" : fmt::format(" ({})", QuotedName::list(columns).sql()),
                     binary_ ? "binary" : "text");
  start();
}

CopySink::~CopySink() {
  if (!running_) return;
  PQputCopyEnd(session_.raw(), "given up");
  while (RawResult(PQgetResult(session_.raw()))) {
  }
}

void CopySink::start() {
  const Blocking blocking(session_.canceller());
  const RawResult result(PQexec(session_.raw(), sql_.c_str()));
  if (PQresultStatus(result.get()) != PGRES_COPY_IN) throw placed(session_.error(result.get()));
  running_ = true;
  if (binary_) buffer_ = kHeader;
}

void CopySink::write(const Batch& batch) {
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    if (binary_)
      append_binary_row(batch, row);
    else
      append_text_row(batch, row);
    if (buffer_.size() >= kSendAt) send();
  }
}

void CopySink::finish() {
  if (binary_) wire::append_int16(buffer_, kTrailer);
  send();
  const Blocking blocking(session_.canceller());
  end_copy(nullptr);
}

void CopySink::append_binary_row(const Batch& batch, std::size_t row) {
  wire::append_int16(buffer_, static_cast<std::int16_t>(targets_.size()));
  for (std::size_t i = 0; i < targets_.size(); ++i)
    append_binary_cell(targets_[i], batch.at(row, i));
}

void CopySink::append_binary_cell(const Target& target, const CellView& cell) {
  if (cell.kind == CellKind::null) return wire::append_int32(buffer_, kNull);
  const std::size_t at = buffer_.size();
  wire::append_int32(buffer_, 0);
  if (!target.limits.keep_whole(cell) || !target.encode(cell, buffer_)) refuse(target, cell);
  const std::size_t length = buffer_.size() - at - 4;
  if (length > INT32_MAX) refuse(target, cell);
  std::string prefix;
  wire::append_int32(prefix, static_cast<std::int32_t>(length));
  buffer_.replace(at, prefix.size(), prefix);
}

void CopySink::append_text_row(const Batch& batch, std::size_t row) {
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    if (i > 0) buffer_ += '\t';
    const CellView cell = batch.at(row, i);
    if (!targets_[i].limits.keep_whole(cell) ||
        !append_copy_text(cell, targets_[i].column.type, targets_[i].encode, buffer_))
      refuse(targets_[i], cell);
  }
  buffer_ += '\n';
}

void CopySink::send() {
  const Blocking blocking(session_.canceller());
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, kMostInMessage);
    if (PQputCopyData(session_.raw(), part.data(), static_cast<int>(part.size())) != 1)
      end_copy("the connection failed");
    rest.remove_prefix(part.size());
  }
  buffer_.clear();
}

void CopySink::end_copy(const char* error_message) {
  running_ = false;
  PQputCopyEnd(session_.raw(), error_message);
  const RawResult result(PQgetResult(session_.raw()));
  std::optional<Error> error;
  if (error_message || PQresultStatus(result.get()) != PGRES_COMMAND_OK)
    error = placed(session_.error(result.get()));
  while (RawResult(PQgetResult(session_.raw()))) {
  }
  if (error) throw *error;
}

void CopySink::refuse(const Target& target, const CellView& cell) const {
  throw Error(ErrorKind::conflict,
              fmt::format("the value {} doesn't fit column {} of type {}", shown(cell),
                          target.column.name, target.column.type.name))
      .table(table_)
      .column(target.column.name);
}

Error CopySink::placed(Error error) const {
  if (error.table().empty()) error.table(table_);
  return error;
}

}  // namespace dbkeeper::postgres
