#include "dbkeeper/model/name.h"

#include "support/catch.h"

using namespace dbkeeper;

TEST_CASE("the default schema is left out of a table's shown name") {
  CHECK(display({"public", "users"}, "public") == "users");
  CHECK(display({"app", "users"}, "public") == "app.users");
  CHECK(display({"", "users"}, "public") == "users");
}

TEST_CASE("names with . , * : or a quote are quoted as in SQL") {
  CHECK(display({"public", "a.b"}, "public") == "\"a.b\"");
  CHECK(display({"odd,one", "say \"hi\""}, "public") == "\"odd,one\".\"say \"\"hi\"\"\"");
  CHECK(display({"public", "with space"}, "public") == "with space");
  CHECK(display({"public", ""}, "public") == "\"\"");
}

TEST_CASE("every shown name reads back as the table it stands for") {
  for (const TableName& name : std::vector<TableName>{{"public", "users"},
                                                      {"app", "users"},
                                                      {"public", "a.b"},
                                                      {"o.d,d", "\"q\":*"},
                                                      {"public", "über"},
                                                      {"app", "\""}}) {
    const std::string shown = display(name, "public");
    CAPTURE(shown);
    CHECK(parse_display(shown, "public") == name);
  }
}

TEST_CASE("what is no shown name reads back as nothing") {
  for (const char* text : {"", ".", "a.", ".a", "a.b.c", "\"open", "\"a\"b", "\"a\".b.c"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_display(text, "public"));
  }
}
