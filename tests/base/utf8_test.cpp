#include "dbkeeper/base/utf8.h"

#include <random>
#include <string>

#include "support/catch.h"

using namespace dbkeeper;

namespace {

// By the definition, without a table: one character after the other.
bool is_utf8_plainly(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

constexpr std::string_view kGood[] = {"",       "a",      "ä",          "€",
                                      "𝄞",      "\u07ff", "\u0800",     "\ud7ff",
                                      "\ue000", "\uffff", "\U00010000", "\U0010ffff"};
constexpr std::string_view kBad[] = {"\x80",
                                     "\xbf",
                                     "\xc0\x80",
                                     "\xc1\xbf",
                                     "\xc3",
                                     "\xc3"
                                     "a",
                                     "\xe0\x9f\xbf",
                                     "\xe2\x82",
                                     "\xed\xa0\x80",
                                     "\xed\xbf\xbf",
                                     "\xf0\x8f\xbf\xbf",
                                     "\xf0\x9d\x84",
                                     "\xf4\x90\x80\x80",
                                     "\xf5\x80\x80\x80",
                                     "\xff",
                                     "\xc3\xa4\xa4",
                                     "\xe2\x82\xac\x80"};

}  // namespace

TEST_CASE("what is UTF-8 and what isn't, wherever in a text it stands") {
  for (const std::size_t before : {0, 1, 7, 29, 30, 31, 32, 33, 61, 62, 63, 64, 95, 96, 127})
    for (const std::size_t behind : {0, 1, 8, 31, 32, 64, 100}) {
      const auto within = [&](std::string_view text) {
        return std::string(before, 'x') + std::string(text) + std::string(behind, 'y');
      };
      for (const std::string_view text : kGood) CHECK(is_utf8(within(text)));
      for (const std::string_view text : kBad) {
        CAPTURE(text, before, behind);
        CHECK_FALSE(is_utf8(within(text)));
        CHECK_FALSE(is_utf8(within("ä") + within(text) + within("€")));
      }
    }
}

TEST_CASE("every two bytes, and many random ones, are judged as one character after the other is") {
  const std::string around(40, 'z');
  for (int a = 0; a < 256; ++a)
    for (int b = 0; b < 256; ++b) {
      std::string text = around + static_cast<char>(a) + static_cast<char>(b) + around;
      if (is_utf8(text) != is_utf8_plainly(text)) FAIL("bytes " << a << " " << b);
    }
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t size = 64 + random() % 100; text.size() < size;)
      text += kGood[random() % std::size(kGood)];
    // As a rule valid, but for a byte or two.
    for (unsigned changes = random() % 3; changes > 0; --changes)
      text[random() % text.size()] = static_cast<char>(random());
    if (is_utf8(text) != is_utf8_plainly(text)) FAIL("round " << round);
  }
}
