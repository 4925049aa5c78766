#include "engines/sqlite/tokens.h"

#include "support/catch.h"

namespace dbkeeper::sqlite {
namespace {

std::vector<std::string> texts(const Tokens& tokens) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < tokens.size(); ++i) out.emplace_back(tokens[i].text);
  return out;
}

}  // namespace

TEST_CASE("blanks and comments separate tokens and are none") {
  CHECK(texts(Tokens("a -- b, (\n/* c ' */ d/**/e\t(1.5)")) ==
        std::vector<std::string>{"a", "d", "e", "(", "1", ".", "5", ")"});
  CHECK(texts(Tokens("a -- to the end")) == std::vector<std::string>{"a"});
  CHECK(texts(Tokens("a /* to the end")) == std::vector<std::string>{"a"});
  CHECK(texts(Tokens("")).empty());
}

TEST_CASE("what is in quotes is one token, whatever it holds") {
  CHECK(texts(Tokens(R"("a "" ( -- b" 'c '' ) /*' `d``e` [f " g])")) ==
        std::vector<std::string>{R"("a "" ( -- b")", "'c '' ) /*'", "`d``e`", "[f \" g]"});
  CHECK(texts(Tokens("'never closed")) == std::vector<std::string>{"'never closed"});
}

TEST_CASE("a name is what stands in the quotes, doubled ones once") {
  const Tokens tokens(R"("a ""b""" `c``d` [e"f] 'g''h' Über $x)");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < tokens.size(); ++i) names.push_back(tokens[i].name());
  CHECK(names == std::vector<std::string>{"a \"b\"", "c`d", "e\"f", "g'h", "Über", "$x"});
}

TEST_CASE("a keyword is one in any case, but not in quotes") {
  const Tokens tokens("Unique \"UNIQUE\" uniques");
  CHECK(tokens[0].is("UNIQUE"));
  CHECK_FALSE(tokens[1].is("UNIQUE"));
  CHECK_FALSE(tokens[2].is("UNIQUE"));
}

TEST_CASE("parentheses are matched and commas within them don't split") {
  const Tokens tokens("f(a, (b, c)), d, ')'");
  CHECK(tokens.closing(1) == 9);
  const auto parts = tokens.split(0, tokens.size());
  REQUIRE(parts.size() == 3);
  CHECK(tokens.text(parts[0].first, parts[0].second) == "f(a, (b, c))");
  CHECK(tokens.text(parts[2].first, parts[2].second) == "')'");
  CHECK(Tokens("((a)").closing(0) == 4);
}

}  // namespace dbkeeper::sqlite
