#include "dbkeeper/base/big_endian.h"

#include <cstdint>
#include <limits>
#include <string_view>

#include "support/catch.h"

using namespace dbkeeper;

TEST_CASE("numbers are read and written with the most significant byte first") {
  const auto there_and_back = [](auto number, std::string_view bytes) {
    const auto written = big_endian(number);
    CHECK(std::string_view(written.data(), written.size()) == bytes);
    CHECK(big_endian_at<decltype(number)>(bytes.data()) == number);
  };
  there_and_back(std::int16_t{0x0102}, "\x01\x02");
  there_and_back(std::int16_t{-2}, "\xff\xfe");
  there_and_back(std::int32_t{0x01020384}, "\x01\x02\x03\x84");
  there_and_back(std::int32_t{-1}, "\xff\xff\xff\xff");
  there_and_back(std::uint32_t{0xfe000000}, {"\xfe\0\0\0", 4});
  there_and_back(std::numeric_limits<std::int64_t>::min(), {"\x80\0\0\0\0\0\0\0", 8});
  there_and_back(std::int64_t{0x0102030405060708}, "\x01\x02\x03\x04\x05\x06\x07\x08");
}
