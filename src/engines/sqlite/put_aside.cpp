#include "engines/sqlite/put_aside.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/utc.h"

namespace dbkeeper::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEndings[] = {"-journal", "-wal", "-shm"};

fs::path with_ending(const fs::path& database, std::string_view ending) {
  return database.string() + std::string(ending);
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

std::string beginning_of(const fs::path& database) { return database.stem().string() + "_before_"; }

// A name that neither a database nor what belongs to one has.
fs::path free_name(const fs::path& database) {
  const std::string stamp = file_stamp(std::chrono::system_clock::now());
  for (int number = 1;; ++number) {
    const fs::path name =
        database.parent_path() / fmt::format("{}{}{}{}", beginning_of(database), stamp,
                                             number == 1 ? "" : fmt::format("-{}", number),
                                             database.extension().string());
    const auto companions = companions_of(name);
    if (!is_there(name) && std::none_of(companions.begin(), companions.end(), is_there))
      return name;
  }
}

[[noreturn]] void fail(const fs::path& from, const fs::path& to, int cause) {
  throw Error(ErrorKind::failed, fmt::format("cannot put '{}' aside as '{}': {}", from.string(),
                                             to.string(), std::strerror(cause)))
      .hint("move it and what lies beside it away by hand, and run it again");
}

// A file system that knows no second name for a file moves it at once.
void add_name(const fs::path& from, const fs::path& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return;
  const bool unknown = errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS;
  if (!unknown || ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0)
    fail(from, to, errno);
}

// When, and the how manieth within that second: names of one time don't sort by it, "-10" comes
// before "-2", and "-2.db" before ".db".
using Age = std::pair<std::string, int>;

// Of "20260102T030405Z", and "-2" for a second one.
std::optional<Age> age_of(std::string_view stamp) {
  const std::size_t end = std::min(stamp.find('-'), stamp.size());
  Age age(stamp.substr(0, end), 1);
  if (!parse_file_stamp(age.first)) return std::nullopt;
  if (end == stamp.size()) return age;
  const std::string_view number = stamp.substr(end + 1);
  const char* const last = number.data() + number.size();
  const auto read = std::from_chars(number.data(), last, age.second);
  if (read.ec != std::errc() || read.ptr != last) return std::nullopt;
  return age;
}

// Nothing of a file that isn't one of this database's.
std::optional<Age> age_of(const fs::path& file, const fs::path& database) {
  const std::string name = file.stem().string(), beginning = beginning_of(database);
  if (file.extension() != database.extension() || !name.starts_with(beginning)) return std::nullopt;
  return age_of(std::string_view(name).substr(beginning.size()));
}

}  // namespace

std::vector<fs::path> companions_of(const fs::path& database) {
  std::vector<fs::path> companions;
  for (const std::string_view ending : kEndings)
    companions.push_back(with_ending(database, ending));
  return companions;
}

fs::path put_aside(const fs::path& database) {
  const fs::path name = free_name(database);
  if (is_there(database)) add_name(database, name);
  for (const std::string_view ending : kEndings)
    if (const fs::path file = with_ending(database, ending); is_there(file))
      add_name(file, with_ending(name, ending));
  for (const fs::path& file : companions_of(database))
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) fail(file, name, errno);
  return name;
}

std::vector<std::string> drop_put_aside(const fs::path& database, int keep) {
  std::vector<std::pair<Age, fs::path>> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(database.parent_path(), ignored))
    if (const auto age = age_of(entry.path(), database)) found.emplace_back(*age, entry.path());
  std::sort(found.rbegin(), found.rend());
  std::vector<std::string> dropped;
  for (std::size_t i = static_cast<std::size_t>(std::max(keep, 0)); i < found.size(); ++i) {
    const fs::path& file = found[i].second;
    if (!fs::remove(file, ignored)) continue;
    for (const fs::path& companion : companions_of(file)) fs::remove(companion, ignored);
    dropped.push_back(file.string());
  }
  return dropped;
}

}  // namespace dbkeeper::sqlite
