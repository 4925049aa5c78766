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

namespace {

[[noreturn]] void refuse_unknown(const std::string& address) {
  const auto url = parse_url(address);
  const std::string scheme = url ? url->scheme : "";
  throw Error(ErrorKind::usage,
              fmt::format("'{}' names a database of the kind '{}', which dbkeeper doesn't know{}",
                          redacted(address), scheme,
                          did_you_mean(scheme, {"postgresql", "postgres", "sqlite"})))
      .hint("use postgresql://host:5432/name, sqlite:///path/to/file.db, or a path");
}

void refuse_other_engine(const BackupDescription& description, std::string_view engine) {
  if (description.engine == engine) return;
  throw Error(ErrorKind::usage,
              fmt::format("the backup is of a {} database, and the address names one of {}",
                          description.engine, engine))
      .hint("import brings its rows into a database of another engine: dbkeeper import FILE");
}

}  // namespace

std::unique_ptr<Database> open_database(const std::string& address, const OpenOptions& options) {
  if (postgres::recognises(address)) return postgres::open(address, options);
  if (sqlite::recognises(address)) return sqlite::open(address, options);
  refuse_unknown(address);
}

std::unique_ptr<RestoreTarget> begin_restore(const std::string& address,
                                             const BackupDescription& description,
                                             const RestoreOptions& restore,
                                             const OpenOptions& options) {
  if (postgres::recognises(address)) {
    refuse_other_engine(description, "postgresql");
    return postgres::begin_restore(address, description, restore, options);
  }
  if (sqlite::recognises(address)) {
    refuse_other_engine(description, "sqlite");
    return sqlite::begin_restore(address, description, restore, options);
  }
  refuse_unknown(address);
}

NamedDatabase named_database(const std::string& address) {
  if (postgres::recognises(address)) return {"postgresql", postgres::database_name(address)};
  if (sqlite::recognises(address)) return {"sqlite", sqlite::database_name(address)};
  refuse_unknown(address);
}

bool is_database_address(const std::string& text) {
  return parse_url(text) || postgres::recognises(text) || sqlite::has_scheme(text);
}

bool is_database_file(const std::string& path) { return sqlite::is_database_file(path); }

}  // namespace dbkeeper
