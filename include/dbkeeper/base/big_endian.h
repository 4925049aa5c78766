// Numbers as bytes, the most significant first: COPY BINARY and SQLite's files have them so.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace dbkeeper {

// Requires: as many bytes as a Number has. Compilers see one load in it, as they don't in a loop.
template <class Number, std::size_t... I>
constexpr Number big_endian_at(const char* bytes, std::index_sequence<I...>) {
  return static_cast<Number>((
      (std::uint64_t{static_cast<unsigned char>(bytes[I])} << 8 * (sizeof(Number) - 1 - I)) | ...));
}
template <class Number>
constexpr Number big_endian_at(const char* bytes) {
  return big_endian_at<Number>(bytes, std::make_index_sequence<sizeof(Number)>());
}

template <class Number, std::size_t... I>
constexpr std::array<char, sizeof(Number)> big_endian(Number number, std::index_sequence<I...>) {
  const auto bits = static_cast<std::make_unsigned_t<Number>>(number);
  return {static_cast<char>(bits >> 8 * (sizeof(Number) - 1 - I) & 0xFF)...};
}
template <class Number>
constexpr std::array<char, sizeof(Number)> big_endian(Number number) {
  return big_endian(number, std::make_index_sequence<sizeof(Number)>());
}

}  // namespace dbkeeper
