#include "engines/postgres/text_check.h"

#include "support/catch.h"

namespace dbkeeper::postgres {

TEST_CASE("UTF-8 is checked as the server does, wherever in the text it stands") {
  for (const char* good : {"", "plain ASCII, longer than eight", "ä", "€", "\U0001F600", "\u07FF",
                           "\uD7FF\uE000\uFFFF", "\U0010FFFF"}) {
    INFO(good);
    CHECK(is_utf8(good));
    CHECK(is_utf8("1234567" + std::string(good) + "12345678"));
  }
  for (const char* bad :
       {"\x80", "\xC3", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE2\x82", "\xED\xA0\x80",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC3\x28"}) {
    CHECK_FALSE(is_utf8(bad));
    CHECK_FALSE(is_utf8("1234567" + std::string(bad)));
    CHECK_FALSE(is_utf8("123456789 ä" + std::string(bad) + "12345678"));
  }
  CHECK(has_nul(std::string_view("a\0b", 3)));
  CHECK_FALSE(has_nul("ab"));
}

}  // namespace dbkeeper::postgres
