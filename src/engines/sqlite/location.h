// From the address that a user wrote to the file that it means.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace dbkeeper::sqlite {

// What an address says, before anyone has looked at the disk.
struct Address {
  std::filesystem::path path;     // as written
  std::filesystem::path decoded;  // the same with its %41 decoded, if that may be meant; else empty
  bool read_only = false;         // mode=ro
  std::vector<std::string> dropped;  // keys of parameters that mean nothing here
};

// An existing file, read before or readable at least by its permissions.
struct Location {
  std::filesystem::path path;       // absolute, as the user would write it
  std::filesystem::path canonical;  // without symbolic links: -wal and -journal stand beside it
  bool read_only = false;
};

// Whether `address` says by itself that it is one: sqlite:, sqlite3:, sqlite+driver: or file:.
bool has_scheme(std::string_view address);

// Whether `address` has one of SQLite's schemes, or none, so that it is a path.
bool is_address(std::string_view address);

// Throws Error(usage) for an address that names no file. Requires: is_address(address).
Address parse_address(std::string_view address);

// Finds the file: in the current folder, or where frameworks keep it below that. Throws
// Error(connection), with the URL to use, if there is none or it isn't clear which one is meant.
Location locate(const Address& address);

// A file that is to be written anew, and may not exist yet.
struct Destination {
  Location location;  // of a file that doesn't exist: both paths where it will be
  bool exists = false;
};

// The same for an address under which a database is to come to be: it is found as locate() finds
// it; one that is nowhere will be where the address says, its %41 decoded, in a folder that has to
// exist.
Destination locate_destination(const Address& address);

// The path that these two go by, whether the file is there, can be opened, or is the only one.
std::filesystem::path meant_path(const Address& address);

// A path as it stands in a file: URI, where ?, # and % mean something else.
std::string uri_path(const std::filesystem::path& path);

// "sqlite:////srv/app.db"; a path that this can't hold is a URI, "file:///srv/what%3F.db".
// parse_address() reads exactly that path from it.
std::string url_of(const std::filesystem::path& absolute);

}  // namespace dbkeeper::sqlite
