#include "engines/postgres/parts.h"

#include <fmt/format.h>

#include <algorithm>

namespace dbkeeper::postgres {

std::vector<Part> parts_of(const TableName& table, const TableHolds::Storage& storage,
                           std::int64_t bytes, bool ranges) {
  std::int64_t count = 1;
  if (ranges && storage.by_pages && bytes > 0)
    count = std::clamp<std::int64_t>(storage.bytes / bytes + (storage.bytes % bytes != 0), 1,
                                     std::max<std::int64_t>(storage.pages, 1));
  std::vector<Part> out;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto page = [&](std::int64_t number) {
      return static_cast<std::uint64_t>(storage.pages * number / count);
    };
    out.push_back({table, page(i), i + 1 < count ? page(i + 1) : 0, storage.bytes / count});
  }
  return out;
}

std::string range_condition(const Part& part) {
  std::string out;
  if (part.begin > 0)
    out = fmt::format("ctid OPERATOR(pg_catalog.>=) '({},0)'::pg_catalog.tid", part.begin);
  if (part.end > 0)
    out += fmt::format("{}ctid OPERATOR(pg_catalog.<) '({},0)'::pg_catalog.tid",
                       out.empty() ? "" : " AND ", part.end);
  return out;
}

}  // namespace dbkeeper::postgres
