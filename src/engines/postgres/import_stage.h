// The temporary tables that hold a file's rows, and what fills them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engines/postgres/column_types.h"
#include "engines/postgres/copy_sink.h"
#include "engines/staging/dialect.h"

namespace dbkeeper::postgres {

// A temporary table as SQL.
std::string temporary(std::string_view name);

// CREATE TABLE … AS: types and collations are the target's; its constraints and defaults stay
// behind, but for those of domains that take NULL.
std::string create_stage_sql(const staging::Stage& stage, const ColumnTypes& types);

class StageSink : public RowSink {
 public:
  // `rows`: how many the stage has; counted on. Requires: as CopySink; `rows` outlives this.
  StageSink(Session& session, const staging::Stage& stage, Rows kind,
            const std::vector<std::string>& columns, std::int64_t& rows,
            staging::Dialect::Refuse refuse);

  void write(const Batch& batch) override;
  void finish() override { copy_.finish(); }

 private:
  const std::vector<CopyField> fields_;
  const std::int16_t kind_;
  std::int64_t& rows_;
  const staging::Dialect::Refuse refuse_;
  CopyIn copy_;
};

// The table itself takes the rows. Once a value was refused, further rows are only looked at.
class StraightSink : public RowSink {
 public:
  StraightSink(Session& session, const Table& table, const std::vector<std::string>& columns,
               staging::Dialect::Refuse refuse);

  void write(const Batch& batch) override;
  void finish() override { copy_.finish(); }

 private:
  const std::vector<CopyField> fields_;
  const staging::Dialect::Refuse refuse_;
  bool refused_ = false;
  CopyIn copy_;
};

}  // namespace dbkeeper::postgres
