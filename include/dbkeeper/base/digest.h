// 128-bit digests (XXH3) of rows and texts: they find damage and difference,
// not forgery. And SHA-256, where a stranger has to be able to check.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace dbkeeper {

struct Digest {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  // The sum modulo 2^128: the same in whatever order digests are added.
  Digest& operator+=(const Digest& other) {
    low += other.low;
    high += other.high + (low < other.low ? 1 : 0);
    return *this;
  }
  bool operator==(const Digest&) const = default;

  // "xxh3-128:" and 32 hexadecimal digits, the most significant first.
  std::string text() const;
  static std::optional<Digest> parse(std::string_view text);
};

Digest digest_of(std::string_view bytes);

// The same of bytes that come in pieces.
class DigestStream {
 public:
  DigestStream();
  ~DigestStream();
  DigestStream(DigestStream&&) noexcept;
  DigestStream& operator=(DigestStream&&) noexcept;

  void add(std::string_view bytes);
  // Of all that was added since the last finish().
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// SHA-256 as 64 hexadecimal digits. Error(failed) if OpenSSL has none.
std::string sha256_hex(std::string_view bytes);

}  // namespace dbkeeper
