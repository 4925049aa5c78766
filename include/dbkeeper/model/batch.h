// Rows on their way: a row-major arena of cells, the unit of reading, writing,
// progress and cancellation. Engines decode into it, writers only frame and
// escape; no cell is allocated alone.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "dbkeeper/base/buffer.h"

namespace dbkeeper {

enum class CellKind : std::uint8_t {
  null,
  boolean,
  integer,
  real,    // 8-byte float
  single,  // 4-byte float
  plain,   // text that no format has to escape: digits, times, uuid; ASCII
           // without " and backslash
  text,    // UTF-8, unless the database doesn't see to that: then any bytes
  json,    // a JSON text, kept as it is
  bytes,
  array  // see model/array.h
};

// One value as it stands in a batch. Text points into the batch and lives until
// its next clear().
struct CellView {
  CellKind kind = CellKind::null;
  std::int64_t integer = 0;  // also boolean: 0 or 1
  double real = 0;           // also single
  std::string_view text;     // plain, text, json, bytes, array
};

class Batch {
 public:
  static constexpr std::size_t kRows = 1024;
  static constexpr std::size_t kBytes = 4 << 20;

  explicit Batch(std::size_t columns) : columns_(columns) {}

  // Cells are added row by row, column by column.
  void add_null() { cells_.push_back({CellKind::null, 0, {.integer = 0}}); }
  void add_boolean(bool value) { cells_.push_back({CellKind::boolean, 0, {.integer = value}}); }
  void add_integer(std::int64_t value) {
    cells_.push_back({CellKind::integer, 0, {.integer = value}});
  }
  void add_real(double value) { cells_.push_back({CellKind::real, 0, {.real = value}}); }
  void add_single(float value) { cells_.push_back({CellKind::single, 0, {.real = value}}); }
  void add(CellKind kind, std::string_view text) {
    if (!text.empty())
      std::memcpy(add_space(kind, text.size()), text.data(), text.size());
    else
      add_space(kind, 0);
  }
  void add(const CellView& cell) {
    switch (cell.kind) {
      case CellKind::null:
        return add_null();
      case CellKind::boolean:
        return add_boolean(cell.integer != 0);
      case CellKind::integer:
        return add_integer(cell.integer);
      case CellKind::real:
        return add_real(cell.real);
      case CellKind::single:
        return add_single(static_cast<float>(cell.real));
      default:
        return add(cell.kind, cell.text);
    }
  }
  // A cell of `size` bytes, to be filled before the next call. Requires: a kind
  // that has bytes.
  char* add_space(CellKind kind, std::size_t size) {
    cells_.push_back({kind, static_cast<std::uint32_t>(size), {.offset = arena_.size()}});
    return arena_.grow(size);
  }
  // Cuts the last cell, filled in part, to `size` bytes.
  void shrink_last(std::size_t size) {
    arena_.shorten_to(arena_.size() - cells_.back().size + size);
    cells_.back().size = static_cast<std::uint32_t>(size);
  }
  // A row of a table without columns has no cells: count it here instead.
  void add_empty_row() { ++empty_rows_; }

  std::size_t columns() const { return columns_; }
  std::size_t rows() const { return columns_ == 0 ? empty_rows_ : cells_.size() / columns_; }
  std::size_t bytes() const { return arena_.size() + cells_.size() * sizeof(Cell); }
  bool full() const { return rows() >= kRows || arena_.size() >= kBytes; }

  CellView at(std::size_t row, std::size_t column) const {
    const Cell& cell = cells_[row * columns_ + column];
    switch (cell.kind) {
      case CellKind::null:
        return {};
      case CellKind::boolean:
      case CellKind::integer:
        return {cell.kind, cell.value.integer, 0, {}};
      case CellKind::real:
      case CellKind::single:
        return {cell.kind, 0, cell.value.real, {}};
      default:
        return {cell.kind, 0, 0, {arena_.data() + cell.value.offset, cell.size}};
    }
  }

  // For who doesn't look at what a format would have to escape.
  void take_plain_as_text() {
    for (Cell& cell : cells_)
      if (cell.kind == CellKind::plain) cell.kind = CellKind::text;
  }

  // Empties it and keeps the room, unless one huge row has blown it up.
  void clear() {
    cells_.clear();
    // Not `= {}`: that assigns an empty list, and a vector keeps its room then.
    arena_.clear(4 * kBytes);
    empty_rows_ = 0;
  }

 private:
  struct Cell {
    CellKind kind;
    std::uint32_t size;
    union {
      std::int64_t integer;
      double real;
      std::uint64_t offset;
    } value;
  };

  std::size_t columns_;
  std::size_t empty_rows_ = 0;
  std::vector<Cell> cells_;
  Buffer arena_;
};

}  // namespace dbkeeper
