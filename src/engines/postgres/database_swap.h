// A database that takes another's name, by two renames in one transaction. The old one stays, under
// the name <database>_before_<time>.
#pragma once

#include <string>

#include "engines/postgres/maintenance.h"

namespace dbkeeper::postgres {

class DatabaseSwap {
 public:
  // Of the database of that name, which needn't exist. The maintenance outlives it.
  DatabaseSwap(Maintenance& maintenance, const std::string& name, const RestoreOptions& restore,
               const OpenOptions& options);

  const RestorePlace& place() const { return place_; }
  // Error(failed) where this role may not rename the old one, Error(refused) where others work with
  // it and may not be ended.
  void check();
  std::string mark();  // RestoreTarget::mark()

  // `fresh` takes the name. Whoever works with the old one can't go on: who that was, is said.
  // Databases that were put aside earlier go, as far as there are too many.
  void carry_out(const std::string& fresh, RestoreReport& report);

 private:
  void refuse_sessions();
  void rename(const std::string& fresh);
  void drop_old(RestoreReport& report);

  Maintenance& maintenance_;
  const RestoreOptions restore_;
  const OpenOptions options_;
  RestorePlace place_;
};

}  // namespace dbkeeper::postgres
