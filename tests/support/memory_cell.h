// Values and rows that own their bytes.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "dbkeeper/model/batch.h"

namespace dbkeeper::testing {

struct MemoryCell {
  MemoryCell(std::nullptr_t) {}
  MemoryCell(bool value) : kind(CellKind::boolean), integer(value) {}
  MemoryCell(int value) : kind(CellKind::integer), integer(value) {}
  MemoryCell(std::int64_t value) : kind(CellKind::integer), integer(value) {}
  MemoryCell(double value) : kind(CellKind::real), real(value) {}
  MemoryCell(const char* value) : kind(CellKind::text), text(value) {}
  MemoryCell(std::string value, CellKind kind_of_text = CellKind::text)
      : kind(kind_of_text), text(std::move(value)) {}
  explicit MemoryCell(const CellView& cell)
      : kind(cell.kind), integer(cell.integer), real(cell.real), text(cell.text) {}

  auto operator<=>(const MemoryCell&) const = default;
  bool is_null() const { return kind == CellKind::null; }
  void add_to(Batch& batch) const;

  CellKind kind = CellKind::null;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
};

using MemoryRow = std::vector<MemoryCell>;

}  // namespace dbkeeper::testing
