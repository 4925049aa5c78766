// Rows on their way into a table: COPY … FROM STDIN, binary where every column has a native
// encoder, else text for the whole table.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dbkeeper/model/rows.h"
#include "dbkeeper/model/schema.h"
#include "engines/postgres/limits.h"
#include "engines/postgres/session.h"
#include "engines/postgres/wire.h"

namespace dbkeeper::postgres {

class CopySink : public RowSink {
 public:
  // Requires: the session is in a transaction, which is lost if the sink fails or is destroyed
  // before finish(); no generated columns.
  CopySink(Session& session, const Table& table, const std::vector<std::string>& columns);
  ~CopySink() override;

  void write(const Batch& batch) override;
  void finish() override;

 private:
  struct Target {
    Column column;
    Limits limits;
    wire::Encoder encode;  // may be none, then the table goes in as text
  };

  void start();
  void append_binary_row(const Batch& batch, std::size_t row);
  void append_text_row(const Batch& batch, std::size_t row);
  void append_binary_cell(const Target& target, const CellView& cell);
  void send();
  // What the server has to say shows here, at the latest.
  void end_copy(const char* error_message);
  [[noreturn]] void refuse(const Target& target, const CellView& cell) const;
  Error placed(Error error) const;

  Session& session_;
  std::string table_;  // as messages name it
  std::string sql_;
  std::vector<Target> targets_;
  bool binary_ = true;
  bool running_ = false;
  std::string buffer_;
};

}  // namespace dbkeeper::postgres
