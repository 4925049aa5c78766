#include "engines/sqlite/put_aside.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>

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
  if (!unknown || ::rename(from.c_str(), to.c_str()) != 0) fail(from, to, errno);
}

// "20260102T030405Z", and "-2" for a second one.
bool is_stamp(std::string_view text) {
  if (!glob_matches("????????T??????Z*", text)) return false;
  return text.find_first_not_of("0123456789TZ-") == std::string_view::npos;
}

bool was_put_aside(const fs::path& file, const fs::path& database) {
  const std::string name = file.stem().string(), beginning = beginning_of(database);
  return file.extension() == database.extension() && name.starts_with(beginning) &&
         is_stamp(std::string_view(name).substr(beginning.size()));
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
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(database.parent_path(), ignored))
    if (was_put_aside(entry.path(), database)) found.push_back(entry.path());
  // The time in the name sorts like the time.
  std::sort(found.rbegin(), found.rend());
  std::vector<std::string> dropped;
  for (std::size_t i = static_cast<std::size_t>(std::max(keep, 0)); i < found.size(); ++i) {
    if (!fs::remove(found[i], ignored)) continue;
    for (const fs::path& companion : companions_of(found[i])) fs::remove(companion, ignored);
    dropped.push_back(found[i].string());
  }
  return dropped;
}

}  // namespace dbkeeper::sqlite
