// Databases for tests of an import: the same application on either engine, exported, re-seeded,
// imported into, and looked at from outside.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "cli/json.h"
#include "support/catch.h"
#include "support/run.h"
#include "support/scratch.h"

namespace dbkeeper::testing {

enum class Engine { sqlite, postgres };
inline constexpr Engine kEngines[] = {Engine::sqlite, Engine::postgres};

class AnyDatabase {
 public:
  virtual ~AnyDatabase() = default;
  virtual std::string url() const = 0;
  virtual std::string query(const std::string& sql) = 0;
  virtual void exec(const std::string& sql) = 0;
};

template <class Scratch>
class DatabaseOf final : public AnyDatabase {
 public:
  explicit DatabaseOf(const std::string& sql) : scratch_(sql) {}
  std::string url() const override { return scratch_.url(); }
  std::string query(const std::string& sql) override { return scratch_.query(sql); }
  void exec(const std::string& sql) override { scratch_.exec(sql); }

 private:
  Scratch scratch_;
};

using DatabasePtr = std::unique_ptr<AnyDatabase>;

// SQL in which $ID stands for a primary key that the database numbers.
inline DatabasePtr make_database(Engine engine, std::string sql) {
  const std::string numbered =
      engine == Engine::sqlite ? "INTEGER PRIMARY KEY AUTOINCREMENT" : "serial PRIMARY KEY";
  for (std::size_t at; (at = sql.find("$ID")) != std::string::npos;) sql.replace(at, 3, numbered);
  if (engine == Engine::sqlite) return std::make_unique<DatabaseOf<ScratchSqlite>>(sql);
  return std::make_unique<DatabaseOf<ScratchPostgres>>(sql);
}

// A library: members are told apart by their e-mail, books by their ISBN and are seeded with the
// application, shelves belong to a member and have no natural key, loans join it all.
inline constexpr const char* kLibrary =
    "CREATE TABLE members(id $ID, email text NOT NULL UNIQUE, name text, password text NOT NULL);"
    "CREATE TABLE books(id $ID, isbn text NOT NULL UNIQUE, title text);"
    "CREATE TABLE shelves(id $ID, member_id int NOT NULL REFERENCES members(id), label text);"
    "CREATE TABLE loans(id $ID, shelf_id int REFERENCES shelves(id),"
    "  book_id int NOT NULL REFERENCES books(id), pages int);"
    "CREATE TABLE logins(id $ID, member_id int NOT NULL REFERENCES members(id), at text);";

inline constexpr const char* kOldRows =
    "INSERT INTO books(isbn, title) VALUES ('111', 'Emma'), ('222', 'Ulysses'), ('333', 'Momo');"
    "INSERT INTO members(email, name, password) VALUES"
    "  ('ada@x', 'Ada', 'p1'), ('ben@x', 'Ben', 'p2'), ('cleo@x', NULL, 'p3');"
    "INSERT INTO shelves(member_id, label) VALUES (1, 'red'), (2, 'blue'), (3, 'red');"
    "INSERT INTO loans(shelf_id, book_id, pages) VALUES (1, 1, 10), (1, 3, 30), (2, 2, 20),"
    "  (3, 3, 33), (NULL, 1, 0);"
    "INSERT INTO logins(member_id, at) VALUES (1, 'noon');";

// What the seeds of the next deployment made: other numbers for the same books, a member of its own
// under number 1, and one who had signed up again.
inline constexpr const char* kSeeds =
    "INSERT INTO books(isbn, title) VALUES ('333', 'Momo'), ('444', 'Dune'), ('111', 'Emma'),"
    "  ('222', 'Ulysses');"
    "INSERT INTO members(email, name, password) VALUES"
    "  ('admin@x', 'Admin', 'root'), ('ben@x', 'Benjamin', 'p9');"
    "INSERT INTO shelves(member_id, label) VALUES (1, 'admin');";

// Who reads what, by what tells them apart and not by numbers.
inline constexpr const char* kReading =
    "SELECT coalesce(m.email, '-'), coalesce(s.label, '-'), b.isbn, l.pages FROM loans l"
    " JOIN books b ON b.id = l.book_id LEFT JOIN shelves s ON s.id = l.shelf_id"
    " LEFT JOIN members m ON m.id = s.member_id ORDER BY 1, 3, 4";

inline constexpr const char* kReadingOfOldRows =
    "-|-|111|0\nada@x|red|111|10\nada@x|red|333|30\nben@x|blue|222|20\ncleo@x|red|333|33";

inline DatabasePtr old_library(Engine engine) {
  return make_database(engine, std::string(kLibrary) + kOldRows);
}
inline DatabasePtr reseeded_library(Engine engine) {
  return make_database(engine, std::string(kLibrary) + kSeeds);
}

// The path of a new export of the database, made with these words.
inline std::string exported(const AnyDatabase& database, const ScratchFolder& folder,
                            std::vector<std::string> words = {}) {
  static int number = 0;
  const std::string path = (folder / ("e" + std::to_string(++number) + ".json")).string();
  words.insert(words.begin(), {"export", "-o", path, "--db", database.url()});
  const Run result = run(words);
  INFO(result.err);
  REQUIRE(result.exit == 0);
  return path;
}

// An import with these words in a folder of its own, where safety copies may go.
inline Run import_into(const AnyDatabase& database, std::vector<std::string> words,
                       RunOptions options = {}) {
  words.insert(words.begin(), {"import", "--db", database.url()});
  return run(std::move(words), std::move(options));
}

// The result of one that has to succeed.
inline nlohmann::json imported(const AnyDatabase& database, std::vector<std::string> words,
                               RunOptions options = {}) {
  words.insert(words.begin(), "--json");
  const Run result = import_into(database, std::move(words), std::move(options));
  INFO(result.err);
  REQUIRE(result.exit == 0);
  return report_of(result)["result"];
}

// The rows of every table, in short.
inline std::string rows_of(const AnyDatabase& database) {
  const Run document = run({"export", "-o", "-", "--db", database.url()});
  INFO(document.err);
  REQUIRE(document.exit == 0);
  return nlohmann::json::parse(document.out)["summary"]["tables"].dump();
}

// All that an import could change: rows, where the numbering stands, what else there is.
inline std::string state_of(AnyDatabase& database) {
  const bool sqlite = database.url().starts_with("sqlite");
  const std::string numbering =
      sqlite ? database.query("SELECT name, seq FROM sqlite_sequence ORDER BY name")
             : database.query("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1");
  const std::string things =
      sqlite ? database.query("SELECT name, sql FROM sqlite_master ORDER BY name")
             : database.query(
                   "SELECT relname FROM pg_class WHERE relnamespace > 16000 OR "
                   "relnamespace = 'public'::regnamespace ORDER BY 1");
  return rows_of(database) + numbering + things;
}

inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The text with one piece replaced; fails the test if it isn't there.
inline std::string with(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  INFO("looking for " << from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace dbkeeper::testing
