#include "engines/postgres/copy_in.h"

#include <fmt/format.h>

#include <optional>

#include "engines/postgres/wire.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::string_view kHeader("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
constexpr std::int16_t kTrailer = -1;
constexpr std::int32_t kNull = -1;
// Large enough that a call costs nothing, small enough to stay in the cache.
constexpr std::size_t kSendAt = 256 << 10;
constexpr std::size_t kMostInMessage = 64 << 20;

}  // namespace

CopyIn::CopyIn(Session& session, const std::string& target, Format format, std::string table)
    : session_(session), format_(format), table_(std::move(table)) {
  start(fmt::format("COPY {} FROM STDIN (FORMAT {})", target, binary() ? "binary" : "text"));
}

CopyIn::~CopyIn() {
  if (!running_) return;
  const Tidying tidying(session_.canceller());
  PQputCopyEnd(session_.raw(), "given up");
  while (RawResult(PQgetResult(session_.raw()))) {
  }
}

void CopyIn::start(const std::string& sql) {
  const Blocking blocking(session_.canceller());
  const RawResult result(PQexec(session_.raw(), sql.c_str()));
  if (PQresultStatus(result.get()) != PGRES_COPY_IN) throw placed(session_.error(result.get()));
  running_ = true;
  if (binary()) buffer_ = kHeader;
}

void CopyIn::begin_row(std::size_t values) {
  first_in_row_ = true;
  row_begin_ = buffer_.size();
  if (binary()) wire::append_int16(buffer_, static_cast<std::int16_t>(values));
}

void CopyIn::begin_value() {
  if (!binary() && !first_in_row_) buffer_ += '\t';
  first_in_row_ = false;
}

bool CopyIn::add(const CopyField& field, const CellView& cell) {
  if (cell.kind == CellKind::null) return add_null(), true;
  const std::size_t before = buffer_.size();
  const bool first = first_in_row_;
  begin_value();
  const auto undo = [&] {
    buffer_.resize(before);
    first_in_row_ = first;
    return false;
  };
  if (!binary()) return field.append_text(cell, buffer_) || undo();
  wire::append_int32(buffer_, 0);
  const std::size_t begin = buffer_.size();
  if (!field.append_binary(cell, buffer_)) return undo();
  const std::size_t length = buffer_.size() - begin;
  if (length > INT32_MAX) return undo();
  std::string prefix;
  wire::append_int32(prefix, static_cast<std::int32_t>(length));
  buffer_.replace(begin - prefix.size(), prefix.size(), prefix);
  return true;
}

void CopyIn::add_null() {
  begin_value();
  if (binary())
    wire::append_int32(buffer_, kNull);
  else
    buffer_ += "\\N";
}

void CopyIn::add_bigint(std::int64_t value) {
  begin_value();
  if (!binary()) {
    buffer_ += std::to_string(value);
    return;
  }
  wire::append_int32(buffer_, sizeof value);
  wire::append_int64(buffer_, value);
}

void CopyIn::add_smallint(std::int16_t value) {
  begin_value();
  if (!binary()) {
    buffer_ += std::to_string(value);
    return;
  }
  wire::append_int32(buffer_, sizeof value);
  wire::append_int16(buffer_, value);
}

void CopyIn::end_row() {
  if (!binary()) buffer_ += '\n';
  if (buffer_.size() >= kSendAt) send();
}

void CopyIn::finish() {
  if (binary()) wire::append_int16(buffer_, kTrailer);
  send();
  const Blocking blocking(session_.canceller());
  end_copy(nullptr);
}

void CopyIn::send() {
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

// What the server has to say shows here, at the latest.
void CopyIn::end_copy(const char* error_message) {
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

Error CopyIn::placed(Error error) const {
  if (error.table().empty()) error.table(table_);
  return error;
}

}  // namespace dbkeeper::postgres
