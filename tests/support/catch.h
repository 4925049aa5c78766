// Catch2 by the name that the installed version has: Debian 12 ships 2.13, newer systems 3. What
// the two call differently is here under one name.
#pragma once

#include <string>

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
namespace dbkeeper::testing {
using Catch::Approx;
inline auto contains(const std::string& part) { return Catch::Matchers::ContainsSubstring(part); }
inline auto matches(const std::string& pattern) { return Catch::Matchers::Matches(pattern); }
}  // namespace dbkeeper::testing
#else
#include <catch2/catch.hpp>
namespace dbkeeper::testing {
using Catch::Detail::Approx;
inline auto contains(const std::string& part) { return Catch::Matchers::Contains(part); }
inline auto matches(const std::string& pattern) { return Catch::Matchers::Matches(pattern); }
}  // namespace dbkeeper::testing
#endif
