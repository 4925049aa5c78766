// Rows on their way into a table: binary where every column has a native encoder, else text for the
// whole table.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dbkeeper/model/rows.h"
#include "dbkeeper/model/schema.h"
#include "engines/postgres/copy_in.h"

namespace dbkeeper::postgres {

// The columns, as COPY takes values for them. Error(conflict) for one that isn't there.
std::vector<CopyField> copy_fields(const Session& session, const Table& table,
                                   const std::vector<std::string>& columns);

// The best format that all of them have.
CopyIn::Format format_for(const std::vector<CopyField>& fields);

// The table with these columns, as COPY names its target.
std::string copy_target(const Table& table, const std::vector<std::string>& columns);

class CopySink : public RowSink {
 public:
  // Requires: the session is in a transaction, which is lost if the sink fails or is destroyed
  // before finish(); no generated columns.
  CopySink(Session& session, const Table& table, const std::vector<std::string>& columns);

  void write(const Batch& batch) override;
  void finish() override { copy_.finish(); }

 private:
  [[noreturn]] void refuse(const CopyField& field, const CellView& cell) const;

  const std::string table_;  // as messages name it
  const std::vector<CopyField> fields_;
  CopyIn copy_;
};

}  // namespace dbkeeper::postgres
