#include "cli/config_file.h"

#include "cli/config_values.h"
#include "cli/settlement.h"
#include "dbkeeper/base/error.h"
#include "support/catch.h"
#include "support/scratch.h"

using namespace dbkeeper;
using namespace dbkeeper::cli;
using dbkeeper::testing::contains;
using dbkeeper::testing::ScratchFolder;

namespace {

OptionInfo option(std::string name, OptionInfo::Takes takes, bool repeatable = false) {
  OptionInfo info;
  info.name = std::move(name);
  info.takes = takes;
  info.repeatable = repeatable;
  return info;
}

const std::vector<OptionInfo> kOptions = {
    option("exclude", OptionInfo::Takes::text, true), option("exact", OptionInfo::Takes::nothing),
    option("keep", OptionInfo::Takes::integer), option("ratio", OptionInfo::Takes::real),
    option("label", OptionInfo::Takes::text)};

std::vector<Assignment> values(std::string_view text) {
  return config_values(parse_config(text, "dbkeeper.toml"), "export", kOptions);
}

Error complaint(auto act) {
  try {
    act();
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error;
  }
  return Error(ErrorKind::failed, "no complaint");
}

std::string value_complaint(std::string_view text) {
  return complaint([&] { values(text); }).message();
}

std::string file_complaint(std::string_view text) {
  return complaint([&] { check_config(parse_config(text, "dbkeeper.toml")); }).message();
}

}  // namespace

TEST_CASE("a table's keys become its command's options") {
  const auto given =
      values("[export]\nexclude = [\"a\", 'b']\nexact = true\nkeep = 3\nratio = 2\n");
  REQUIRE(given.size() == 4);
  std::vector<std::string> seen;
  for (const Assignment& value : given) seen.push_back(value.key + " " + value.values.front());
  std::sort(seen.begin(), seen.end());
  CHECK(seen == std::vector<std::string>{"--exact true", "--exclude a", "--keep 3", "--ratio 2"});
  for (const Assignment& value : given)
    if (value.key == "--exclude") {
      CHECK(value.values == std::vector<std::string>{"a", "b"});
      CHECK(value.origin.text == "dbkeeper.toml:2");
      CHECK(value.origin.line == 2);
    }
}

TEST_CASE("one text may stand where a list may") {
  CHECK(values("[export]\nexclude = \"a\"").at(0).values == std::vector<std::string>{"a"});
  CHECK(values("[export]\nexclude = []").empty());
}

TEST_CASE("an unknown key is named with its line and a suggestion") {
  CHECK(value_complaint("[export]\nexlude = \"a\"") ==
        "dbkeeper.toml:2: unknown key 'exlude' in [export]; did you mean 'exclude'?");
}

TEST_CASE("a value of another type says which one is wanted") {
  CHECK(value_complaint("[export]\nexact = \"yes\"") ==
        "dbkeeper.toml:2: 'exact' must be true or false");
  CHECK(value_complaint("[export]\nkeep = \"3\"") ==
        "dbkeeper.toml:2: 'keep' must be a whole number");
  CHECK(value_complaint("[export]\nkeep = 3.5") ==
        "dbkeeper.toml:2: 'keep' must be a whole number");
  CHECK(value_complaint("[export]\nratio = true") == "dbkeeper.toml:2: 'ratio' must be a number");
  CHECK(value_complaint("[export]\nlabel = 3") ==
        "dbkeeper.toml:2: 'label' must be text in quotes");
  CHECK(value_complaint("[export]\nlabel = [\"a\"]") ==
        "dbkeeper.toml:2: 'label' must be text in quotes");
  CHECK(value_complaint("[export]\nexclude = [\"a\", 1]") ==
        "dbkeeper.toml:2: 'exclude' must be text in quotes, or a list of such");
  CHECK(value_complaint("[export]\nlabel = \"\"") == "dbkeeper.toml:2: 'label' is empty");
  CHECK_THAT(value_complaint("[export.deeper]\na = 1"), contains("unknown key 'deeper'"));
}

TEST_CASE("what isn't TOML is shown with line and column, never with its content") {
  const Error error =
      complaint([] { parse_config("jobs = 1\ndb = postgres://u:s3cret@h/d\n", "dbkeeper.toml"); });
  CHECK_THAT(error.message(), contains("dbkeeper.toml:2:6: "));
  CHECK_THAT(error.message(), !contains("s3cret"));
  CHECK(error.line() == 2);
}

TEST_CASE("a whole config file is checked whatever command is called") {
  CHECK(file_complaint("jobs = 3\ncolor = \"never\"\n[inspect]\nexact = true\n[help]\n") ==
        "no complaint");
  CHECK(file_complaint("[inspct]\nexact = true") ==
        "dbkeeper.toml:1: unknown table [inspct]; did you mean 'inspect'?");
  CHECK(file_complaint("jbos = 3") == "dbkeeper.toml:1: unknown key 'jbos'; did you mean 'jobs'?");
  CHECK(file_complaint("jobs = 99") ==
        "dbkeeper.toml:1: jobs: '99' is not a whole number from 1 to 64");
  CHECK(file_complaint("color = \"purple\"") ==
        "dbkeeper.toml:1: color: 'purple' is not one of auto, always, never");
}

TEST_CASE("a key in the wrong part of the file is told where it belongs") {
  CHECK(file_complaint("exact = true") ==
        "dbkeeper.toml:1: 'exact' is an option of inspect: it stands under [inspect]");
  CHECK_THAT(file_complaint("[inspect]\njobs = 3"),
             contains("'jobs' is an option of every command"));
}

TEST_CASE("a config file can't confirm anything") {
  CHECK_THAT(file_complaint("yes = true"), contains("'yes' can't stand in a config file"));
  CHECK_THAT(file_complaint("[inspect]\nconfirm = \"x\""),
             contains("'confirm' can't stand in a config file"));
  CHECK_THAT(file_complaint("config = \"x\""), contains("only on the command line"));
}

TEST_CASE("the user's own config file is found where XDG puts it") {
  const ScratchFolder folder;
  const auto path = folder.write("config/dbkeeper/dbkeeper.toml", "");
  const auto at_home = folder.write(".config/dbkeeper/dbkeeper.toml", "");
  const std::string home = folder.path().string();
  CHECK(find_config_file("", {{"XDG_CONFIG_HOME", home + "/config"}, {"HOME", home}}) == path);
  CHECK(find_config_file("", {{"HOME", home}}) == at_home);
  CHECK(find_config_file("given.toml", {{"HOME", home}}) == "given.toml");
  CHECK_FALSE(find_config_file("", {{"XDG_CONFIG_HOME", "relative"}}));
  CHECK_FALSE(find_config_file("", {}));
}
