#include "core/batch_conversion.h"

#include <utility>

namespace dbkeeper {

BatchConversion::BatchConversion(const Table& from, const Table& to,
                                 const std::vector<std::string>& columns,
                                 const ForeignValues& values, Refuse refuse)
    : refuse_(std::move(refuse)), converted_(columns.size()) {
  for (const std::string& name : columns)
    converters_.push_back(
        make_converter(from.find_column(name)->type, *to.find_column(name), values));
}

const Batch& BatchConversion::convert(const Batch& batch) {
  converted_.clear();
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    for (std::size_t column = 0; column < converters_.size(); ++column) {
      const CellView cell = batch.at(row, column);
      if (cell.kind == CellKind::null) {
        converted_.add_null();
      } else if (const auto why = converters_[column]->convert(cell, converted_)) {
        converted_.add_null();
        refused_ = true;
        refuse_(column, *why, batch, row);
      }
    }
    if (converters_.empty()) converted_.add_empty_row();
  }
  return converted_;
}

}  // namespace dbkeeper
