// Backups and restores of SQLite files without an archive between them.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/open.h"
#include "support/scratch.h"

namespace dbkeeper::testing {

inline Error failure(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  throw std::logic_error("it did not fail");
}

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void overwrite(const std::filesystem::path& path, std::int64_t at,
                      const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(at);
  file << bytes;
}

inline std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

// What a backup gives.
struct Copy {
  BackupDescription description;
  std::string image;
};

inline Copy read_copy(BackupSource& source) {
  Copy copy{source.description(), {}};
  const auto reader = source.reader();
  const auto rows = reader->read(0, [&](std::string_view piece) { copy.image += piece; });
  for (const UnitRows& unit : rows) copy.description.tables[unit.table].total += unit.total;
  source.finish();
  return copy;
}

inline Copy copy_of(const std::string& address, const BackupOptions& options = {}) {
  const auto database = open(address);
  return read_copy(*database->begin_backup(options));
}

inline OpenOptions quiet_options(int lock_timeout_ms = 10'000) {
  static SilentReporter reporter;
  static const Stop stop;
  OpenOptions options;
  options.access = Access::write;
  options.lock_timeout = std::chrono::milliseconds(lock_timeout_ms);
  options.reporter = &reporter;
  options.stop = &stop;
  return options;
}

inline void fill(RestoreTarget& target, const Copy& copy) {
  target.check({});
  target.begin({});
  const auto writer = target.writer();
  constexpr std::size_t kPiece = 100'000;
  for (std::size_t at = 0; at < copy.image.size(); at += kPiece)
    writer->write(0, std::string_view(copy.image).substr(at, kPiece));
  target.complete();
}

inline RestoreReport restore_to(const std::string& address, const Copy& copy,
                                int lock_timeout_ms = 10'000, const RestoreOptions& restore = {}) {
  const OpenOptions options = quiet_options(lock_timeout_ms);
  const auto target = begin_restore(address, copy.description, restore, options);
  fill(*target, copy);
  return target->commit();
}

// A connection of some application's, open all the while.
class Application {
 public:
  explicit Application(const std::filesystem::path& path) {
    if (sqlite3_open(path.c_str(), &handle_) != SQLITE_OK) throw std::runtime_error("no database");
    sqlite3_busy_timeout(handle_, 5000);
  }
  ~Application() { sqlite3_close(handle_); }
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  // Waits for no lock from now on.
  void impatient() { sqlite3_busy_timeout(handle_, 0); }

  void exec(const std::string& sql) {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(handle_));
  }
  // The first value of the first row.
  std::string value(const std::string& sql) {
    std::string out;
    const auto take = [](void* to, int, char** values, char**) {
      std::string& text = *static_cast<std::string*>(to);
      if (text.empty() && values[0]) text = values[0];
      return 0;
    };
    if (sqlite3_exec(handle_, sql.c_str(), take, &out, nullptr) != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(handle_));
    return out;
  }

 private:
  sqlite3* handle_ = nullptr;
};

// Everything that is in a database, as text: its objects and every table's rows, rowids included,
// those of shadow tables too.
inline std::string content_of(const std::filesystem::path& path) {
  Application database(path);
  std::string all = database.value(
      "SELECT group_concat(type || ' ' || name || ' ' || coalesce(sql, ''), char(10)) FROM "
      "(SELECT * FROM sqlite_master ORDER BY name)");
  std::string names = database.value(
      "SELECT group_concat(name, char(10)) FROM (SELECT name FROM pragma_table_list WHERE schema = "
      "'main' AND type IN ('table', 'shadow') AND name <> 'sqlite_schema' ORDER BY name)");
  while (!names.empty()) {
    const std::string name = names.substr(0, names.find('\n'));
    names.erase(0, name.size() + 1);
    std::string quoted;
    for (const char c : name) quoted += c == '"' ? "\"\"" : std::string(1, c);
    const std::string columns = database.value(
        "SELECT group_concat('quote(\"' || replace(name, '\"', '\"\"') || '\")', '||'',''||') FROM "
        "pragma_table_info('" +
        [&] {
          std::string text;
          for (const char c : name) text += c == '\'' ? "''" : std::string(1, c);
          return text;
        }() +
        "')");
    all += "\n== " + name + "\n" +
           database.value("SELECT group_concat(line, char(10)) FROM (SELECT " +
                          (columns.empty() ? std::string("''") : columns) + " AS line FROM \"" +
                          quoted + "\" ORDER BY 1)");
  }
  return all;
}

}  // namespace dbkeeper::testing
