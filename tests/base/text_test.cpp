#include "dbkeeper/base/text.h"

#include "support/catch.h"

using namespace dbkeeper;

TEST_CASE("sizes are short and in powers of a thousand") {
  CHECK(human_size(0) == "0 B");
  CHECK(human_size(999) == "999 B");
  CHECK(human_size(1000) == "1.0 KB");
  CHECK(human_size(12'345) == "12 KB");
  CHECK(human_size(999'600) == "1.0 MB");
  CHECK(human_size(731'000'000) == "731 MB");
  CHECK(human_size(6'200'000'000) == "6.2 GB");
}

TEST_CASE("counts have separators, negative ones too") {
  CHECK(human_count(0) == "0");
  CHECK(human_count(999) == "999");
  CHECK(human_count(1000) == "1,000");
  CHECK(human_count(-6'213'000) == "-6,213,000");
  CHECK(plural(1, "table") == "1 table");
  CHECK(plural(2000, "table") == "2,000 tables");
}

TEST_CASE("the nearest spelling is found through typos, swaps and case") {
  const std::vector<std::string> tables = {"users", "user_roles", "sessions", "sets"};
  CHECK(nearest("usres", tables) == "users");
  CHECK(nearest("USERS", tables) == "users");
  CHECK(nearest("sesions", tables) == "sessions");
  CHECK(nearest("userroles", tables) == "user_roles");
}

TEST_CASE("nothing is suggested for a word that resembles none") {
  CHECK_FALSE(nearest("frobnicate", {"users", "sets"}));
  CHECK_FALSE(nearest("x", {"users"}));
  CHECK_FALSE(nearest("", {"users"}));
  CHECK_FALSE(nearest("users", {}));
  CHECK(did_you_mean("zzz", {"users"}).empty());
  CHECK(did_you_mean("usres", {"users"}) == "; did you mean 'users'?");
}

TEST_CASE("a glob's star stands for any characters, none included") {
  CHECK(glob_matches("audit_*", "audit_"));
  CHECK(glob_matches("audit_*", "audit_log"));
  CHECK(glob_matches("*", ""));
  CHECK(glob_matches("*_log", "audit_log_log"));
  CHECK(glob_matches("a*b*c", "aXXbYYbZc"));
  CHECK(glob_matches("us?rs", "users"));
  CHECK_FALSE(glob_matches("audit_*", "Audit_log"));
  CHECK_FALSE(glob_matches("a*b", "abc"));
  CHECK_FALSE(glob_matches("", "a"));
}
