#include "engines/postgres/import_stage.h"

#include <fmt/format.h>

#include "engines/postgres/catalog.h"
#include "engines/postgres/copy_text.h"
#include "engines/postgres/fetch.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::size_t kOwnColumns = 2;

std::string quoted(const std::string& name) { return QuotedName(std::string_view(name)).sql(); }

std::string stage_target(const staging::Stage& stage, const std::vector<std::string>& columns) {
  std::vector<std::string> all = {stage.number(), stage.kind()};
  all.insert(all.end(), columns.begin(), columns.end());
  return fmt::format("{} ({})", temporary(stage.name), QuotedName::list(all).sql());
}

}  // namespace

std::string temporary(std::string_view name) { return "pg_temp." + QuotedName(name).sql(); }

std::string create_stage_sql(const staging::Stage& stage, const ColumnTypes& types) {
  const Table& table = *stage.table;
  std::string columns = fmt::format("0::pg_catalog.int8 AS {}, 0::pg_catalog.int2 AS {}",
                                    quoted(stage.number()), quoted(stage.kind()));
  for (const std::string& name : table.given_columns()) {
    const Column& column = *table.find_column(name);
    const std::string value = QuotedName::of("t", name).sql();
    columns += fmt::format(
        ", {} AS {}", types.takes_null(table, column) ? value : types.without_domain(column, value),
        quoted(name));
  }
  return fmt::format("CREATE TABLE {} AS SELECT {} FROM {} AS t WITH NO DATA",
                     temporary(stage.name), columns, from_clause(table));
}

StageSink::StageSink(Session& session, const staging::Stage& stage, Rows kind,
                     const std::vector<std::string>& columns, std::int64_t& rows,
                     staging::Dialect::Refuse refuse)
    : fields_(copy_fields(session, *stage.table, columns)),
      kind_(kind == Rows::data ? 0 : 1),
      rows_(rows),
      refuse_(std::move(refuse)),
      copy_(session, stage_target(stage, columns), format_for(fields_),
            display(stage.table->name, kDefaultSchema)) {}

StraightSink::StraightSink(Session& session, const Table& table,
                           const std::vector<std::string>& columns, staging::Dialect::Refuse refuse)
    : fields_(copy_fields(session, table, columns)),
      refuse_(std::move(refuse)),
      copy_(session, copy_target(table, columns), format_for(fields_),
            display(table.name, kDefaultSchema)) {}

void StraightSink::write(const Batch& batch) {
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    copy_.begin_row(fields_.size());
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const CellView cell = batch.at(row, i);
      if (copy_.add(fields_[i], cell)) continue;
      refuse_(fields_[i].column(), shown(cell), fields_[i].complaint(cell), batch, row);
      refused_ = true;
      copy_.add_null();
    }
    if (refused_)
      copy_.drop_row();
    else
      copy_.end_row();
  }
}

void StageSink::write(const Batch& batch) {
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    copy_.begin_row(fields_.size() + kOwnColumns);
    copy_.add_bigint(++rows_);
    copy_.add_smallint(kind_);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const CellView cell = batch.at(row, i);
      if (copy_.add(fields_[i], cell)) continue;
      refuse_(fields_[i].column(), shown(cell), fields_[i].complaint(cell), batch, row);
      copy_.add_null();
    }
    copy_.end_row();
  }
}

}  // namespace dbkeeper::postgres
