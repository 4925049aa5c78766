#include "cli/arguments.h"

#include <string>
#include <vector>

#include "support/catch.h"

using namespace dbkeeper::cli;

namespace {

// argv as a process has it: words that can be written to.
class Argv {
 public:
  explicit Argv(std::vector<std::string> words) : words_(std::move(words)) {
    for (std::string& word : words_) pointers_.push_back(word.data());
  }
  int count() const { return static_cast<int>(words_.size()); }
  char** data() { return pointers_.data(); }
  const std::string& operator[](std::size_t i) const { return words_[i]; }

 private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

std::string blotted(std::string word) {
  blot_secrets(word.data());
  return word;
}

}  // namespace

TEST_CASE("the words before and behind -- are kept apart") {
  Argv argv({"dbkeeper", "inspect", "--json", "--", "alembic", "--", "head"});
  const Arguments arguments = take_arguments(argv.count(), argv.data());
  CHECK(arguments.words == std::vector<std::string>{"inspect", "--json"});
  CHECK(arguments.passed == std::vector<std::string>{"alembic", "--", "head"});
  CHECK(arguments.has("--json"));
  CHECK_FALSE(arguments.has("head"));
}

TEST_CASE("a password in argv is overwritten in the process and kept in the copy") {
  Argv argv({"dbkeeper", "--db", "postgresql://bob:s3cret@db/shop", "inspect",
             "--db=postgresql://bob:s3cret@db/shop"});
  const Arguments arguments = take_arguments(argv.count(), argv.data());
  CHECK(arguments.words[1] == "postgresql://bob:s3cret@db/shop");
  CHECK(argv[2] == "postgresql://bob:******@db/shop");
  CHECK(argv[4] == "--db=postgresql://bob:******@db/shop");
  CHECK(argv[3] == "inspect");
}

TEST_CASE("a secret is blotted out whatever its length and the dialect around it") {
  CHECK(blotted("postgres://u:p@h/d") == "postgres://u:*@h/d");
  CHECK(blotted("postgres://u:a@b:c@h/d").find("a@b") == std::string::npos);
  CHECK(blotted("host=db password=secretword user=bob").find("secretword") == std::string::npos);
  CHECK(blotted("postgres://h/d?user=u&password=secretword").find("secretword") ==
        std::string::npos);
  CHECK(blotted("--to=postgres://u:longsecret@h/d") == "--to=postgres://u:**********@h/d");
}

TEST_CASE("a word without a secret stays as it is") {
  for (const std::string word : {"inspect", "--db=a.db", "sqlite:///a.db", "postgres://u@h/d", "-"})
    CHECK(blotted(word) == word);
}

TEST_CASE("an option's value can be told before parsing") {
  const Arguments arguments{{"inspect", "--color", "never", "--log-format=json", "--dir"}, {}};
  CHECK(arguments.value_of("--color") == "never");
  CHECK(arguments.value_of("--log-format") == "json");
  CHECK(arguments.value_of("--dir").empty());
  CHECK(arguments.value_of("--log").empty());
}
