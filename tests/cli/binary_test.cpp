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

TEST_CASE(
    "the binary is hardened: addresses at random, tables read-only, stack and calls watched") {
  if (is_sanitized()) return;
  CHECK_THAT(readelf("-h"), contains("DYN (Position-Independent Executable"));
  CHECK_THAT(readelf("-d"), contains("BIND_NOW"));
  const std::string segments = readelf("-l");
  CHECK_THAT(segments, contains("GNU_RELRO"));
  const std::string stack = segments.substr(segments.find("GNU_STACK"));
  CHECK_THAT(stack.substr(0, stack.find('\n')), contains("RW ") && !contains("E"));
  const std::string symbols = readelf("--dyn-syms");
  CHECK_THAT(symbols, contains("__stack_chk_fail@"));
  CHECK_THAT(symbols, contains("cpy_chk@") || contains("printf_chk@"));  // FORTIFY's
}

#ifdef __x86_64__
TEST_CASE("the places to which calls and jumps may lead are marked in the binary") {
  if (is_sanitized()) return;
  const Run main = dbkeeper::testing::run({"-d", "--disassemble=main", dbkeeper_binary()},
                                          {.binary = "/usr/bin/objdump"});
  CHECK_THAT(main.out, contains("<main>:") && contains("endbr64"));
}
#endif
