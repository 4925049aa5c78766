#include "engines/postgres/copy_out.h"

#include <fmt/format.h>

#include "engines/postgres/wire.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::string_view kSignature("PGCOPY\n\377\r\n\0", 11);
constexpr std::size_t kFixedHeader = kSignature.size() + 4 + 4;  // flags, length of what follows
constexpr std::int16_t kTrailer = -1;
constexpr std::int32_t kNull = -1;

// Length of the header at the beginning of a stream; 0 if there is none.
std::size_t header_length(std::string_view stream) {
  if (stream.size() < kFixedHeader || !stream.starts_with(kSignature)) return 0;
  const std::int32_t extension = wire::int32_at(stream.data() + kSignature.size() + 4);
  const std::size_t length = kFixedHeader + static_cast<std::size_t>(std::max(extension, 0));
  return length <= stream.size() ? length : 0;
}

}  // namespace

CopyOut::CopyOut(Session& session, const std::string& sql, std::string recover)
    : session_(session), recover_(std::move(recover)), blocking_(session.canceller()) {
  const RawResult result(PQexec(session_.raw(), sql.c_str()));
  if (PQresultStatus(result.get()) != PGRES_COPY_OUT) fail(result.get());
  running_ = true;
}

CopyOut::~CopyOut() {
  if (running_) abandon();
}

std::string_view CopyOut::next() {
  char* message = nullptr;
  const int length = PQgetCopyData(session_.raw(), &message, 0);
  message_.reset(message);
  if (length > 0) return {message, static_cast<std::size_t>(length)};
  running_ = false;
  const RawResult result(PQgetResult(session_.raw()));
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) fail(result.get());
  while (RawResult(PQgetResult(session_.raw()))) {
  }
  return {};
}

void CopyOut::fail(const PGresult* result) {
  Error error = session_.error(result);
  while (session_.alive() && RawResult(PQgetResult(session_.raw()))) {
  }
  session_.command_quietly(recover_);
  throw error;
}

void CopyOut::abandon() noexcept {
  session_.canceller().cancel();
  char* rest = nullptr;
  while (PQgetCopyData(session_.raw(), &rest, 0) > 0) PQfreemem(rest);
  while (RawResult(PQgetResult(session_.raw()))) {
  }
  session_.command_quietly(recover_);
}

CopySource::CopySource(Session& session, const Fetch& fetch, std::string table, std::string recover)
    : session_(session),
      decoders_(fetch.decoders),
      table_(std::move(table)),
      copy_(session, fetch.sql, std::move(recover)) {}

bool CopySource::next(Batch& batch) {
  session_.check_stop();
  batch.clear();
  try {
    while (!ended_ && !batch.full()) {
      const std::string_view message = copy_.next();
      const bool large = message.size() > Batch::kBytes;
      if (message.empty())
        ended_ = true;
      else
        take_rows(message, batch);
      if (large) copy_.release();
    }
  } catch (Error& error) {
    if (error.table().empty()) error.table(table_);
    throw;
  }
  return batch.rows() > 0;
}

// The server sends whole rows, the header before the first one.
void CopySource::take_rows(std::string_view message, Batch& batch) {
  if (!header_seen_) {
    const std::size_t header = header_length(message);
    if (header == 0) broken_stream();
    message.remove_prefix(header);
    header_seen_ = true;
  }
  while (!message.empty()) message = take_row(message, batch);
}

std::string_view CopySource::take_row(std::string_view rest, Batch& batch) {
  if (rest.size() < 2) broken_stream();
  const std::int16_t fields = wire::int16_at(rest.data());
  rest.remove_prefix(2);
  if (fields == kTrailer) return {};
  if (static_cast<std::size_t>(fields) != decoders_.size()) broken_stream();
  for (const wire::Decoder& decode : decoders_) {
    if (rest.size() < 4) broken_stream();
    const std::int32_t length = wire::int32_at(rest.data());
    rest.remove_prefix(4);
    if (length == kNull) {
      batch.add_null();
      continue;
    }
    if (length < 0 || static_cast<std::size_t>(length) > rest.size()) broken_stream();
    decode(rest.substr(0, static_cast<std::size_t>(length)), batch);
    rest.remove_prefix(static_cast<std::size_t>(length));
  }
  if (decoders_.empty()) batch.add_empty_row();
  return rest;
}

void CopySource::broken_stream() {
  throw Error(ErrorKind::failed, "the server's COPY stream is not what it should be");
}

}  // namespace dbkeeper::postgres
