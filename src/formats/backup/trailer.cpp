#include "formats/backup/trailer.h"

#include <fmt/format.h>

#include <charconv>

namespace dbkeeper::backup {
namespace {

constexpr std::string_view kOffset = R"({"manifest": {"offset": )";
constexpr std::string_view kLength = R"(, "length": )";
constexpr std::string_view kSha256 = R"(, "sha256": ")";
constexpr std::string_view kEnd = "\"}}\n";
constexpr std::size_t kDigits = 20, kShaDigits = 64;
static_assert(kOffset.size() + kLength.size() + kSha256.size() + kEnd.size() + 2 * kDigits +
                  kShaDigits <=
              kTrailerSize);

// A number with spaces before it.
std::uint64_t number_in(std::string_view text, std::size_t at) {
  std::string_view digits = text.substr(at, kDigits);
  digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

}  // namespace

std::string trailer_text(const Trailer& trailer) {
  std::string text = fmt::format("{}{:>{}}{}{:>{}}{}{}{}", kOffset, trailer.offset, kDigits,
                                 kLength, trailer.length, kDigits, kSha256, trailer.sha256, kEnd);
  // White space behind a JSON text is nothing to a reader.
  text.insert(text.size() - 1, kTrailerSize - text.size(), ' ');
  return text;
}

std::optional<Trailer> parse_trailer(std::string_view text) {
  if (text.size() != kTrailerSize) return std::nullopt;
  constexpr std::size_t kLengthAt = kOffset.size() + kDigits + kLength.size();
  constexpr std::size_t kShaAt = kLengthAt + kDigits + kSha256.size();
  const Trailer trailer{number_in(text, kOffset.size()), number_in(text, kLengthAt),
                        std::string(text.substr(kShaAt, kShaDigits))};
  if (trailer_text(trailer) != text) return std::nullopt;
  return trailer;
}

}  // namespace dbkeeper::backup
