// A prepared statement. Text that it gives lives until the next step() or its end.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string_view>

#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

// Whether a statement's rows are of use, too, where a stand-in for a collation that SQLite lacks
// was asked (Connection::forget_stand_in_order() tells).
enum class Order { exact, any };

class Statement {
 public:
  // Lifetime: within the connection's.
  Statement(Connection& connection, std::string_view sql, Order order = Order::exact);

  // The next row; false at the end, and ever after.
  bool step();
  // Ready to be stepped through again; what is bound stays bound.
  void reset();

  void bind(int parameter, std::string_view text);
  void bind(int parameter, std::int64_t number);

  int type(int column) const { return sqlite3_column_type(raw(), column); }
  bool is_null(int column) const { return type(column) == SQLITE_NULL; }
  std::int64_t integer(int column) const { return sqlite3_column_int64(raw(), column); }
  double real(int column) const { return sqlite3_column_double(raw(), column); }
  // The bytes of a text or blob, NUL and all; empty for NULL.
  std::string_view text(int column) const;
  std::string_view blob(int column) const;

  sqlite3_stmt* raw() const { return statement_.get(); }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  void require(int code);

  Connection& connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  const Order order_;
  bool done_ = false;
};

}  // namespace dbkeeper::sqlite
