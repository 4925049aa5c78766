// Values of a file that a database can't hold, whoever found that out, in the file's order of
// tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "dbkeeper/engines/import.h"
#include "dbkeeper/model/batch.h"

namespace dbkeeper {

class RefusedValues {
 public:
  // A cell of a batch with these columns, on its way to `table`.
  void add(const Table& table, const std::string& shown_table,
           const std::vector<std::string>& columns, std::size_t column, const std::string& why,
           const Batch& batch, std::size_t row);
  // Those that an import has refused since the last call, of one table.
  void take_from(const Import& import, const std::string& shown_table);

  // A line for each of the first hundred, and one for the rest.
  std::vector<std::string> lines() const;

 private:
  void keep(const RefusedValue& value, const std::string& shown_table);

  std::vector<std::string> lines_;
  std::int64_t count_ = 0;
  std::size_t taken_ = 0;  // of an import's
  std::int64_t taken_count_ = 0;
};

}  // namespace dbkeeper
