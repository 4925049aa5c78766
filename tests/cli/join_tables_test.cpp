// A table that only joins others is missed where --include names those alone.
#include "cli/import_databases.h"

using namespace dbkeeper::testing;
using nlohmann::json;

namespace {

constexpr const char* kCards =
    "CREATE TABLE users(id INTEGER PRIMARY KEY, email VARCHAR(40) NOT NULL UNIQUE);"
    "CREATE TABLE cards(id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE);"
    "CREATE TABLE tags(id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE);"
    "CREATE TABLE card_tags(card_id INTEGER NOT NULL REFERENCES cards(id),"
    " tag_id INTEGER NOT NULL REFERENCES tags(id), PRIMARY KEY(card_id, tag_id));"
    "CREATE TABLE follows(who INTEGER NOT NULL REFERENCES users(id),"
    " whom INTEGER NOT NULL REFERENCES users(id), since VARCHAR(10), PRIMARY KEY(who, whom));"
    "CREATE TABLE notes(id INTEGER PRIMARY KEY, card_id INTEGER REFERENCES cards(id));";

std::vector<std::string> names_of(const json& left_out) {
  std::vector<std::string> out;
  for (const json& table : left_out) out.push_back(table["table"]);
  return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("an export names the join tables whose parents are all chosen, with what brings them") {
  for (const Engine engine : kEngines) {
    const auto database = make_database(engine, kCards);
    const ScratchFolder folder;
    const auto left_out = [&](std::vector<std::string> words) {
      words.insert(words.begin(), {"export", "-o", "-", "--json", "--db", database->url()});
      const Run done = run(std::move(words));
      REQUIRE(done.exit == 0);
      return json::parse(done.err)["result"]["left_out"];
    };
    const json missed = left_out({"--include", "cards,tags"});
    CHECK(names_of(missed) == Names{"card_tags"});
    CHECK_THAT(missed[0]["reason"].get<std::string>(),
               contains("cards and tags") && contains("--include cards,tags,card_tags"));
    CHECK(names_of(left_out({"--include", "users"})) == Names{"follows"});
    CHECK(left_out({"--include", "users,cards", "--exclude", "follows"}).empty());
    CHECK(left_out({"--include", "cards,tags,card_tags"}).empty());
    CHECK(left_out({}).empty());
    const Run text = run({"export", (folder / "e.json").string(), "--include", "cards", "--include",
                          "tags", "--db", database->url()});
    CHECK_THAT(text.out, contains("  card_tags left out: it joins rows of cards and tags"));
  }
}

TEST_CASE("an import names those of its file") {
  for (const Engine engine : kEngines) {
    const auto source = make_database(engine, std::string(kCards) +
                                                  "INSERT INTO cards VALUES (1, 'a');"
                                                  "INSERT INTO tags VALUES (1, 'x');"
                                                  "INSERT INTO card_tags VALUES (1, 1);");
    const auto target = make_database(engine, kCards);
    const ScratchFolder folder;
    const std::string file = exported(*source, folder);
    CHECK(names_of(imported(*target, {file, "--include", "cards,tags"})["left_out"]) ==
          Names{"card_tags"});
    CHECK_THAT(import_into(*target, {file, "--include", "cards,tags"}).out,
               contains("card_tags left out: ") && contains("--include cards,tags,card_tags"));
    CHECK(imported(*target, {file})["left_out"].empty());
  }
}
