#include "support/copies.h"

#include <cstdint>

namespace dbkeeper::testing {
namespace {

std::string big_endian(std::uint32_t number, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(number >> 8 * i);
  return out;
}

}  // namespace

std::string binary_row(const std::vector<std::optional<std::string>>& fields) {
  std::string out = big_endian(static_cast<std::uint32_t>(fields.size()), 2);
  for (const auto& field : fields)
    out += field ? big_endian(static_cast<std::uint32_t>(field->size()), 4) + *field
                 : big_endian(UINT32_MAX, 4);
  return out;
}

std::string binary_copy(const std::vector<std::vector<std::optional<std::string>>>& rows) {
  std::string out("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", 19);
  for (const auto& row : rows) out += binary_row(row);
  return out + big_endian(UINT32_MAX, 2);
}

}  // namespace dbkeeper::testing
