// What an import did, or would do: per table, in numbers that add up.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands/import_explain.h"
#include "dbkeeper/base/reporter.h"
#include "dbkeeper/core/import.h"

namespace dbkeeper {

struct ImportReport {
  struct Entry {
    std::string name;
    ImportCounts counts;
  };

  std::string file;
  DatabaseInfo database;
  bool same_source = false;
  std::optional<std::string> source_id;  // of the file
  ImportMode mode = ImportMode::skip;
  Identity identity = Identity::other_source;
  bool dry_run = false;
  std::vector<Entry> tables;
  std::vector<std::string> triggers_off;
  std::vector<std::string> taken_off;  // foreign keys and indexes
  std::optional<std::vector<ExplainedTable>> explained;
  std::string safety_copy;                                    // empty: none
  std::string undo;                                           // the command; empty: none
  std::string id_map;                                         // empty: none was asked for
  std::vector<std::pair<std::string, std::string>> left_out;  // tables missed, and why
  double seconds = 0;

  ImportCounts total() const;
};

// Of a run whose rows are written and not committed yet; Error(failed) if the counts of a table
// don't add up, for then something else doesn't either.
ImportReport report_of(ImportRun& run);

// Tells the user what was taken for granted.
void warn_of_doubts(const ImportReport& report, Reporter& reporter);

Value value_of(const ImportReport& report);
std::string text_of(const ImportReport& report);

}  // namespace dbkeeper
