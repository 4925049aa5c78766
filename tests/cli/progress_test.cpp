// What a user sees of a run while it goes on, on a terminal and in a log.
#include <algorithm>

#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;

namespace {

constexpr const char* kRows =
    "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT); CREATE INDEX t_a ON t(a);"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
    "INSERT INTO t SELECT i, 'row ' || i FROM n";

// What stands on a terminal after it was sent `shown`: a line is written over from its beginning,
// and wiped from the cursor on.
std::string on_screen(const std::string& shown) {
  const std::string wipe = "\x1b[K";
  std::string screen, line;
  std::size_t column = 0;
  for (std::size_t at = 0; at < shown.size(); ++at) {
    if (shown.compare(at, wipe.size(), wipe) == 0) {
      line.resize(std::min(line.size(), column));
      at += wipe.size() - 1;
    } else if (shown[at] == '\r') {
      column = 0;
    } else if (shown[at] == '\n') {
      screen += line + "\n";
      line.clear();
      column = 0;
    } else {
      line.resize(std::max(line.size(), column + 1));
      line[column++] = shown[at];
    }
  }
  return screen + line;
}

bool shows_percentage(const std::string& shown) {
  const std::string word = "verify ";
  for (std::size_t at = 0; (at = shown.find(word, at)) != std::string::npos;) {
    at += word.size();
    const std::size_t end = shown.find_first_not_of("0123456789", at);
    if (end != std::string::npos && end > at && shown[end] == '%') return true;
  }
  return false;
}

}  // namespace

TEST_CASE("nothing of the progress is left on the terminal when a result stands there") {
  const ScratchFolder folder;
  const ScratchSqlite source(kRows);
  const std::string rows = (folder / "rows.json").string();
  const std::string dir = (folder / "backups").string();
  REQUIRE(run({"export", "-o", rows, "--db", source.path().string()}).exit == 0);
  const auto seen = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--db", source.path().string(), "--dir", dir});
    const Run result = run(words, {.terminal = true});
    INFO(result.out);
    CHECK(result.exit == 0);
    CHECK_THAT(result.out, contains("\x1b[K"));  // there was some
    return on_screen(result.out);
  };
  CHECK_THAT(seen({"check"}), matches("test  sqlite[^\\n]*\\nok\\n"));
  CHECK_THAT(seen({"backup", "--after", "echo taken #"}),
             matches("taken\\n[^\\n]*dbk: 1 table[^\\n]*\\n"));
  CHECK_THAT(seen({"import", rows}), matches("[^\\n]*rows.json into [^\\n]*\\nTABLE [^]*"));
  CHECK_THAT(seen({"restore", "--latest", "--yes"}),
             matches("restoring [^\\n]*\\n[^\\n]*safety backup[^\\n]*\\ntest restored from [^]*"));
}

TEST_CASE("what comes through a pipe has a percentage where its length is known") {
  const ScratchFolder folder;
  const ScratchSqlite source(kRows);
  const std::string script =
      "set -e; \"$0\" export -q -o rows.json; zstd -q rows.json; "
      "half=$(($(stat -c %s rows.json.zst) / 2)); "
      "{ head -c $half rows.json.zst; sleep 0.5; tail -c +$((half + 1)) rows.json.zst; } | "
      "\"$0\" verify -";
  const Run result =
      run({"-c", script, dbkeeper_binary()}, {.env = {{"DATABASE_URL", source.url()}},
                                              .cwd = folder.path(),
                                              .terminal = true,
                                              .binary = "/bin/bash"});
  INFO(result.out);
  CHECK(result.exit == 0);
  CHECK(shows_percentage(result.out));
}

TEST_CASE("what comes after the rows is named") {
  const ScratchFolder folder;
  ScratchPostgres source(
      "CREATE TABLE t(id serial PRIMARY KEY, p int REFERENCES t, a text); CREATE INDEX t_a ON t(a);"
      "INSERT INTO t(a) SELECT i::text FROM generate_series(1, 6000) i");
  const auto err = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--db", source.url(), "--dir", folder.path().string(), "--progress",
                               "always", "--yes"});
    const Run result = run(words);
    INFO(result.err);
    CHECK(result.exit == 0);
    return result.err;
  };
  const std::string backup = (folder / "t.dbk").string(), rows = (folder / "t.json").string();
  err({"backup", "-o", backup});
  err({"export", "-o", rows});
  CHECK_THAT(err({"restore", backup}), contains("restore: indexes and keys t ") &&
                                           contains("restore: foreign keys t t_p_fkey\n") &&
                                           contains("restore: ANALYZE t\n"));
  CHECK_THAT(err({"restore", backup, "--in-place"}),
             contains("restore: indexes and keys\n") && contains("restore: ANALYZE t\n"));
  CHECK_THAT(err({"import", rows, "--mode", "clean", "--no-safety-backup"}),
             contains("import: finding rows\n") && contains("import: writing rows\n") &&
                 contains("import: indexes and keys\n"));
}

TEST_CASE("an export to the terminal itself has no progress in it") {
  const ScratchSqlite source(kRows);
  const Run result = run({"export", "-o", "-", "--db", source.path().string()}, {.terminal = true});
  CHECK(result.exit == 0);
  CHECK_THAT(result.out, !contains("\x1b[K"));
}
