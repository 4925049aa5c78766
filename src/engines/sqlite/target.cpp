#include "engines/sqlite/target.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <optional>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/url.h"
#include "engines/sqlite/location.h"

namespace dbkeeper::sqlite {
namespace {

namespace fs = std::filesystem;

std::optional<struct stat> facts_of(const std::string& path) {
  struct stat facts = {};
  if (::stat(path.c_str(), &facts) != 0) return std::nullopt;
  return facts;
}

// The file's own address, with the parameters of the one that led there by a link.
std::string address_behind(const std::string& written, const Location& location) {
  std::string out = url_of(location.canonical);
  const std::size_t query = has_scheme(written) ? written.find('?') : written.npos;
  out += query == written.npos ? "?" : written.substr(query) + "&";
  return out + "through=" + percent_encoded(location.path.string());
}

[[noreturn]] void refuse(const std::string& path, const std::string& how) {
  throw Error(ErrorKind::refused, fmt::format("'{}' {} since this run began: it may be another "
                                              "database, and is left alone",
                                              path, how))
      .hint("look what has taken its place, and name the database that is meant by its own path");
}

}  // namespace

Target resolve(const std::string& address) {
  const Location location = locate_destination(parse_address(address)).location;
  Target target;
  target.written = address;
  target.file = target.shown = location.canonical.string();
  target.address =
      location.path == location.canonical ? address : address_behind(address, location);
  if (const auto facts = facts_of(target.file)) {
    target.device = facts->st_dev;
    target.inode = facts->st_ino;
  }
  return target;
}

void require_same(const Target& target) {
  std::error_code absent;
  const fs::path now = fs::weakly_canonical(target.file, absent);
  if (!absent && now != target.file)
    refuse(target.file, fmt::format("has come to lead to '{}'", now.string()));
  const auto facts = facts_of(target.file);
  if (!facts || target.inode == 0) return;
  const bool same = facts->st_ino == target.inode && facts->st_dev == target.device;
  if (!same && S_ISREG(facts->st_mode) && facts->st_nlink > 1)
    refuse(target.file, "was replaced by a file that has another name as well");
}

}  // namespace dbkeeper::sqlite
