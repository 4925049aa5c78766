// What the shipped binary is, read off it with binutils.
#include <set>
#include <sstream>
#include <string>

#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;

namespace {

std::string readelf(const std::string& what) {
  const Run run =
      dbkeeper::testing::run({"-W", what, dbkeeper_binary()}, {.binary = "/usr/bin/readelf"});
  REQUIRE(run.exit == 0);
  return run.out;
}

std::set<std::string> needed_libraries() {
  std::set<std::string> out;
  std::istringstream lines(readelf("-d"));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.find('['), end = line.find(".so");
    if (line.find("(NEEDED)") != line.npos) out.insert(line.substr(begin + 1, end - begin - 1));
  }
  return out;
}

}  // namespace

TEST_CASE("beside libc the binary needs libpq, and OpenSSL, which that needs itself") {
  if (is_sanitized()) return;
  for (const std::string& library : needed_libraries()) {
    CAPTURE(library);
    CHECK(std::set<std::string>{"libc", "libm", "ld-linux-x86-64", "ld-linux-aarch64", "libpq",
                                "libcrypto"}
              .contains(library));
  }
}
