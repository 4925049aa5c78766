// JSON as a column's value: whether it is any, what a parsed form would lose, arrays in it.
#include "dbkeeper/formats/json_value.h"

#include "dbkeeper/formats/parse_json.h"
#include "dbkeeper/model/array.h"
#include "support/catch.h"

namespace dbkeeper::testing {

TEST_CASE("JSON is what RFC 8259 calls so") {
  for (const char* text : {"1", " null ", "\"a\"", "[]", "{\"a\":[1,{\"b\":null}]}", "-0.5e+3"})
    CHECK(is_json(text));
  for (const char* text :
       {"", " ", "{a:1}", "[1,]", "01", "+1", "NaN", "'a'", "\"a", "[1] 2", "{\"a\"}", "\"\n\""}) {
    CAPTURE(text);
    CHECK_FALSE(is_json(text));
  }
}

TEST_CASE("an integer that no value holds is refused, not made another") {
  CHECK(parse_json("{\"n\":9223372036854775807}"));
  CHECK_FALSE(parse_json("{\"n\":9223372036854775808}"));
  CHECK_FALSE(parse_json("[18446744073709551615]"));
}

TEST_CASE("what parsed JSON can't hold is told, wherever it stands") {
  CHECK_FALSE(lost_in_parsed_json("{\"a\":{\"a\":1},\"b\":[{\"a\":2}]}"));
  CHECK(lost_in_parsed_json("[{\"a\":1,\"\\u0061\":2}]") == "has the key 'a' twice in one object");
  CHECK(lost_in_parsed_json("{\"a\":[\"x\\u0000\"]}") == "has a \\u0000 in it");
  CHECK(lost_in_parsed_json("\"\\ud800\"") == "has half a surrogate pair in it");
  CHECK_FALSE(lost_in_parsed_json("\"\\\\u0000 \\ud83d\\ude00\""));
  CHECK(lost_in_parsed_json(std::string(100'000, '[') + std::string(100'000, ']')) ==
        "is nested deeper than 1000 levels");
}

TEST_CASE("an array becomes JSON and comes back, whatever its elements and bounds") {
  for (const auto& [json, element] : std::vector<std::pair<const char*, Family>>{
           {"[]", Family::text},
           {"[1,null,-3]", Family::integer},
           {"[[true],[false]]", Family::boolean},
           {"[\"a\\\"b\",\"\",null]", Family::text},
           {"[\"1.50\",\"NaN\"]", Family::decimal},
           {"[2.0,\"Infinity\"]", Family::real},
           {"[{\"a\":1},{\"$type\":\"json\",\"value\":null},null]", Family::jsonb},
           {"[\"AP8=\"]", Family::bytes},
           {"{\"$type\":\"array\",\"lower\":[0],\"value\":[1,2]}", Family::integer}}) {
    CAPTURE(json);
    const auto array = array_of_json(json, element);
    REQUIRE(array);
    CHECK(json_of_array(*array, element) == json);
  }
}

TEST_CASE("what is no array of such elements is none") {
  for (const char* text : {"", "1", "{}", "{1,2}", "[1", "[1] 2", "[[1],2]", "[\"a\"]", "[1.5]",
                           "{\"$type\":\"json\",\"value\":[1]}"}) {
    CAPTURE(text);
    CHECK_FALSE(array_of_json(text, Family::integer));
  }
}

}  // namespace dbkeeper::testing
