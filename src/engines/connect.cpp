#include "dbkeeper/engines/connect.h"

#include <fmt/format.h>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/url.h"
#include "engines/postgres/postgres.h"
#include "engines/sqlite/file_header.h"
#include "engines/sqlite/location.h"
#include "engines/sqlite/sqlite.h"

namespace dbkeeper {

std::unique_ptr<Database> open_database(const std::string& address, const OpenOptions& options) {
  if (postgres::recognises(address)) return postgres::open(address, options);
  if (sqlite::recognises(address)) return sqlite::open(address, options);
  const auto url = parse_url(address);
  const std::string scheme = url ? url->scheme : "";
  throw Error(ErrorKind::usage,
              fmt::format("'{}' names a database of the kind '{}', which dbkeeper doesn't know{}",
                          redacted(address), scheme,
                          did_you_mean(scheme, {"postgresql", "postgres", "sqlite"})))
      .hint("use postgresql://host:5432/name, sqlite:///path/to/file.db, or a path");
}

bool is_database_address(const std::string& text) {
  return parse_url(text) || postgres::recognises(text) || sqlite::has_scheme(text);
}

bool is_database_file(const std::string& path) { return sqlite::is_database_file(path); }

}  // namespace dbkeeper
