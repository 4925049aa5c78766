#include "dbkeeper/base/utf8.h"

#include <cstdint>
#include <cstring>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace dbkeeper {
namespace {

using Byte = unsigned char;

// Bytes from the beginning on that are ASCII, looked at eight at a time: mostly all of them.
std::size_t ascii_run(std::string_view text) {
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  std::size_t at = 0;
  for (std::uint64_t eight; text.size() - at >= sizeof eight; at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if (eight & kHigh) break;
  }
  while (at < text.size() && static_cast<Byte>(text[at]) < 0x80) ++at;
  return at;
}

#ifdef __x86_64__

// "Validating UTF-8 In Less Than One Instruction Per Byte" (J. Keiser, D. Lemire, 2020): each pair
// of neighbours is looked up by three of its half bytes, and what all three call a fault is one.
namespace fault {
constexpr char kTooShort = 1, kTooLong = 2, kOverlong3 = 4, kTooLarge = 8, kSurrogate = 16,
               kOverlong2 = 32, kTooLarge1000 = 64, kOverlong4 = 64;
constexpr char kTwoContinued = -128;
constexpr char kCarry = kTooShort | kTooLong | kTwoContinued;
}  // namespace fault

[[gnu::target("avx2")]] inline __m256i look_up(__m256i halves, __m128i table) {
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), halves);
}

[[gnu::target("avx2")]] inline __m256i high_half(__m256i bytes) {
  return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0F));
}

// The bytes that stand `kBack` before each.
template <int kBack>
[[gnu::target("avx2")]] inline __m256i before(__m256i bytes, __m256i earlier) {
  return _mm256_alignr_epi8(bytes, _mm256_permute2x128_si256(earlier, bytes, 0x21), 16 - kBack);
}

[[gnu::target("avx2")]] inline __m256i faults(__m256i bytes, __m256i earlier) {
  using namespace fault;
  const __m128i first_high = _mm_setr_epi8(
      kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTwoContinued,
      kTwoContinued, kTwoContinued, kTwoContinued, kTooShort | kOverlong2, kTooShort,
      kTooShort | kOverlong3 | kSurrogate, kTooShort | kTooLarge | kTooLarge1000 | kOverlong4);
  constexpr char kLarge = kCarry | kTooLarge | kTooLarge1000;
  const __m128i first_low =
      _mm_setr_epi8(kCarry | kOverlong3 | kOverlong2 | kOverlong4, kCarry | kOverlong2, kCarry,
                    kCarry, kCarry | kTooLarge, kLarge, kLarge, kLarge, kLarge, kLarge, kLarge,
                    kLarge, kLarge, kLarge | kSurrogate, kLarge, kLarge);
  constexpr char kContinued = kTooLong | kOverlong2 | kTwoContinued;
  const __m128i second_high = _mm_setr_epi8(
      kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort,
      kContinued | kOverlong3 | kTooLarge1000 | kOverlong4, kContinued | kOverlong3 | kTooLarge,
      kContinued | kSurrogate | kTooLarge, kContinued | kSurrogate | kTooLarge, kTooShort,
      kTooShort, kTooShort, kTooShort);
  const __m256i first = before<1>(bytes, earlier);
  const __m256i of_pairs = _mm256_and_si256(
      _mm256_and_si256(look_up(high_half(first), first_high),
                       look_up(_mm256_and_si256(first, _mm256_set1_epi8(0x0F)), first_low)),
      look_up(high_half(bytes), second_high));
  // Two continuations in a row belong behind the first byte of three or four, and there alone.
  const __m256i third = _mm256_subs_epu8(before<2>(bytes, earlier), _mm256_set1_epi8(0xE0 - 0x80));
  const __m256i fourth = _mm256_subs_epu8(before<3>(bytes, earlier), _mm256_set1_epi8(0xF0 - 0x80));
  const __m256i wanted = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8(-128));
  return _mm256_xor_si256(wanted, of_pairs);
}

[[gnu::target("avx2")]] bool is_utf8_by_blocks(std::string_view text) {
  constexpr std::size_t kBlock = sizeof(__m256i);
  __m256i earlier = _mm256_setzero_si256();
  __m256i found = _mm256_setzero_si256();
  const auto take = [&](const char* from) __attribute__((target("avx2"))) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    if (_mm256_movemask_epi8(_mm256_or_si256(bytes, earlier)) != 0)
      found = _mm256_or_si256(found, faults(bytes, earlier));
    earlier = bytes;
  };
  std::size_t at = 0;
  for (; at + kBlock <= text.size(); at += kBlock) take(text.data() + at);
  char rest[kBlock] = {};  // the zeros behind it show a character that isn't complete
  std::memcpy(rest, text.data() + at, text.size() - at);
  take(rest);
  return _mm256_testz_si256(found, found) != 0;
}

bool has_wide_blocks() {
  static const bool has = __builtin_cpu_supports("avx2");
  return has;
}

#else

bool is_utf8_by_blocks(std::string_view) { return false; }
bool has_wide_blocks() { return false; }

#endif

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const auto first = static_cast<Byte>(text[0]);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  const auto second = static_cast<Byte>(text[1]);
  const Byte least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const Byte most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (second < least || second > most) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if ((static_cast<Byte>(text[i]) & 0xC0) != 0x80) return 0;
  return length;
}

bool is_utf8(std::string_view text) {
  constexpr std::size_t kWorthBlocks = 64;
  if (text.size() >= kWorthBlocks && has_wide_blocks()) return is_utf8_by_blocks(text);
  while (true) {
    text.remove_prefix(ascii_run(text));
    if (text.empty()) return true;
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
}

}  // namespace dbkeeper
