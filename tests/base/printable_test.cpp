#include "dbkeeper/base/printable.h"

#include "support/catch.h"

using namespace dbkeeper;

TEST_CASE("text from elsewhere can't steer a terminal") {
  CHECK(printable("a\x1b[2Jb\tc\nd\x7f\r\a") == "a\\x1b[2Jb\tc\nd\\x7f\\r\\x07");
  CHECK(printable("\xc2\x9b"
                  "31m \xc2\xa0") == "\\u009b31m \xc2\xa0");
  CHECK(printable("abc\u202Edcba\u2066\u2028 \u2030") == "abc\\u202edcba\\u2066\\u2028 \u2030");
  CHECK(printable(std::string_view("a\0b", 3)) == "a\\x00b");
}

TEST_CASE("bytes that are no UTF-8 are shown one by one, the rest as it is") {
  CHECK(printable("Z\xfcrich \xe2\x82 Zürich € 𝄞\xff") == "Z\\xfcrich \\xe2\\x82 Zürich € 𝄞\\xff");
  CHECK(printable("\x9b") == "\\x9b");
}

TEST_CASE("a part of a line begins no other one") {
  CHECK(one_line("a\nhint: b\tc") == "a\\nhint: b\\tc");
}
