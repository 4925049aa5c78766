// Names and values that would steer a terminal, or look like lines of ours, over every command.
#include <algorithm>
#include <fstream>

#include "cli/json.h"
#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;
namespace fs = std::filesystem;

namespace {

// A title is set, a line forged, 8-bit CSI (as C1 in UTF-8, and as a byte that is no UTF-8), text
// turned around.
const std::string kEvil =
    "t\x1b]0;owned\a\nerror: forged\xc2\x9b"
    "31m\x9b\xe2\x80\xae"
    "end";

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

std::string schema() {
  const std::string column = quoted("c" + kEvil);
  return "CREATE TABLE " + quoted(kEvil) + "(id INTEGER PRIMARY KEY, " + column +
         " TEXT NOT NULL UNIQUE, p INTEGER REFERENCES " + quoted(kEvil) +
         "(id), g TEXT AS (upper(" + column + ")));" + "CREATE TRIGGER " + quoted("g" + kEvil) +
         " AFTER INSERT ON " + quoted(kEvil) + " BEGIN SELECT 1; END;";
}

std::string rows() {
  return "INSERT INTO " + quoted(kEvil) + " VALUES (1, '" + kEvil + "', NULL), (2, 'b', 1);";
}

void check_harmless(const std::string& shown) {
  CAPTURE(shown);
  CHECK(std::ranges::none_of(shown, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n') || byte == 0x7F;
  }));
  CHECK(shown.find("\xc2\x9b") == std::string::npos);
  CHECK(shown.find("\xe2\x80\xae") == std::string::npos);
  for (std::size_t at = shown.find('\x9b'); at != std::string::npos;
       at = shown.find('\x9b', at + 1))
    CHECK((at > 0 && static_cast<unsigned char>(shown[at - 1]) >= 0x80));
  CHECK(shown.find("\nerror: forged") == std::string::npos);
}

}  // namespace

TEST_CASE("no name and no value steers the terminal, whatever command shows it") {
  const ScratchFolder folder;
  const ScratchSqlite full(schema() + rows(), kEvil + ".db");
  const ScratchSqlite empty(schema(), "empty.db");
  const ScratchSqlite other(schema() + "INSERT INTO " + quoted(kEvil) + " VALUES (1, 'z', 7);",
                            "other.db");
  const std::string file = (folder / (kEvil + ".json")).string();
  const std::string backup = (folder / (kEvil + ".dbk")).string();
  const std::string dir = (folder / ("d" + kEvil)).string();
  const std::string sql = "ALTER TABLE " + quoted(kEvil) + " ADD COLUMN " + quoted("n" + kEvil);
  const std::vector<std::vector<std::string>> commands = {
      {"export", "-o", file, "--db", full.path().string()},
      {"export", "-o", file, "--db", full.path().string()},
      {"export", "-o", "-", "--include", kEvil + "x", "--db", full.path().string()},
      {"backup", "-o", backup, "--db", full.path().string()},
      {"backup", "--dir", dir, "--db", full.path().string()},
      {"backup", "--label", kEvil, "--db", full.path().string()},
      {"list", "--dir", dir},
      {"inspect", "--db", full.path().string()},
      {"inspect", "--format", "json", "--db", full.path().string()},
      {"inspect", file},
      {"inspect", backup},
      {"check", "--db", full.path().string()},
      {"check", "--db", other.path().string()},
      {"verify", file},
      {"verify", backup, "--drill", "--dir", dir},
      {"verify", "--all", "--dir", dir},
      {"verify", (folder / kEvil).string()},
      {"diff", full.path().string(), other.path().string()},
      {"diff", file, backup},
      {"import", file, "--explain", "--dry-run", "--db", empty.path().string()},
      {"import", file, "-v", "--db", other.path().string()},
      {"import", file, "--mode", "clean", "--yes", "--dir", dir, "--db", empty.path().string()},
      {"import", (folder / kEvil).string(), "--db", empty.path().string()},
      {"import", file, "--match", kEvil + "=x", "--db", empty.path().string()},
      {"restore", "--undo", "--yes", "--dir", dir, "--db", empty.path().string()},
      {"restore", backup, "--yes", "--dir", dir, "--db", empty.path().string()},
      {"restore", "--dir", dir, "--db", empty.path().string()},
      {"cleanup", "--dry-run", "--dir", dir},
      {"migrate", "--dir", dir, "--db", full.path().string(), "--", "sqlite3", full.path().string(),
       sql},
      {"migrate", "--dir", dir, "--db", full.path().string(), "--", "false", kEvil},
      {"config", "--dir", dir},
      {kEvil},
      {"list", "--" + kEvil},
  };
  for (const auto& words : commands) {
    std::vector<std::string> all = words;
    CAPTURE(words);
    const Run plain = run(all, {.cwd = folder.path()});
    if (all[0] != "export" || all[2] != "-") check_harmless(plain.out);
    check_harmless(plain.err);
    all.insert(all.begin(), "--json");
    const Run json = run(all, {.cwd = folder.path()});
    check_harmless(json.out);
    // Beside an export to stdout the report stands on stderr.
    if (words[0] != "export" || words[2] != "-") CHECK_NOTHROW(nlohmann::json::parse(json.out));
  }
}

TEST_CASE("the table of a result stays aligned where its names are escaped") {
  const ScratchSqlite database(
      "CREATE TABLE \"a\nb\"(id INTEGER PRIMARY KEY); CREATE TABLE c(id INTEGER "
      "PRIMARY KEY)");
  const Run shown = run({"inspect", "--db", database.path().string()});
  CHECK_THAT(shown.out, contains("a\\nb  ") && contains("\nc     "));
}
