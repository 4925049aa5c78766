// COPY … FROM STDIN as a stream of rows, each put together value by value.
#pragma once

#include <cstdint>
#include <string>

#include "engines/postgres/copy_field.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// Destroyed before finish(), it gives up, and the transaction is lost; also if anything fails.
class CopyIn {
 public:
  enum class Format { binary, text };

  // `target`: the table and its columns as SQL. `table`: its name in errors.
  // Requires: the session is in a transaction; binary only if every field has that.
  CopyIn(Session& session, const std::string& target, Format format, std::string table);
  ~CopyIn();
  CopyIn(const CopyIn&) = delete;
  CopyIn& operator=(const CopyIn&) = delete;

  // A row: begin, all its values in order, end.
  void begin_row(std::size_t values);
  // false, and nothing added, if the column can't hold the value as it is.
  bool add(const CopyField& field, const CellView& cell);
  void add_null();
  void add_bigint(std::int64_t value);
  void add_smallint(std::int16_t value);
  void end_row();
  // Instead of end_row(): as if it had not begun.
  void drop_row() { buffer_.resize(row_begin_); }

  void finish();

 private:
  bool binary() const { return format_ == Format::binary; }
  void start(const std::string& sql);
  void begin_value();
  void send();
  void end_copy(const char* error_message);
  Error placed(Error error) const;

  Session& session_;
  const Format format_;
  const std::string table_;
  std::string buffer_;
  std::size_t row_begin_ = 0;
  bool first_in_row_ = true;
  bool running_ = false;
};

}  // namespace dbkeeper::postgres
