#include "engines/sqlite/errors.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "dbkeeper/base/text.h"
#include "engines/sqlite/beyond_library.h"

namespace dbkeeper::sqlite {
namespace {

Error locked(const Circumstances& where) {
  return Error(ErrorKind::refused,
               fmt::format("the database '{}' is locked by another process, and was still so "
                           "after {:g} s",
                           where.path, static_cast<double>(where.lock_timeout.count()) / 1000))
      .hint("wait until the other process is done or stop it, or wait longer with --lock-timeout");
}

Error damaged(std::string_view message, const Circumstances& where) {
  return Error(ErrorKind::failed,
               fmt::format("the database '{}' is damaged: {}", where.path, message))
      .hint("find out how far with dbkeeper check, and go back to a backup from before");
}

// The system's own word for it, where SQLite has kept it.
std::string cause(std::string_view message, const Circumstances& where) {
  if (where.system_error == 0) return std::string(message);
  return fmt::format("{} ({})", message, std::strerror(where.system_error));
}

Error unopenable(std::string_view message, const Circumstances& where) {
  return Error(ErrorKind::connection,
               fmt::format("cannot open '{}': {}", where.path, cause(message, where)))
      .hint(
          "check the permissions of the file, of its folder, and of the -wal, -shm and -journal "
          "files beside it");
}

// What SQLite says of a function, a module or a tokenizer that only the application has.
bool is_of_application(std::string_view message) {
  static constexpr std::array<std::string_view, 6> kBeginnings = {
      "no such function: ", "unknown function: ",  "no such collation sequence: ",
      "no such module: ",   "no such tokenizer: ", "unknown tokenizer: "};
  return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](std::string_view beginning) { return message.starts_with(beginning); });
}

Error of_application(std::string_view message, const Circumstances& where) {
  const std::string_view thing = message.substr(message.find(": ") + 2);
  const std::string function = lower_ascii(thing.substr(0, thing.find('(')));
  const std::string release =
      message.find("function") == std::string_view::npos ? std::string() : release_with(function);
  Error error(ErrorKind::failed, fmt::format("SQLite, on '{}': {}", where.path, message));
  if (release.empty())
    return error.hint(
        "if its application registers it, dbkeeper can't evaluate what needs it; backup and "
        "restore need none of it");
  return error.hint(fmt::format("SQLite has it from {} on, and this dbkeeper has SQLite {}",
                                release, sqlite3_libversion()));
}

}  // namespace

Error translate(int code, std::string_view message, const Circumstances& where) {
  const int family = code & 0xff;
  if (family == SQLITE_INTERRUPT || (where.stopping && family == SQLITE_BUSY))
    return Error(ErrorKind::interrupted, "interrupted");
  // What SQLite calls an I/O error: a quota, a limit for files.
  const bool no_room = where.system_error == EDQUOT || where.system_error == EFBIG;
  switch (no_room ? SQLITE_FULL : family) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return locked(where);
    case SQLITE_CORRUPT:
      return damaged(message, where);
    case SQLITE_NOTADB:
      return Error(ErrorKind::connection,
                   fmt::format("'{}' is not an SQLite database", where.path));
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return unopenable(message, where);
    case SQLITE_READONLY:
      return Error(ErrorKind::connection,
                   fmt::format("cannot write to '{}': {}", where.path, cause(message, where)))
          .hint("check that the file and its folder are writable for this user");
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
      return Error(ErrorKind::conflict, std::string(message));
    case SQLITE_FULL:
      return Error(ErrorKind::failed, fmt::format("no room left on the disk of '{}'", where.path))
          .hint("free some space and run it again; nothing was changed")
          .of_surroundings();
    case SQLITE_IOERR:
      return Error(ErrorKind::failed, fmt::format("'{}' cannot be read or written: {}", where.path,
                                                  cause(message, where)))
          .hint("check the disk")
          .of_surroundings();
    case SQLITE_NOMEM:
      return Error(ErrorKind::failed, "out of memory").of_surroundings();
    default:
      if (is_of_application(message)) return of_application(message, where);
      return Error(ErrorKind::failed, fmt::format("SQLite, on '{}': {}", where.path, message));
  }
}

bool is_damage(int code) {
  return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

}  // namespace dbkeeper::sqlite
