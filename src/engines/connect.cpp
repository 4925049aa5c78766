#include "dbkeeper/engines/connect.h"

#include <fmt/format.h>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/url.h"
#include "dbkeeper/engines/backup_reading.h"
#include "dbkeeper/engines/readiness.h"
#include "dbkeeper/engines/run_mark.h"
#include "dbkeeper/engines/target.h"
#include "engines/postgres/postgres.h"
#include "engines/postgres/readiness.h"
#include "engines/postgres/redirect.h"
#include "engines/postgres/run_mark.h"
#include "engines/postgres/session_watch.h"
#include "engines/postgres/stored_rows.h"
#include "engines/postgres/structure.h"
#include "engines/postgres/target.h"
#include "engines/sqlite/file_header.h"
#include "engines/sqlite/image_database.h"
#include "engines/sqlite/location.h"
#include "engines/sqlite/redirect.h"
#include "engines/sqlite/run_mark.h"
#include "engines/sqlite/session_watch.h"
#include "engines/sqlite/sqlite.h"
#include "engines/sqlite/structure.h"
#include "engines/sqlite/target.h"

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

[[noreturn]] void refuse_unread(const BackupDescription& description) {
  throw Error(ErrorKind::input, fmt::format("the backup is of an engine '{}', and what is in it is "
                                            "of a kind that dbkeeper can't read so",
                                            description.engine));
}

}  // namespace

Target resolve_target(const std::string& address, const std::string& origin) {
  Target target;
  if (postgres::recognises(address))
    target = postgres::resolve(address);
  else if (sqlite::recognises(address))
    target = sqlite::resolve(address);
  else
    refuse_unknown(address);
  target.origin = origin;
  return target;
}

void require_same(const Target& target) {
  if (!target.file.empty()) sqlite::require_same(target);
}

std::string way_of(const std::string& address) {
  for (const std::string_view key : {"?through=", "&through="})
    if (const std::size_t at = address.find(key); at != address.npos) {
      const std::string_view value = std::string_view(address).substr(at + key.size());
      return percent_decoded(value.substr(0, value.find('&')));
    }
  return {};
}

std::unique_ptr<Database> open_database(const std::string& address, const OpenOptions& options) {
  if (postgres::recognises(address)) return postgres::open(address, options);
  if (sqlite::recognises(address)) return sqlite::open(address, options);
  refuse_unknown(address);
}

void await_server(const std::string& address, std::chrono::milliseconds patience,
                  const OpenOptions& options) {
  if (postgres::recognises(address)) postgres::await_server(address, patience, options);
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

std::unique_ptr<RestoreTarget> begin_put_back(const std::string& address, const std::string& aside,
                                              const RestoreOptions& restore,
                                              const OpenOptions& options) {
  if (!postgres::recognises(address)) return nullptr;
  return postgres::begin_put_back(address, aside, restore, options);
}

std::optional<bool> has_happened(const std::string& mark, const std::string& address,
                                 const OpenOptions& options) {
  if (mark == kNoDatabaseYet) {
    open_database(address, options);
    return true;
  }
  return postgres::recognises(address) ? postgres::has_happened(mark, address, options)
                                       : sqlite::has_happened(mark, address, options);
}

std::unique_ptr<DatabaseLock> lock_database(const std::string& address, const OpenOptions& options,
                                            const std::vector<std::string>& tokens) {
  if (postgres::recognises(address)) return postgres::lock_database(address, options, tokens);
  if (sqlite::recognises(address)) return sqlite::lock_database(address, options, tokens);
  refuse_unknown(address);
}

std::unique_ptr<WriteHold> hold_writers(const std::string& address, const OpenOptions& options) {
  if (!sqlite::recognises(address)) return nullptr;
  return sqlite::hold_writers(address, options);
}

std::unique_ptr<ScratchDatabase> make_scratch(const std::string& address, std::string_view purpose,
                                              const std::string& folder,
                                              const OpenOptions& options) {
  if (postgres::recognises(address)) return postgres::make_scratch(address, purpose, options);
  if (sqlite::recognises(address)) return sqlite::make_scratch(address, purpose, folder, options);
  refuse_unknown(address);
}

std::unique_ptr<RowSource> rows_in_piece(const BackupDescription& description,
                                         const BackupTable& table,
                                         const std::vector<std::string>& columns,
                                         std::string_view piece) {
  if (description.engine == "postgresql")
    return postgres::rows_in_piece(description, table, columns, piece);
  refuse_unread(description);
}

std::unique_ptr<Database> open_image(const BackupDescription& description, const DatabaseInfo& info,
                                     const ImageBytes& bytes, const OpenOptions& options) {
  if (description.engine == "sqlite") return sqlite::open_image(description, info, bytes, options);
  refuse_unread(description);
}

std::unique_ptr<Redirector> make_redirector(const std::string& live, const std::string& scratch,
                                            const Variables& environment) {
  if (postgres::recognises(live) && postgres::recognises(scratch))
    return postgres::make_redirector(live, scratch, environment);
  if (postgres::recognises(live) || postgres::recognises(scratch))
    throw Error(ErrorKind::usage, "the two databases are of different engines");
  if (!sqlite::recognises(live)) refuse_unknown(live);
  return sqlite::make_redirector(live, scratch);
}

std::unique_ptr<SessionWatch> watch_sessions(const std::string& address,
                                             const OpenOptions& options) {
  if (postgres::recognises(address)) return postgres::watch_sessions(address, options);
  return std::make_unique<sqlite::NoSessions>();
}

Variables lock_timeout_variables(const std::string& address, std::chrono::milliseconds timeout,
                                 const Variables& environment, const OpenOptions& options) {
  if (!postgres::recognises(address)) return {};
  return postgres::lock_timeout_variables(address, timeout, environment, options);
}

std::vector<std::string> structure_changes(const Structure& before, const Structure& now,
                                           std::size_t most) {
  if (before.description.engine == "postgresql")
    return postgres::structure_changes(before, now, most);
  return sqlite::structure_changes(before, now, most);
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
