// An import through an engine's own interface: the plan is made here from the schema alone, so that
// nothing above the engines has a say.
#pragma once

#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "support/import_target.h"

namespace dbkeeper::testing {

// The rows of a file, by table.
struct ImportFile {
  struct Part {
    std::vector<std::string> columns;  // empty: all of the table's
    std::vector<MemoryRow> rows;
  };
  std::map<std::string, Part> data;
  std::map<std::string, Part> references;
};

// What is to be done with it.
struct ImportChoice {
  ImportMode mode = ImportMode::skip;
  Identity identity = Identity::other_source;
  MissingReference on_missing = MissingReference::error;
  std::set<std::string> looked_up;  // tables that are not written
  std::map<std::string, std::vector<std::string>>
      match;  // natural keys in the place of declared ones
  std::map<std::string, std::vector<std::string>> kept;  // columns that merge doesn't update
  std::map<std::string, std::vector<ForeignKey>> declared_links;  // that the file alone declares
  bool keep_map = true;
  bool quickly = false;  // rows go straight where they may, keys and indexes are off
};

// The schema as the file sees it.
Schema with_declared_links(Schema schema, const ImportChoice& choice);

// A plan for all tables of the schema, which outlives it.
ImportPlan plan_for(const Schema& schema, const ImportChoice& choice);

void stage_file(Import& import, const Schema& schema, const ImportFile& file);

struct ImportOutcome {
  std::optional<Error> error;  // then nothing else, and nothing happened
  bool found = false;          // find_rows() went well
  std::map<std::string, ImportCounts> counts;
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> remapped;  // sorted
  std::map<std::string, ImportMatches> matches;
};

// Stages the file, carries the plan out and commits. `import` is of a database of that schema.
ImportOutcome run_import(Import& import, const Schema& schema, const ImportFile& file,
                         const ImportPlan& plan);
ImportOutcome run_import(ImportTarget& target, const ImportFile& file, const ImportChoice& choice);

}  // namespace dbkeeper::testing
