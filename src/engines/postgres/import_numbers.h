// The numbers that the database gives new rows of an import.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "dbkeeper/model/schema.h"
#include "engines/postgres/numbering.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

class ImportNumbers {
 public:
  explicit ImportNumbers(Session& session) : session_(session) {}

  void dry_run(bool dry) { dry_run_ = dry; }

  // As Dialect::new_number and Dialect::advance. `stage`: as SQL, the table's rows of the file,
  // empty if there are none.
  std::string next(const Table& table, const Column& column, std::int64_t highest,
                   const std::string& order, const std::string& stage);
  void advance(const Table& table, const Column& column, std::int64_t highest,
               const std::string& stage);

 private:
  std::optional<std::int64_t> last_in_range(const Table& table, const Column& column,
                                            std::int64_t highest, const std::string& stage,
                                            const SequenceFacts& facts);

  Session& session_;
  bool dry_run_ = false;
};

}  // namespace dbkeeper::postgres
