#include "engines/sqlite/text_encoding.h"

#include <cstring>
#include <random>

#include "support/catch.h"
#include "support/seed.h"

namespace dbkeeper::sqlite {
namespace {

std::string utf8(std::string_view stored, TextEncoding encoding) {
  std::string out(stored.size() / 2 * kUtf8BytesPerUnit, '\0');
  out.resize(to_utf8(stored, encoding, out.data()));
  return out;
}

// The units as a database stores them.
std::string stored(std::u16string_view units, TextEncoding encoding) {
  std::string bytes;
  for (const char16_t unit : units) {
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xff);
    bytes += encoding == TextEncoding::utf16be ? high : low;
    bytes += encoding == TextEncoding::utf16be ? low : high;
  }
  return bytes;
}

}  // namespace

TEST_CASE("stored text of both byte orders becomes UTF-8") {
  for (const TextEncoding encoding : {TextEncoding::utf16le, TextEncoding::utf16be}) {
    const std::u16string text(u"a\0é世\U0001F3CB\ufeff", 7);
    CHECK(utf8(stored(text, encoding), encoding) ==
          std::string("a\0é世\U0001F3CB\xef\xbb\xbf", 14));
    CHECK(utf8(stored(u"odd", encoding) + "x", encoding) == "odd");
    CHECK(utf8("", encoding).empty());
  }
}

TEST_CASE("half a surrogate pair stays half a pair, there and back") {
  for (const std::u16string& units :
       {std::u16string{0xd83c, u'x'}, std::u16string{0xdfcb}, std::u16string{u'x', 0xd83c},
        std::u16string{0xdfcb, 0xd83c}, std::u16string{0xd83c, 0xd83c, 0xdfcb}}) {
    const std::string text = utf8(stored(units, TextEncoding::utf16le), TextEncoding::utf16le);
    CHECK(to_utf16(text) == units);
  }
}

TEST_CASE("what is the UTF-8 of nothing has no units") {
  for (const std::string_view bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x9f\xbf", "\xe4\xb8", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xc3z", "\xed\xa0\xbc\xed\xbf\x8b"}) {
    INFO(bad.size());
    CHECK(to_utf16(bad) == std::nullopt);
  }
}

TEST_CASE("any units come back from their UTF-8") {
  const testing::Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  for (int round = 0; round < testing::rounds(2000); ++round) {
    std::u16string units;
    for (std::size_t length = dice() % 8; length > 0; --length)
      units += static_cast<char16_t>(dice() % 3 == 0 ? 0xd800 + dice() % 0x800 : dice() % 0x10000);
    CHECK(to_utf16(utf8(stored(units, TextEncoding::utf16be), TextEncoding::utf16be)) == units);
  }
}

}  // namespace dbkeeper::sqlite
