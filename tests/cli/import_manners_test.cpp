// How an import asks, refuses and reports.
#include <csignal>
#include <filesystem>

#include "cli/import_databases.h"

using namespace dbkeeper::testing;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr const char* kPhrase = "DELETE ALL DATA";

// A clean import that would destroy something, and what it would destroy.
struct Scene {
  explicit Scene(Engine engine = Engine::sqlite)
      : target(reseeded_library(engine)),
        file(exported(*old_library(engine), folder)),
        before(state_of(*target)) {}

  std::vector<std::string> words(std::vector<std::string> more = {}) const {
    std::vector<std::string> all = {
        "import", "--db",  target->url(), file,
        "--mode", "clean", "--dir",       (folder / "backups").string()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  bool untouched() const { return state_of(*target) == before && !fs::exists(folder / "backups"); }
  bool done() const { return target->query("SELECT count(*) FROM members") == "3"; }

  ScratchFolder folder;
  DatabasePtr target;
  std::string file;
  std::string before;
};

}  // namespace

TEST_CASE("a clean import asks on the terminal, and names database, host and rows") {
  for (const Engine engine : kEngines) {
    const Scene scene(engine);
    Running running(scene.words(), {.terminal = true});
    running.wait_for("Type DELETE ALL DATA to go on: ");
    running.type("DELETE ALL DATA\n");
    const Run result = running.wait();
    INFO(result.out);
    CHECK(result.exit == 0);
    CHECK(scene.done());
    CHECK_THAT(result.out, contains("This empties 5 tables of the database '") &&
                               contains("(7 rows)") && contains("members     2"));
    CHECK_THAT(result.out, contains(engine == Engine::sqlite ? "test.db" : "127.0.0.1:"));
    CHECK_THAT(result.out, contains("safety copy, a backup, read back: ") &&
                               contains("to undo it: dbkeeper restore --undo"));
  }
}

TEST_CASE("the question is asked on the terminal even when the file comes from stdin") {
  const Scene scene;
  std::vector<std::string> words = scene.words({"--json"});
  *std::find(words.begin(), words.end(), scene.file) = "-";
  Running running(words, {.input = content_of(scene.file), .error_terminal = true});
  running.wait_for("to go on: ");
  running.type("DELETE ALL DATA\n");
  const Run result = running.wait();
  CHECK(result.exit == 0);
  CHECK(scene.done());
  CHECK(report_of(result)["ok"] == true);  // stdout has nothing but the report
}

TEST_CASE("any other answer, or none, is exit 7 and changes nothing") {
  const Scene scene;
  for (const char* typed : {"yes\n", "delete all data\n", "DELETE ALL DATA!\n", "\n", "\x04"}) {
    CAPTURE(typed);
    Running running(scene.words(), {.terminal = true});
    running.wait_for("to go on: ");
    running.type(typed);
    const Run result = running.wait();
    CHECK(result.exit == 7);
    CHECK_THAT(result.out, contains("error: not confirmed"));
    CHECK(scene.untouched());
  }
}

TEST_CASE("Ctrl-C while the question is asked is exit 130 and changes nothing") {
  const Scene scene;
  Running running(scene.words(), {.terminal = true});
  running.wait_for("to go on: ");
  running.type("\x03");
  const Run result = running.wait();
  CHECK(result.exit == 130);
  CHECK_THAT(result.out, contains("error: interrupted"));
  CHECK(scene.untouched());
}

TEST_CASE("without a terminal a clean import is refused before the file is read, and says how") {
  for (const Engine engine : kEngines) {
    const Scene scene(engine);
    const Run refused = run(scene.words({"--json"}));
    CHECK(refused.exit == 7);
    CHECK(report_of(refused)["error"]["kind"] == "refused");
    CHECK_THAT(report_of(refused)["error"]["hint"].get<std::string>(),
               contains("--confirm 'DELETE ALL DATA'") && contains("--yes"));
    CHECK(scene.untouched());
    // Not even a file that nobody writes to is waited for.
    CHECK(run({"import", "absent.json", "--mode", "clean", "--db", scene.target->url()}).exit == 7);
  }
}

TEST_CASE("the phrase as --confirm stands for the answer, and so does --yes") {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--yes"}, {"--confirm", kPhrase}, {"-y", "--confirm", kPhrase}}) {
    const Scene scene;
    CHECK(run(scene.words(words)).exit == 0);
    CHECK(scene.done());
  }
}

TEST_CASE("a wrong phrase is exit 7 and says what it has to be, even beside --yes") {
  const Scene scene;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--confirm", "yes"}, {"--yes", "--confirm", "delete all data"}}) {
    const Run result = run(scene.words(words), {.error_terminal = true});
    CHECK(result.exit == 7);
    CHECK_THAT(result.err, contains("has to be 'DELETE ALL DATA'"));
    CHECK(scene.untouched());
  }
}

TEST_CASE("a dry run, and a mode that destroys nothing, ask nothing") {
  const Scene scene;
  CHECK(run(scene.words({"--dry-run"})).exit == 0);
  CHECK(scene.untouched());
  CHECK(import_into(*scene.target, {scene.file}).exit == 0);
}

TEST_CASE("without --no-safety-backup nothing is destroyed where no copy can be made") {
  for (const Engine engine : kEngines) {
    const Scene scene(engine);
    const std::string in_the_way = scene.folder.write("file", "").string();
    std::vector<std::string> words = scene.words({"--yes"});
    *(std::find(words.begin(), words.end(), "--dir") + 1) = in_the_way + "/backups";
    const Run refused = run(words);
    CHECK(refused.exit == 1);
    CHECK_THAT(refused.err, contains("making a safety copy; nothing was changed"));
    CHECK(scene.untouched());
    words.push_back("--no-safety-backup");
    words.push_back("--json");
    const Run done = run(words);
    CHECK(done.exit == 0);
    CHECK(report_of(done)["result"]["safety_backup"].is_null());
    CHECK(scene.done());
  }
}

TEST_CASE("the config file may set how to import, but never that data may go") {
  const Scene scene;
  const auto answer = [&](const std::string& config, std::vector<std::string> words = {}) {
    scene.folder.write("dbkeeper.toml", config);
    words.insert(words.begin(), scene.file);
    return import_into(*scene.target, words, {.cwd = scene.folder.path()});
  };
  const Run merged = answer("[import]\nmode = \"merge\"\nexclude = [\"loans\"]\n", {"--json"});
  CHECK(merged.exit == 0);
  CHECK(report_of(merged)["result"]["mode"] == "merge");
  CHECK_FALSE(report_of(merged)["result"]["tables"].contains("loans"));
  CHECK(answer("[import]\nmode = \"merge\"\n", {"--mode", "skip", "--json"}).exit == 0);
  for (const char* config :
       {"yes = true\n", "[import]\nyes = true\n", "[import]\nconfirm = \"DELETE ALL DATA\"\n"}) {
    const Run refused = answer(config);
    CHECK(refused.exit == 2);
    CHECK_THAT(refused.err, contains("can't stand in a config file"));
  }
  CHECK(answer("[import]\nmode = \"all\"\n").exit == 2);
}

TEST_CASE("every bad value of an option of import is exit 2 with what is allowed") {
  const Scene scene;
  const std::string folder = scene.folder.path().string();
  const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes = {
      {{"--mode", "upsert"}, "'upsert' is not one of skip, merge, replace, clean"},
      {{"--identity", "id"}, "'id' is not one of auto, natural, key"},
      {{"--on-missing-ref", "ignore"}, "'ignore' is not one of error, null, skip"},
      {{"--on-extra-column", "drop"}, "'drop' is not one of error, ignore"},
      {{"--include", "membres"}, "did you mean 'members'?"},
      {{"--exclude", "nothing*"}, "nothing*"},
      {{"--include", "members,,loans"}, "--include"},
      {{"--match", "shelves"}, "--match"},
      {{"--match", "shelves=lable"}, "label"},
      {{"--match", "shelfs=label"}, "shelves"},
      {{"--protect", "members"}, "--protect"},
      {{"--protect", "members.pasword"}, "password"},
      {{"--id-map", "-"}, "--id-map"},
      {{"--id-map", folder}, "is a folder"},
      {{"--mode", ""}, "has an empty value"},
      {{"--mode", "skip", "--mode", "merge"}, "given twice"},
      {{"--id-map"}, "needs a value"},
      {{"--dry-run=no"}, "takes no value"},
      {{"another.json"}, "unexpected"}};
  for (const auto& [words, answer] : mistakes) {
    std::vector<std::string> all = {scene.file};
    all.insert(all.end(), words.begin(), words.end());
    const Run result = import_into(*scene.target, all);
    CAPTURE(words, result.err);
    CHECK(result.exit == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, contains(answer));
  }
  CHECK(state_of(*scene.target) == scene.before);
  CHECK_THAT(import_into(*scene.target, {}).err, contains("FILE is missing"));
}

TEST_CASE("with --json stdout is one document, with the result or with the error") {
  const Scene scene;
  const Run good = import_into(*scene.target, {scene.file, "--json", "-v", "--explain"});
  CHECK(good.exit == 0);
  const json report = report_of(good);
  CHECK(report["command"] == "import");
  const json& result = report["result"];
  const json& members = result["tables"]["members"];
  for (const char* key :
       {"rows", "inserted", "updated", "unchanged", "skipped", "dropped", "remapped", "removed"}) {
    CHECK(members[key].is_number_integer());
    std::int64_t sum = 0;
    for (const auto& [name, counts] : result["tables"].items())
      sum += counts[key].get<std::int64_t>();
    CHECK(result["total"][key] == sum);
  }
  CHECK(members.size() == 8);
  CHECK(result["seconds"].is_number());
  CHECK(result["source"]["id"].is_string());
  CHECK(result["triggers_off"].is_array());
  const Run bad = import_into(*scene.target, {"absent.json", "--json"});
  CHECK(report_of(bad)["exit"] == 4);
}

TEST_CASE("quiet says nothing of a clean import that went well") {
  const Scene scene;
  const Run result = run(scene.words({"--yes", "-q"}));
  CHECK(result.exit == 0);
  CHECK(scene.done());
  CHECK(result.err.empty());
  CHECK(result.out.empty());
}
