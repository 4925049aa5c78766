// Rows out of a document into a database, step by step; nothing of it lasts before the
// last.
//
//   ImportRun run(document, database, schema, options, reporter, stop);
//   run.read({});       // the whole document is proven, its rows are staged, the plan is made
//   …                   // time to ask the user
//   run.find_rows();    // locks; every row has its place, or Error(conflict)
//   …                   // time for a safety copy
//   run.write_rows();
//   run.commit();
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/core/import_plan.h"
#include "dbkeeper/engines/database.h"
#include "dbkeeper/engines/import.h"
#include "dbkeeper/formats/row_document.h"

namespace dbkeeper {

class ImportRun {
 public:
  // `schema`: the database's, of a snapshot that has ended. The database was opened for writing.
  // Error(usage) for options that don't fit file or database. All of them outlive the run.
  ImportRun(RowDocument& file, Database& database, const Schema& schema,
            const ImportOptions& options, Reporter& reporter, const Stop& stop);
  ~ImportRun();

  // Asked for where rows are removed, or may wait for others, before the file has been read to its
  // end, with a plan that is likely by what the file says of itself.
  struct Hooks {
    std::function<void(const ImportPlan&)> before_locks;
    std::function<void()> before_emptying;  // locks are held
  };

  // Error(input) if anything is wrong with the file; Error(conflict) that tells all that of its
  // schema and values doesn't fit the database. False, with options.straight only, if the file
  // turns out to be another than it seemed: then this run is done for, and one without it may
  // begin.
  bool read(const Hooks& hooks);
  // Requires, for this and all that follows: read().
  const ImportPlan& plan() const;
  // Of the database; whether the file comes from it.
  const DatabaseInfo& database() const;
  bool same_source() const;
  // Tables of the file that --include leaves out though all that they join is chosen, and why that
  // is told.
  const std::vector<std::pair<std::string, std::string>>& missed() const;

  void find_rows();
  void write_rows();
  // What `Import` has to tell of plan().tables, from find_rows() on.
  Import& import();
  void commit();

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace dbkeeper
