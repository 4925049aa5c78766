// Rows on their way out of the server: COPY … TO STDOUT (FORMAT binary).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/model/rows.h"
#include "engines/postgres/fetch.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// The messages of a COPY. One that fails or is destroyed before its end cancels the statement and
// runs `recover`, so that the transaction is usable again.
class CopyOut {
 public:
  // Requires: `sql` is one COPY … TO STDOUT; nothing else runs on the session meanwhile.
  CopyOut(Session& session, const std::string& sql, std::string recover);
  ~CopyOut();
  CopyOut(const CopyOut&) = delete;
  CopyOut& operator=(const CopyOut&) = delete;

  // The next message, valid until the next call; empty at the end.
  std::string_view next();
  // Gives the last message's memory back early.
  void release() { message_.reset(); }

 private:
  [[noreturn]] void fail(const PGresult* result);
  void abandon() noexcept;

  Session& session_;
  std::string recover_;
  Blocking blocking_;
  std::unique_ptr<char, FreeMemory> message_;
  bool running_ = false;
};

// The rows of a table as batches.
class CopySource : public RowSource {
 public:
  // `table`: its name in messages.
  CopySource(Session& session, const Fetch& fetch, std::string table, std::string recover);

  bool next(Batch& batch) override;

 private:
  void take_rows(std::string_view message, Batch& batch);
  std::string_view take_row(std::string_view rest, Batch& batch);
  [[noreturn]] static void broken_stream();

  Session& session_;
  std::vector<wire::Decoder> decoders_;
  std::string table_;
  CopyOut copy_;
  bool header_seen_ = false;
  bool ended_ = false;
};

}  // namespace dbkeeper::postgres
