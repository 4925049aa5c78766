// A table of notes that restores bring back.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/json.h"
#include "support/run.h"
#include "support/scratch.h"

namespace dbkeeper::testing {

using Words = std::vector<std::string>;

inline constexpr const char* kNotes =
    "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL);"
    "INSERT INTO note VALUES (1, 'one'), (2, 'two');";

inline constexpr const char* kBefore = "1|one\n2|two";
inline constexpr const char* kAfter = "1|x\n2|two\n3|three";

// A database that was backed up as kBefore, and has changed to kAfter since.
template <class Scratch>
struct Changed {
  Changed() {
    file = report_of(
        run({"backup", "--json", "--db", database.url(), "--dir", dir()}))["result"]["file"];
    database.exec("INSERT INTO note VALUES (3, 'three'); UPDATE note SET text = 'x' WHERE id = 1");
  }
  Run restore(Words words, RunOptions options = {}) const {
    words.insert(words.begin(), {"restore", "--db", database.url(), "--dir", dir()});
    return run(std::move(words), std::move(options));
  }
  std::string dir() const { return (folder / "backups").string(); }
  std::string rows() { return database.query("SELECT id, text FROM note ORDER BY id"); }

  ScratchFolder folder;
  Scratch database{kNotes};
  std::string file;
};

}  // namespace dbkeeper::testing
