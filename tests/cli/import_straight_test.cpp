// Large files: rows that go straight into empty tables, keys and indexes that are off meanwhile.
// What becomes of the database is the same as if every row had been staged.
#include <sstream>

#include "cli/import_databases.h"

using namespace dbkeeper::testing;
using nlohmann::json;
using nlohmann::ordered_json;
namespace fs = std::filesystem;

namespace {

constexpr int kPosts = 2200;  // of 500 bytes and more: beyond 1 MB

// Posts answer others, earlier and later ones; they have authors and, in a join table, tags.
std::string forum(Engine engine) {
  const std::string search = engine == Engine::sqlite
                                 ? "CREATE INDEX found ON posts(lower(slug) DESC) WHERE answers > 9"
                                 : "CREATE INDEX found ON posts(lower(slug) DESC NULLS LAST) "
                                   "INCLUDE (id) WITH (fillfactor = 70) WHERE answers > 9;"
                                   "COMMENT ON INDEX found IS 'it''s the search'";
  return "CREATE TABLE authors(id $ID, email text NOT NULL UNIQUE, bio text);"
         "CREATE TABLE tags(id $ID, name text NOT NULL UNIQUE);"
         "CREATE TABLE posts(id $ID, author_id int NOT NULL REFERENCES authors(id),"
         "  answers int REFERENCES posts(id), slug text NOT NULL UNIQUE, body text);"
         "CREATE TABLE post_tags(post_id int NOT NULL REFERENCES posts(id),"
         "  tag_id int NOT NULL REFERENCES tags(id), PRIMARY KEY (post_id, tag_id));"
         "CREATE INDEX by_author ON posts(author_id);"
         "CREATE INDEX by_tag ON post_tags(tag_id);" +
         search + ";";
}

std::string numbers(Engine engine, int from, int to) {
  const std::string last = std::to_string(to);
  return engine == Engine::sqlite
             ? "WITH RECURSIVE n(i) AS (SELECT " + std::to_string(from) +
                   " UNION ALL SELECT i + 1 FROM n WHERE i < " + last + ") "
             : "WITH n(i) AS (SELECT generate_series(" + std::to_string(from) + ", " + last + ")) ";
}

// So many authors and posts, whose names begin like this.
std::string rows(Engine engine, const std::string& word, int authors, int posts, int length) {
  const std::string n = numbers(engine, 1, posts), a = std::to_string(authors);
  return numbers(engine, 1, authors) + "INSERT INTO authors(email, bio) SELECT '" + word +
         "' || i || '@x', 'Ünïcode ' || i FROM n;" +
         "INSERT INTO tags(name) VALUES ('red'), ('blue'), ('" + word + "');" + n +
         "INSERT INTO posts(author_id, answers, slug, body) SELECT i % " + a +
         " + 1, CASE WHEN i % 3 = 0 THEN NULL ELSE (i * 7) % " + std::to_string(posts) +
         " + 1 END, '" + word + "' || i, '" + std::string(static_cast<std::size_t>(length), 'x') +
         "' || i FROM n;" + n + "INSERT INTO post_tags SELECT i, i % 3 + 1 FROM n WHERE i % 4 = 0;";
}

DatabasePtr source_forum(Engine engine) {
  return make_database(engine, forum(engine) + rows(engine, "new", 50, kPosts, 500));
}
DatabasePtr empty_forum(Engine engine) { return make_database(engine, forum(engine)); }
DatabasePtr used_forum(Engine engine) {
  return make_database(engine, forum(engine) + rows(engine, "old", 7, 300, 9));
}

// Whatever is off meanwhile, in the database's own words.
std::string definitions(AnyDatabase& database) {
  if (database.url().starts_with("sqlite"))
    return database.query("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2") +
           database.query("PRAGMA integrity_check");
  return database.query(
      "SELECT c.relname, k.conname, pg_get_constraintdef(k.oid), k.convalidated, NULL "
      "FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
      "UNION ALL SELECT c.relname, x.relname, pg_get_indexdef(x.oid), i.indisvalid, "
      "obj_description(x.oid, 'pg_class') FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
      "JOIN pg_class x ON x.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace "
      "ORDER BY 1, 2, 3");
}

// The same and all else of the schema, but for what pg_dump makes up for each run.
std::string dumped(AnyDatabase& database) {
  if (database.url().starts_with("sqlite")) return definitions(database);
  const Run dump = run({"-s", "-d", database.url()}, {.binary = postgres_programs() / "pg_dump"});
  INFO(dump.err);
  REQUIRE(dump.exit == 0);
  std::istringstream lines(dump.out);
  std::string out;
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("\\restrict") && !line.starts_with("\\unrestrict")) out += line + '\n';
  return out;
}

json taken_off(Engine engine) {
  json out = json::array({"post_tags.by_tag", "posts.by_author", "posts.found"});
  if (engine == Engine::postgres)
    for (const char* key : {"post_tags.post_tags_post_id_fkey", "post_tags.post_tags_tag_id_fkey",
                            "posts.posts_answers_fkey", "posts.posts_author_id_fkey"})
      out.push_back(key);
  std::sort(out.begin(), out.end());
  return out;
}

json sorted(json list) {
  std::sort(list.begin(), list.end());
  return list;
}

const std::vector<std::string> kClean = {"--mode", "clean", "--yes", "--no-safety-backup"};

std::vector<std::string> words(const std::string& file, std::vector<std::string> more = {}) {
  more.insert(more.begin(), file);
  return more;
}

// The import of a file, and the same from stdin, which is staged whatever it is: one result.
json imported_as_staged(Engine engine, AnyDatabase& target, AnyDatabase& twin,
                        const std::string& file, const std::vector<std::string>& more) {
  const std::string before = dumped(target);
  const json result = imported(target, words(file, more));
  const json staged = imported(twin, words("-", more), {.input = content_of(file)});
  CHECK(sorted(result["taken_off"]) == taken_off(engine));
  CHECK(result["tables"] == staged["tables"]);
  CHECK(result["total"] == staged["total"]);
  CHECK(state_of(target) == state_of(twin));
  CHECK(dumped(target) == before);
  CHECK(definitions(twin) == definitions(target));
  return result;
}

struct Refusal {
  std::vector<std::string> words;
  int code;
  std::string answer;
};

// Imports that end like this leave the database just as it was.
void check_as_it_was(AnyDatabase& target, const std::vector<Refusal>& refusals) {
  const std::string rows = state_of(target), schema = definitions(target);
  for (const Refusal& refusal : refusals) {
    const Run result = import_into(target, refusal.words);
    CAPTURE(result.err);
    CHECK(result.exit == refusal.code);
    CHECK_THAT(result.err, contains(refusal.answer));
  }
  CHECK(state_of(target) == rows);
  CHECK(definitions(target) == schema);
}

// The document with its sections in this order.
std::string in_order(const std::string& text, const std::vector<std::string>& sections) {
  const ordered_json document = ordered_json::parse(text);
  ordered_json out = {{"export_metadata", document["export_metadata"]},
                      {"schema", document["schema"]}};
  for (const std::string& section : sections)
    if (document.contains(section)) out[section] = document[section];
  out["summary"] = document["summary"];
  return out.dump();
}

}  // namespace

TEST_CASE("a large file comes into empty tables as it would have come staged, keys off meanwhile") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto source = source_forum(engine);
    const std::string file = exported(*source, folder);
    REQUIRE(fs::file_size(file) >= 1 << 20);
    const auto target = empty_forum(engine), twin = empty_forum(engine);
    const json result = imported_as_staged(engine, *target, *twin, file, {});
    CHECK(result["total"]["inserted"] == 50 + 3 + kPosts + kPosts / 4);
    CHECK(rows_of(*target) == rows_of(*source));
    // The application goes on, and so does a second import.
    target->exec("INSERT INTO posts(author_id, slug) VALUES (1, 'next')");
    CHECK(target->query("SELECT id FROM posts WHERE slug = 'next'") == std::to_string(kPosts + 1));
    const json again = imported(*target, {file});
    CHECK(again["total"]["inserted"] == 0);
    CHECK(again["taken_off"] == json::array());
  }
}

TEST_CASE("a large file takes the place of all rows as it would have staged, and can be undone") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto source = source_forum(engine);
    const std::string file = exported(*source, folder);
    const auto target = used_forum(engine), twin = used_forum(engine);
    const std::string before = rows_of(*target);
    const json result =
        imported_as_staged(engine, *target, *twin, file,
                           {"--mode", "clean", "--yes", "--dir", (folder / "b").string()});
    CHECK(result["tables"]["posts"]["removed"] == 300);
    CHECK(rows_of(*target) == rows_of(*source));
    imported(*target, words(result["safety_backup"], kClean));
    CHECK(rows_of(*target) == before);
  }
}

TEST_CASE("the order of a large file's sections changes nothing") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto source = source_forum(engine);
    const std::string text = content_of(exported(*source, folder));
    const std::string file =
        folder.write("odd", in_order(text, {"relationships", "data"})).string();
    const auto target = used_forum(engine);
    const json result = imported(*target, words(file, kClean));
    CHECK(result["total"]["inserted"] == 50 + 3 + kPosts + kPosts / 4);
    CHECK(rows_of(*target) == rows_of(*source));
  }
}

TEST_CASE("references that come behind a large file's rows still lead to the rows that are meant") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const std::string usual =
        exported(*source_forum(engine), folder, {"--include", "posts,tags,post_tags"});
    const std::string text = content_of(usual);
    REQUIRE(ordered_json::parse(text)["references"]["authors"].size() == 50);
    const std::string late =
        folder.write("late", in_order(text, {"data", "relationships", "references"})).string();
    // Authors have other numbers here, and logins that aren't in the file refer to them.
    const std::string used = forum(engine) + numbers(engine, 1, 50) +
                             "INSERT INTO authors(email) SELECT 'new' || (51 - i) || '@x' FROM n;"
                             "CREATE TABLE logins(id $ID, author_id int REFERENCES authors(id));"
                             "INSERT INTO logins(author_id) VALUES (1), (2);";
    for (const auto& more : {std::vector<std::string>{}, kClean}) {
      const auto expected = make_database(engine, used), tried = make_database(engine, used);
      const json result = imported(*expected, words(usual, more));
      const std::string schema = definitions(*tried);
      const json same = imported(*tried, words(late, more));
      CHECK(same["tables"] == result["tables"]);
      CHECK(rows_of(*tried) == rows_of(*expected));
      CHECK(tried->query("SELECT email FROM posts p JOIN authors a ON a.id = author_id WHERE slug "
                         "= 'new4'") == "new5@x");
      CHECK(definitions(*tried) == schema);
    }
  }
}

TEST_CASE("the question before a large clean import names the tables that are emptied, no others") {
  const ScratchFolder folder;
  const std::string text = content_of(
      exported(*source_forum(Engine::sqlite), folder, {"--include", "posts,tags,post_tags"}));
  const std::string late =
      folder.write("late", in_order(text, {"data", "relationships", "references"})).string();
  const auto target = used_forum(Engine::sqlite);
  target->exec(numbers(Engine::sqlite, 1, 50) +
               "INSERT INTO authors(email) SELECT 'new' || i || '@x' FROM n;");
  Running running({"import", late, "--mode", "clean", "--no-safety-backup", "--db", target->url()},
                  {.terminal = true});
  running.wait_for("to go on: ");
  running.type("DELETE ALL DATA\n");
  const Run result = running.wait();
  CHECK(result.exit == 0);
  CHECK_THAT(result.out, contains("This empties 3 tables") && !contains("authors"));
  CHECK(target->query("SELECT count(*) FROM authors") == "57");
}

TEST_CASE("a large file that is cut or changed is exit 4, and nothing was emptied") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const std::string text = content_of(exported(*source_forum(engine), folder));
    const std::string most = folder.write("most", text.substr(0, text.size() * 9 / 10)).string();
    const std::string end = folder.write("end", text.substr(0, text.size() - 2)).string();
    const std::string changed =
        folder.write("changed", with(text, "\"new2199\"", "\"mew2199\"")).string();
    REQUIRE(fs::file_size(most) >= 1 << 20);
    check_as_it_was(*empty_forum(engine),
                    {{{most}, 4, "while: reading"}, {{changed}, 4, "while: reading"}});
    check_as_it_was(*used_forum(engine), {{words(most, kClean), 4, "while: reading"},
                                          {words(end, kClean), 4, "while: reading"},
                                          {words(changed, kClean), 4, "import --edited"}});
  }
}

TEST_CASE("a dry run of a large file changes nothing, takes nothing off and counts exactly") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const std::string file = exported(*source_forum(engine), folder);
    const auto target = used_forum(engine);
    const std::string before = state_of(*target), schema = definitions(*target);
    std::vector<std::string> dry = words(file, kClean);
    dry.push_back("--dry-run");
    const json told = imported(*target, dry);
    CHECK(told["taken_off"] == json::array());
    CHECK(state_of(*target) == before);
    CHECK(definitions(*target) == schema);
    CHECK(imported(*target, words(file, kClean))["tables"] == told["tables"]);
  }
}

TEST_CASE("keys and indexes of tables in use are off and back with --offline, and only with it") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto source = make_database(engine, forum(engine) + rows(engine, "new", 50, 5000, 9));
    const std::string file = exported(*source, folder);
    const auto online = used_forum(engine), offline = used_forum(engine);
    const std::string before = definitions(*offline);
    CHECK(imported(*online, {file})["taken_off"] == json::array());
    json off = json::array({"posts.by_author", "posts.found"});
    if (engine == Engine::postgres) {
      off.push_back("posts.posts_answers_fkey");
      off.push_back("posts.posts_author_id_fkey");
    }
    CHECK(sorted(imported(*offline, {file, "--offline"})["taken_off"]) == off);
    CHECK(definitions(*offline) == before);
    CHECK(state_of(*offline) == state_of(*online));
  }
}

TEST_CASE("a large clean import that fails half way, or at its end, leaves all that was there") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    std::string loose = forum(engine);
    for (const char* rule : {" UNIQUE", " REFERENCES posts(id)", " REFERENCES authors(id)"})
      for (std::size_t at; (at = loose.find(rule)) != std::string::npos;)
        loose.erase(at, std::string(rule).size());
    const auto file_with = [&](const std::string& change) {
      return exported(*make_database(engine, loose + rows(engine, "new", 50, kPosts, 500) + change),
                      folder);
    };
    check_as_it_was(
        *used_forum(engine),
        {{words(file_with("UPDATE posts SET slug = 'new1' WHERE id = 2190;"), kClean), 5, "posts"},
         {words(file_with("UPDATE posts SET answers = id + 9000 WHERE id > 2100;"
                          "UPDATE posts SET author_id = 77 WHERE id = 5;"),
                kClean),
          5,
          "1 reference of posts by author_id to authors found neither in the file nor in the "
          "database: 77"},
         {words(file_with("UPDATE posts SET answers = id + 9000 WHERE id > 2100;"), kClean), 5,
          "100 references of posts by answers to posts found neither in the file nor in the "
          "database: 11101, 11102, 11103, 11104, 11105, …"}});
  }
}

TEST_CASE("all values of a large file that don't fit are told, and nothing was emptied") {
  const ScratchFolder folder;
  const auto source = source_forum(Engine::postgres);
  const auto target = used_forum(Engine::postgres);
  target->exec(
      "ALTER TABLE posts ALTER slug TYPE varchar(8); ALTER TABLE tags ALTER name TYPE "
      "varchar(6)");
  source->exec(
      "UPDATE posts SET slug = 'much too long' WHERE id = 999;"
      "UPDATE posts SET slug = 'also too long' WHERE id = 2199;"
      "UPDATE tags SET name = 'too long too' WHERE id = 1");
  const std::string file = exported(*source, folder);
  check_as_it_was(*target, {{words(file, kClean), 5, "much too long"}});
  const std::string told = import_into(*target, words(file, kClean)).err;
  CHECK_THAT(told, contains("also too long") && contains("too long too"));
}

TEST_CASE(
    "rows of a large edited file that lack their number get one of SQLite, as they would staged") {
  const Engine engine = Engine::sqlite;
  const ScratchFolder folder;
  ordered_json document = ordered_json::parse(content_of(exported(*source_forum(engine), folder)));
  auto& posts = document["data"]["posts"];
  for (const std::size_t at : {1, 3}) posts[at]["id"] = nullptr;
  for (auto& post : posts) post["answers"] = nullptr;
  document["relationships"]["post_tags"] = ordered_json::array();
  const std::string file = folder.write("edited", document.dump()).string();
  const auto target = empty_forum(engine), twin = empty_forum(engine);
  imported(*twin, {"-", "--edited"}, {.input = content_of(file)});
  imported(*target, {file, "--edited"});
  CHECK(state_of(*target) == state_of(*twin));
}

TEST_CASE("all that doesn't fit between a large file's schema and the database's is told at once") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    std::string other = forum(engine);
    other = with(other, "email text NOT NULL UNIQUE", "email text NOT NULL, needed text NOT NULL");
    other = with(other, "body text", "text text");
    const std::string file = exported(*source_forum(engine), folder);
    check_as_it_was(*make_database(engine, other),
                    {{{file}, 5, "authors.needed"}, {{file}, 5, "posts.body"}});
  }
}
