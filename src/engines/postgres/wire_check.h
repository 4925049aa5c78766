// What the wire's codecs have in common.
#pragma once

#include <string>
#include <string_view>

#include "dbkeeper/base/error.h"
#include "dbkeeper/model/batch.h"

namespace dbkeeper::postgres::wire {

[[noreturn]] inline void malformed(const char* type) {
  throw Error(ErrorKind::failed, std::string("bytes that are no value of type ") + type);
}

inline void expect_size(std::string_view bytes, std::size_t size, const char* type) {
  if (bytes.size() != size) malformed(type);
}

inline bool is_text(const CellView& cell) {
  return cell.kind == CellKind::plain || cell.kind == CellKind::text;
}

}  // namespace dbkeeper::postgres::wire
