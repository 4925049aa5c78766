// A value on its way from a column of one engine into a column of another: converted where nothing
// of it is lost, else refused. Pure: no database. docs/type-mapping.md is the table of it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "dbkeeper/model/batch.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper {

// What values of a file mean, as far as their columns' types don't say it.
struct ForeignValues {
  bool milliseconds = false;  // integers that stand for times are milliseconds since 1970
};

// Of one column. It remembers what it has seen: one thread at a time.
class CellConverter {
 public:
  virtual ~CellConverter() = default;

  // Adds the value as the column takes it; or says why it can't, as a predicate ("is neither true
  // nor false"), and adds nothing. What only the target's engine can tell, a length say, is left to
  // it. Requires: not NULL.
  virtual std::optional<std::string> convert(const CellView& cell, Batch& out) = 0;
};

std::unique_ptr<CellConverter> make_converter(const Type& from, const Column& to,
                                              const ForeignValues& values);

}  // namespace dbkeeper
