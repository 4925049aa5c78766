// Databases that somebody's command migrates, under dbkeeper.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/json.h"
#include "support/run.h"

namespace dbkeeper::testing {

using Words = std::vector<std::string>;

// A command that runs these statements one by one, each a transaction of its own, and ends at the
// first that fails.
inline Words sql_command(const ScratchSqlite& database, const Words& statements) {
  Words words = {"sqlite3", "-bail", database.path().string()};
  words.insert(words.end(), statements.begin(), statements.end());
  return words;
}
inline Words sql_command(const ScratchPostgres& database, const Words& statements) {
  Words words = {(postgres_programs() / "psql").string(),
                 "-X",
                 "-q",
                 "-v",
                 "ON_ERROR_STOP=1",
                 "-d",
                 database.url()};
  for (const std::string& statement : statements) {
    words.emplace_back("-c");
    words.push_back(statement);
  }
  return words;
}

inline Words shell_command(const std::string& script) { return {"sh", "-c", script}; }

// A shop with three customers and four orders.
template <class Scratch>
struct Shop {
  static constexpr const char* kTables =
      "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, nickname TEXT);"
      "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES "
      "customer (id) ON DELETE CASCADE, total INTEGER);"
      "INSERT INTO customer VALUES (1, 'ann', 'a'), (2, 'bob', NULL), (3, 'cy', 'c');"
      "INSERT INTO orders VALUES (1, 1, 10), (2, 1, 20), (3, 2, 30), (4, 3, 40);";

  // dbkeeper migrate OPTIONS -- COMMAND
  Words words(Words options, const Words& command) const {
    options.insert(options.begin(), "migrate");
    options.insert(options.end(), {"--db", database.url(), "--dir", dir()});
    options.emplace_back("--");
    options.insert(options.end(), command.begin(), command.end());
    return options;
  }
  Run migrate(const Words& options, const Words& command, RunOptions how = {}) const {
    return run(words(options, command), std::move(how));
  }
  Run sql(const Words& options, const Words& statements) const {
    return migrate(options, sql_command(database, statements));
  }
  Run undo() const {
    return run({"restore", "--undo", "--yes", "--db", database.url(), "--dir", dir()});
  }

  std::string dir() const { return (folder / "backups").string(); }
  // Backups that are there, by name.
  Words copies() const {
    Words out;
    std::error_code absent;
    for (const auto& entry : std::filesystem::directory_iterator(dir(), absent))
      if (entry.path().extension() == ".dbk") out.push_back(entry.path().filename().string());
    return out;
  }
  std::string customers() {
    return database.query("SELECT id, name, nickname FROM customer ORDER BY id");
  }
  std::string orders() { return database.query("SELECT id, total FROM orders ORDER BY id"); }

  ScratchFolder folder;
  Scratch database{kTables};
};

inline constexpr const char* kCustomers = "1|ann|a\n2|bob|\n3|cy|c";
inline constexpr const char* kOrders = "1|10\n2|20\n3|30\n4|40";

// The databases that restores put aside are the server's, not the test's.
inline void drop_put_aside(const std::string& database) {
  ScratchPostgres other;
  const std::string names = other.query("SELECT datname FROM pg_database WHERE datname LIKE '" +
                                        database + "\\_before\\_%'");
  for (std::size_t at = 0; at < names.size();) {
    const std::size_t end = std::min(names.find('\n', at), names.size());
    other.exec("DROP DATABASE \"" + names.substr(at, end - at) + "\"");
    at = end + 1;
  }
}
inline void drop_put_aside(const ScratchPostgres& database) { drop_put_aside(database.name()); }
inline void drop_put_aside(const ScratchSqlite&) {}

}  // namespace dbkeeper::testing
