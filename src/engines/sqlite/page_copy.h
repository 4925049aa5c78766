// One database's pages over those of another, by SQLite's backup API
// (https://www.sqlite.org/backup.html): whoever has either open may go on.
#pragma once

#include <sqlite3.h>

#include <memory>

#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

// A transaction of the target, committed by the last step; destroyed before, it leaves the target
// as it was. The connections outlive it, and `to` is used for nothing else meanwhile.
class PageCopy {
 public:
  PageCopy(Connection& from, Connection& to);

  // Locks the target, as the first step does anyway.
  void lock() { step(0); }
  // Copies some more pages; false once all are there. Waits for locks as the connections do.
  // Errors are thrown in the name of the target: an image is shown under the database's.
  bool step();
  // Whether the last step had to begin anew, since somebody had written to the source.
  bool started_over() const { return started_over_; }
  // Whether a step is going on, and not the way back after one that failed.
  bool stepping() const { return stepping_; }

 private:
  bool step(int pages);

  struct Finish {
    void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
  };

  Connection& from_;
  Connection& to_;
  std::unique_ptr<sqlite3_backup, Finish> backup_;
  int left_ = -1;  // pages; -1: not known yet
  bool started_over_ = false;
  bool stepping_ = false;
};

}  // namespace dbkeeper::sqlite
