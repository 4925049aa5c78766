#include "engines/sqlite/location.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/url.h"

namespace dbkeeper::sqlite {
namespace {

namespace fs = std::filesystem;

// Where Prisma and Flask put a database that is named relative to the project.
constexpr std::array<std::string_view, 2> kFrameworkFolders = {"prisma", "instance"};

bool starts_with(std::string_view text, std::string_view start) {
  return lower_ascii(text.substr(0, start.size())) == start;
}

// The length of `sqlite:`, `sqlite3:` or `sqlite+driver:`, else 0.
std::size_t sqlite_scheme(std::string_view address) {
  const std::size_t colon = address.find(':');
  if (colon == std::string_view::npos) return 0;
  const std::string scheme = lower_ascii(address.substr(0, colon));
  const bool known = scheme == "sqlite" || scheme == "sqlite3" || scheme.starts_with("sqlite+") ||
                     scheme.starts_with("sqlite3+");
  return known ? colon + 1 : 0;
}

[[noreturn]] void refuse(std::string message) {
  throw Error(ErrorKind::usage, std::move(message))
      .hint("use sqlite:///relative.db, sqlite:////absolute.db, or simply the file's path");
}

void read_parameters(std::string_view query, Address& address) {
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string key = lower_ascii(part.substr(0, equals));
    const std::string value = lower_ascii(part.substr(std::min(equals + 1, part.size())));
    if (key == "mode" && value == "memory")
      refuse("an SQLite database in memory is gone with its program: there is nothing to open");
    if (key == "mode" && (value == "ro" || value == "rw" || value == "rwc"))
      address.read_only = value == "ro";  // rwc: an absent file is never created here
    else if (!key.empty() && key != "uri" && key != "through")  // engines/target.h
      address.dropped.push_back(key);
  }
}

// Takes `?key=value` off the end of the text and reads it.
std::string_view without_parameters(std::string_view text, Address& address) {
  const std::size_t query = text.find('?');
  if (query == std::string_view::npos) return text;
  read_parameters(text.substr(query + 1), address);
  return text.substr(0, query);
}

// What follows `file:`, a URI as SQLite has it: file:x.db, file:/x.db, file:///x.db.
void read_file_uri(std::string_view rest, Address& address) {
  rest = without_parameters(rest, address);
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const std::string_view host = rest.substr(0, rest.find('/'));
    if (!host.empty() && host != "localhost" && host != "." && host != "..")
      refuse(fmt::format("a file: address names no host, this one has '{}'", host));
    if (!host.starts_with('.')) rest.remove_prefix(host.size());
  }
  address.path = percent_decoded(rest);
}

// What follows `sqlite:`. With three slashes the path is relative, as SQLAlchemy has it; fewer are
// what other tools write: sqlite:x.db, sqlite:/srv/x.db, sqlite://x.db.
void read_sqlite_url(std::string_view rest, Address& address) {
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
    if (authority.find('@') != std::string_view::npos)
      refuse("an SQLite address has no user, password or host");
    if (rest.starts_with('/')) rest.remove_prefix(1);
  }
  if (starts_with(rest, "file:")) return read_file_uri(rest.substr(5), address);
  rest = without_parameters(rest, address);
  address.path = rest;
  const std::string decoded = percent_decoded(rest);
  if (decoded != rest && decoded.find('\0') == std::string::npos) address.decoded = decoded;
}

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(fs::symlink_status(path, error)) && !error;
}

fs::path full_path(const fs::path& path) { return fs::absolute(path).lexically_normal(); }

// Every place in which a file of that name stands, the current folder first.
std::vector<fs::path> places(const fs::path& path) {
  std::vector<fs::path> found;
  if (path.empty()) return found;
  if (is_there(path)) found.push_back(full_path(path));
  if (path.is_absolute()) return found;
  for (const std::string_view folder : kFrameworkFolders) {
    const fs::path other = fs::path(folder) / path;
    std::error_code error;
    const bool same = !found.empty() && fs::equivalent(found.front(), other, error);
    if (is_there(other) && !same && !fs::is_directory(other, error))
      found.push_back(full_path(other));
  }
  return found;
}

[[noreturn]] void report_absent(const fs::path& wanted) {
  const fs::path path = full_path(wanted);
  std::error_code error;
  if (!fs::is_directory(path.parent_path(), error))
    throw Error(ErrorKind::connection, fmt::format("cannot open '{}': there is no folder '{}'",
                                                   path.string(), path.parent_path().string()))
        .hint("check the path; a relative one starts in the current folder");
  std::vector<std::string> neighbours;
  for (const auto& entry : fs::directory_iterator(path.parent_path(), error))
    if (entry.is_regular_file(error)) neighbours.push_back(entry.path().filename().string());
  std::sort(neighbours.begin(), neighbours.end());
  throw Error(ErrorKind::connection,
              fmt::format("cannot open '{}': there is no such file{}", path.string(),
                          did_you_mean(path.filename().string(), neighbours)))
      .hint(
          "check the path; a relative one starts in the current folder, and dbkeeper never "
          "creates a database that it was to read");
}

[[noreturn]] void report_elsewhere(const fs::path& wanted, const std::vector<fs::path>& found) {
  std::vector<std::string> paths, urls;
  for (const fs::path& path : found) {
    paths.push_back(fmt::format("'{}'", path.string()));
    urls.push_back(url_of(path));
  }
  const bool one = found.size() == 1;
  throw Error(ErrorKind::connection,
              one ? fmt::format("there is no '{}' here, but {}", wanted.string(), paths.front())
                  : fmt::format("'{}' may be any of {}", wanted.string(), join(paths, ", ")))
      .hint(fmt::format("{} {}",
                        one ? "if that one is meant, use" : "say which one:", join(urls, " or ")));
}

// Someone pointed at a file that belongs to a database.
void refuse_companion(const fs::path& path) {
  for (const std::string_view ending : {"-wal", "-shm", "-journal"}) {
    const std::string text = path.string();
    if (!text.ends_with(ending)) continue;
    const std::string owner = text.substr(0, text.size() - ending.size());
    if (!is_there(owner)) continue;
    throw Error(ErrorKind::connection,
                fmt::format("'{}' is not a database: it belongs to '{}'", text, owner))
        .hint("use " + url_of(owner));
  }
}

void require_readable_file(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  const auto fail = [&](std::string_view why, std::string hint) {
    throw Error(ErrorKind::connection, fmt::format("cannot open '{}': {}", path.string(), why))
        .hint(std::move(hint));
  };
  if (status.type() == fs::file_type::not_found)
    fail("it is a symbolic link to a file that is not there", "check where it leads");
  if (error) fail(error.message(), "check the permissions of the file and its folders");
  if (fs::is_directory(status)) fail("it is a folder", "name the database file in it");
  if (!fs::is_regular_file(status)) fail("it is not a regular file", "name a database file");
  if (access(path.c_str(), R_OK) != 0)
    fail("permission denied", "run dbkeeper as a user who may read the file");
}

}  // namespace

bool has_scheme(std::string_view address) {
  return sqlite_scheme(address) > 0 || starts_with(address, "file:");
}

bool is_address(std::string_view address) { return has_scheme(address) || !parse_url(address); }

Address parse_address(std::string_view text) {
  Address address;
  if (const std::size_t scheme = sqlite_scheme(text); scheme > 0)
    read_sqlite_url(text.substr(scheme), address);
  else if (starts_with(text, "file:"))
    read_file_uri(text.substr(5), address);
  else
    address.path = text;
  if (address.path.empty()) refuse("the address names no SQLite file");
  if (address.path == ":memory:" || address.path == "/:memory:")
    refuse("an SQLite database in memory is gone with its program: there is nothing to open");
  if (address.path.native().find('\0') != std::string::npos)
    refuse("a file's name cannot contain a NUL character");
  return address;
}

namespace {

std::vector<fs::path> places(const Address& address) {
  std::vector<fs::path> found = places(address.path);
  return found.empty() ? places(address.decoded) : found;
}

// Where a file that is nowhere is to be. A folder may well be called a%20b.
fs::path future_path(const Address& address) {
  if (address.decoded.empty()) return full_path(address.path);
  const fs::path decoded = full_path(address.decoded);
  std::error_code error;
  return fs::is_directory(decoded.parent_path(), error) ? decoded : full_path(address.path);
}

}  // namespace

Location locate(const Address& address) {
  const std::vector<fs::path> found = places(address);
  if (found.empty()) report_absent(address.path);
  const bool here = found.front() == full_path(address.path) ||
                    (!address.decoded.empty() && found.front() == full_path(address.decoded));
  if (found.size() > 1 || !here) report_elsewhere(address.path, found);

  refuse_companion(found.front());
  require_readable_file(found.front());
  return {found.front(), fs::canonical(found.front()), address.read_only};
}

Destination locate_destination(const Address& address) {
  if (!places(address).empty()) return {locate(address), true};
  const fs::path path = future_path(address);
  std::error_code error;
  const fs::path folder = fs::canonical(path.parent_path(), error);
  if (error || !fs::is_directory(folder) || !path.has_filename()) report_absent(address.path);
  refuse_companion(path);
  return {{path, folder / path.filename(), address.read_only}, false};
}

fs::path meant_path(const Address& address) {
  const std::vector<fs::path> found = places(address);
  return found.empty() ? future_path(address) : found.front();
}

std::string uri_path(const fs::path& path) {
  std::string out;
  for (const char c : path.string())
    out += c == '%' || c == '?' || c == '#' ? percent_encoded({&c, 1}) : std::string(1, c);
  return out;
}

std::string url_of(const fs::path& path) {
  const std::string encoded = uri_path(path);
  return (encoded == path.string() ? "sqlite:///" : "file://") + encoded;
}

}  // namespace dbkeeper::sqlite
