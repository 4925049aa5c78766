// The forms in which programs of other languages write a PostgreSQL database's address, beside
// those that dbkeeper itself takes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engines/postgres/conninfo.h"

namespace dbkeeper::postgres {

class AddressForm {
 public:
  // Nothing if the text is no such address.
  static std::optional<AddressForm> of(const std::string& text);

  // The parameters that it has, as libpq calls them.
  const Conninfo& conninfo() const { return conninfo_; }

  // The same address of another database; a `port` that isn't empty takes the place of its own.
  std::string with(const std::string& database, const std::string& port) const;

 private:
  enum class Form {
    url,    // postgresql+psycopg2://bob@host/shop?sslmode=require, jdbc:postgresql://host/shop
    pairs,  // host=localhost dbname=shop
    ado,    // Host=localhost;Port=5432;Database=shop, pgsql:host=localhost;dbname=shop
    bare    // db:pg:shop
  };

  bool bare_url();
  std::string url_with(const std::string& database, const std::string& port) const;
  std::string ado_with(const std::string& database, const std::string& port) const;

  Form form_ = Form::url;
  std::string prefix_;  // "jdbc:", sqitch's "db:", PDO's "pgsql:"
  std::string text_;    // behind it
  Conninfo conninfo_;
};

}  // namespace dbkeeper::postgres
