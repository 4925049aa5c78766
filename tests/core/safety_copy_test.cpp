// The words that take a destructive run back.
#include "dbkeeper/core/safety_copy.h"

#include "support/catch.h"

using namespace dbkeeper;
using Words = std::vector<std::string>;

namespace {

SafetyCopy copy_of(const Words& tables) {
  SafetyCopy copy;
  for (const std::string& name : tables) copy.tables.push_back({Section::data, name, {}});
  copy.tables.push_back({Section::references, "aside", {}});
  return copy;
}

}  // namespace

TEST_CASE("a copy puts back the tables that were changed, in the fewest words") {
  const SafetyCopy copy = copy_of({"a", "b", "c", "app.\"d,e\""});
  CHECK(copy.words_for({"a", "b", "c", "app.\"d,e\""}).empty());
  CHECK(copy.words_for({"c"}) == Words{"--include", "c"});
  CHECK(copy.words_for({"c", "a"}) == Words{"--include", "a,c"});
  CHECK(copy.words_for({"a", "b", "c"}) == Words{"--exclude", "app.\"d,e\""});
}
