// A column on its way in: which values it takes as they are, and how COPY has them.
#pragma once

#include <string>

#include "dbkeeper/model/batch.h"
#include "dbkeeper/model/schema.h"
#include "engines/postgres/limits.h"
#include "engines/postgres/wire.h"

namespace dbkeeper::postgres {

class CopyField {
 public:
  // `any_bytes`: texts needn't be UTF-8.
  CopyField(const Column& column, bool any_bytes);

  const Column& column() const { return column_; }
  bool has_binary() const { return static_cast<bool>(encode_); }

  // Appends the value in COPY's format; false, with anything or nothing appended, if the column
  // can't hold it as it is. What the server alone can tell counts as fitting.
  // Requires: not NULL; append_binary: has_binary().
  bool append_binary(const CellView& cell, std::string& out) const;
  bool append_text(const CellView& cell, std::string& out) const;

  // Why it doesn't fit, as a predicate: "doesn't fit integer", "is longer than 80 characters".
  std::string complaint(const CellView& cell) const;

 private:
  bool passes(const CellView& cell) const;
  const char* complaint_of_text(const CellView& cell) const;

  Column column_;
  bool any_bytes_;
  Limits limits_;
  wire::Encoder encode_;  // may be none: then all of the table goes in as text
};

}  // namespace dbkeeper::postgres
