// Whether a database is as it was when a backup was made, or as a restore should have made it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/engines/database.h"
#include "dbkeeper/formats/backup.h"

namespace dbkeeper {

struct SamenessOptions {
  // Everything that isn't rows: tables, columns, indexes, views, functions, grants, comments, … and
  // the database's own settings. Where sequences stand is left out: numbers drawn outlive a
  // rollback. A restore may legitimately differ here (roles that don't exist, an owner).
  bool structure = true;
  // No more changes are looked for once there are so many: 1 answers whether there are any, and
  // reads no row where the structure differs already. At least 1.
  std::size_t enough = 5;
  int jobs = 1;
};

// What has changed since the backup, in words: "orders has 1,001 rows, and had 1,000", "orders has
// other rows than before", "the index orders_by_day is gone". Empty: it is as it was, to the last
// row and large object, history tables of migration tools included. Rows are compared by the sums
// of their digests, so their order means nothing; nothing is written or kept. Reads all of the
// database over `jobs` connections. Error(input) if the backup's own files are damaged.
std::vector<std::string> changes_since(const BackupArchive& backup, Database& database,
                                       const SamenessOptions& options, Reporter& reporter,
                                       const Stop& stop);

// The tables that are there as well as in the backup, and have other columns or rows than there,
// as display() writes them; partitions are their table. Reads all of the database, as above.
std::vector<std::string> changed_tables(const BackupArchive& backup, Database& database, int jobs,
                                        Reporter& reporter, const Stop& stop);

}  // namespace dbkeeper
