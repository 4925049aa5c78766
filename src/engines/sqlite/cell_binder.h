// Cells of a batch as parameters of a statement, as they are to be stored.
#pragma once

#include <optional>
#include <string_view>

#include "dbkeeper/model/batch.h"
#include "dbkeeper/model/schema.h"
#include "engines/sqlite/statement.h"
#include "engines/sqlite/text_encoding.h"

namespace dbkeeper::sqlite {

class CellBinder {
 public:
  explicit CellBinder(Connection& connection)
      : connection_(connection), encoding_(text_encoding(connection)) {}

  // Binds the cell, whose text has to live until the step is done; or says what SQLite can't store
  // there, and binds nothing.
  std::optional<std::string_view> bind(Statement& statement, int parameter, const CellView& cell,
                                       bool keeps_negative_zero);

 private:
  int bind_utf16(Statement& statement, int parameter, const std::u16string& units);

  Connection& connection_;
  TextEncoding encoding_;
};

// -0.0 becomes 0.0 or 0 in a column that has any affinity: SQLite stores whole numbers as integers.
bool keeps_negative_zero(const Column& column, bool strict);

}  // namespace dbkeeper::sqlite
