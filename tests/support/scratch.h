// Databases, folders and files that exist for one test. They speak to the libraries directly, so
// that a test of an engine is not judged by the engine itself.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "support/fixtures.h"

namespace dbkeeper::testing {

// An empty temporary folder, removed with all it holds.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

  // Writes a file, with the folders on its way, and returns its path.
  std::filesystem::path write(std::string_view name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

// A database of its own on the server that scripts/with-postgres boots, as its superuser. A test
// that needs one without that server fails and says what to run.
class ScratchPostgres {
 public:
  explicit ScratchPostgres(std::string_view sql = {});
  ~ScratchPostgres();
  ScratchPostgres(const ScratchPostgres&) = delete;
  ScratchPostgres& operator=(const ScratchPostgres&) = delete;

  const std::string& url() const { return url_; }
  const std::string& name() const { return name_; }

  // Several statements at once are one transaction.
  void exec(std::string_view sql);
  // The result as `psql -At` shows it: columns joined by |, rows by line ends, NULL empty.
  std::string query(std::string_view sql);

 private:
  std::string name_;
  std::string url_;
};

// The URL of the server's database `name`.
std::string postgres_url(std::string_view name);

// The folder of the server's programs: psql, pg_dump.
std::filesystem::path postgres_programs();

// An SQLite file in a folder of its own. Every call opens and closes it, so that no connection and
// no -wal or -shm file of the test's own stands in the way.
class ScratchSqlite {
 public:
  explicit ScratchSqlite(std::string_view sql = {}, std::string_view name = "test.db");

  const std::filesystem::path& path() const { return path_; }
  const ScratchFolder& folder() const { return folder_; }
  std::string url() const { return "sqlite:///" + path_.string(); }  // absolute: four slashes

  void exec(std::string_view sql);
  // Like ScratchPostgres::query.
  std::string query(std::string_view sql);

 private:
  ScratchFolder folder_;
  std::filesystem::path path_;
};

}  // namespace dbkeeper::testing
