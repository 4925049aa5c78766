#include "cli/word_parser.h"

#include "dbkeeper/base/error.h"
#include "support/catch.h"

using namespace dbkeeper;
using namespace dbkeeper::cli;
using dbkeeper::testing::contains;

namespace {

OptionInfo flag(std::string name, char letter = 0) {
  OptionInfo info;
  info.name = std::move(name);
  info.letter = letter;
  info.takes = OptionInfo::Takes::nothing;
  return info;
}

OptionInfo option(std::string name, char letter = 0) {
  OptionInfo info;
  info.name = std::move(name);
  info.letter = letter;
  info.value = "TEXT";
  return info;
}

OptionInfo positional(std::string name) {
  OptionInfo info;
  info.positional = std::move(name);
  return info;
}

const std::vector<OptionInfo> kGlobals = {option("db"), option("jobs", 'j'), flag("json"),
                                          flag("quiet", 'q'), flag("yes", 'y')};
const std::vector<std::string> kCommands = {"inspect", "check"};

std::vector<OptionInfo> all_options() {
  std::vector<OptionInfo> out = kGlobals;
  out.push_back(option("exclude"));
  out.back().repeatable = true;
  out.push_back(flag("exact"));
  out.push_back(positional("FILE"));
  return out;
}

std::vector<Assignment> parse(const std::vector<std::string>& words,
                              const std::vector<std::string>& literal = {}) {
  static const std::vector<OptionInfo> kOptions = all_options();
  return parse_words(words, literal, kOptions, "inspect");
}

// "--db=a --jobs=4" of what was parsed.
std::string parsed(const std::vector<std::string>& words,
                   const std::vector<std::string>& literal = {}) {
  std::string out;
  for (const Assignment& given : parse(words, literal)) {
    out += (out.empty() ? "" : " ") + given.key + "=";
    for (std::size_t i = 0; i < given.values.size(); ++i)
      out += (i > 0 ? "," : "") + given.values[i];
  }
  return out;
}

std::string complaint(const std::vector<std::string>& words) {
  try {
    parse(words);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.message();
  }
  return "no complaint";
}

}  // namespace

TEST_CASE("an option's value may stand in the next word or behind =") {
  CHECK(parsed({"--db", "a"}) == "--db=a");
  CHECK(parsed({"--db=a=b"}) == "--db=a=b");
  CHECK(parsed({"-j", "4"}) == "--jobs=4");
  CHECK(parsed({"-j4"}) == "--jobs=4");
  CHECK(parsed({"-j=4"}) == "--jobs=4");
  CHECK(parsed({"-qyj4"}) == "--quiet=true --yes=true --jobs=4");
}

TEST_CASE("a value may begin with a dash unless it is an option itself") {
  CHECK(parsed({"--jobs", "-1"}) == "--jobs=-1");
  CHECK(parsed({"--db", "--nothing"}) == "--db=--nothing");
  CHECK(complaint({"--db", "--json"}) == "option '--db' needs a value: TEXT");
  CHECK(parsed({"--db=--json"}) == "--db=--json");
}

TEST_CASE("a lone dash and words behind -- are no options") {
  CHECK(parsed({"-"}) == "FILE=-");
  CHECK(parsed({}, {"--json"}) == "FILE=--json");
}

TEST_CASE("an option that takes several values is given several times") {
  CHECK(parsed({"--exclude", "a", "--exclude=b"}) == "--exclude=a,b");
}

TEST_CASE("a flag may be repeated, a value not") {
  CHECK(parsed({"--json", "--json"}) == "--json=true");
  CHECK(complaint({"--db", "a", "--db", "b"}) == "option '--db' is given twice");
}

TEST_CASE("what isn't understood is named, with what was probably meant") {
  CHECK(complaint({"--exat"}) == "unknown option '--exat' of 'inspect'; did you mean '--exact'?");
  CHECK(complaint({"--ex"}) != "no complaint");  // abbreviations could change their meaning
  CHECK(complaint({"-json"}) == "unknown option '-json'; did you mean '--json'?");
  CHECK(complaint({"-z"}) == "unknown option '-z' of 'inspect'");
  CHECK(complaint({"--db"}) == "option '--db' needs a value: TEXT");
  CHECK(complaint({"--db", ""}) == "option '--db' has an empty value; it takes TEXT");
  CHECK(complaint({"--json=yes"}) == "option '--json' takes no value");
  CHECK(complaint({"a", "b"}) == "unexpected 'b': 'inspect' takes only FILE besides options");
}

TEST_CASE("a password in a misplaced word is not repeated in the complaint") {
  CHECK_THAT(complaint({"a", "postgres://u:s3cret@h/d"}), !contains("s3cret"));
  CHECK_THAT(complaint({"--bd=postgres://u:s3cret@h/d"}), !contains("s3cret"));
}

TEST_CASE("the command is found behind global options and their values") {
  CHECK(find_command({"--db", "check", "inspect"}, kGlobals, kCommands) == 2u);
  CHECK(find_command({"--db=check", "-j", "3", "-q", "inspect"}, kGlobals, kCommands) == 4u);
  CHECK(find_command({"inspect", "check"}, kGlobals, kCommands) == 0u);
  CHECK_FALSE(find_command({"--json"}, kGlobals, kCommands));
}

TEST_CASE("a command's own option before the command doesn't hide it") {
  CHECK(find_command({"--exact", "inspect"}, kGlobals, kCommands) == 1u);
  CHECK(find_command({"--exclude", "users", "inspect"}, kGlobals, kCommands) == 2u);
}

TEST_CASE("an unknown command is the first word that is no option") {
  CHECK(find_command({"--json", "inspct", "check"}, kGlobals, kCommands) == 1u);
}
