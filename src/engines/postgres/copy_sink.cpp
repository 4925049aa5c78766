#include "engines/postgres/copy_sink.h"

#include <fmt/format.h>

#include <algorithm>

#include "engines/postgres/catalog.h"
#include "engines/postgres/copy_text.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
std::vector<CopyField> copy_fields(const Session& session, const Table& table,
                                   const std::vector<std::string>& columns) {
  std::vector<CopyField> out;
  for (const std::string& name : columns) {
    const Column* column = table.find_column(name);
    if (!column) {
      const std::string shown_table = display(table.name, kDefaultSchema);
      throw Error(ErrorKind::conflict, fmt::format("table {} has no column {}", shown_table, name))
          .table(shown_table)
          .column(name);
    }
    out.emplace_back(*column, session.any_bytes());
  }
  return out;
}

CopyIn::Format format_for(const std::vector<CopyField>& fields) {
  const bool binary = std::all_of(fields.begin(), fields.end(),
                                  [](const CopyField& field) { return field.has_binary(); });
  return binary ? CopyIn::Format::binary : CopyIn::Format::text;
}

// Without a column list COPY fills all columns, which for a table without any is right.
std::string copy_target(const Table& table, const std::vector<std::string>& columns) {
  const std::string name = QuotedName(table.name).sql();
  return columns.empty() ? name : fmt::format("{} ({})", name, QuotedName::list(columns).sql());
}

CopySink::CopySink(Session& session, const Table& table, const std::vector<std::string>& columns)
    : table_(display(table.name, kDefaultSchema)),
      fields_(copy_fields(session, table, columns)),
      copy_(session, copy_target(table, columns), format_for(fields_), table_) {}

void CopySink::write(const Batch& batch) {
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    copy_.begin_row(fields_.size());
    for (std::size_t i = 0; i < fields_.size(); ++i)
      if (const CellView cell = batch.at(row, i); !copy_.add(fields_[i], cell))
        refuse(fields_[i], cell);
    copy_.end_row();
  }
}

void CopySink::refuse(const CopyField& field, const CellView& cell) const {
  const Column& column = field.column();
  throw Error(ErrorKind::conflict, fmt::format("the value {} doesn't fit column {} of type {}",
                                               shown(cell), column.name, column.type.name))
      .table(table_)
      .column(column.name);
}

}  // namespace dbkeeper::postgres
