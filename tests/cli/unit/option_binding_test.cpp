#include "cli/option_binding.h"

#include <CLI/CLI.hpp>

#include "cli/globals.h"
#include "dbkeeper/base/error.h"
#include "support/catch.h"

using namespace dbkeeper;
using namespace dbkeeper::cli;
using namespace std::chrono_literals;

namespace {

Globals bound(const std::string& key, const std::string& value, Origin origin = {"option"}) {
  CLI::App app;
  app.set_help_flag();
  Globals globals;
  add_global_options(app, globals);
  const auto options = describe(app);
  assign_values(app, options, {{key, {value}, std::move(origin)}});
  check_together(app, options);
  return globals;
}

Error complaint(const std::string& key, const std::string& value, Origin origin = {"option"}) {
  try {
    bound(key, value, std::move(origin));
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::failed, "no complaint");
}

}  // namespace

TEST_CASE("good values reach the options") {
  CHECK(bound("--jobs", "64").jobs == 64);
  CHECK(bound("--color", "never").color == "never");
  CHECK(bound("--json", "true").json);
  CHECK_FALSE(bound("--json", "false").json);
  CHECK(bound("--lock-timeout", "2m").lock_timeout == 2min);
  CHECK(bound("--db", "a.db").jobs == 2);
}

TEST_CASE("a bad value is told what is allowed") {
  CHECK(complaint("--color", "purple").message() ==
        "--color: 'purple' is not one of auto, always, never");
  CHECK(complaint("--jobs", "99").message() == "--jobs: '99' is not a whole number from 1 to 64");
  CHECK(complaint("--jobs", "x").message() == "--jobs: 'x' is not a whole number from 1 to 64");
  CHECK(complaint("--jobs", "0").kind() == ErrorKind::usage);
  CHECK(complaint("--lock-timeout", "soon").message() ==
        "--lock-timeout: 'soon' is not a duration such as 500ms, 10s, 2m or 0, of at most 24d");
  CHECK(complaint("--lock-timeout", "30d").kind() == ErrorKind::usage);
}

TEST_CASE("a bad value of the config file is shown with its line") {
  const Error error = complaint("--jobs", "99", {"dbkeeper.toml:3", 3});
  CHECK(error.message() == "dbkeeper.toml:3: jobs: '99' is not a whole number from 1 to 64");
  CHECK(error.line() == 3);
}

TEST_CASE("options are described as help and completion need them") {
  CLI::App app;
  app.set_help_flag();
  Globals globals;
  add_global_options(app, globals);
  std::vector<std::string> tables;
  std::string file;
  app.add_option("--exclude", tables, "tables")->type_name("TABLE");
  app.add_option("FILE", file, "a file")->required();
  const auto options = describe(app);

  const OptionInfo* jobs = find_long(options, "jobs");
  REQUIRE(jobs != nullptr);
  CHECK(jobs->letter == 'j');
  CHECK(jobs->takes == OptionInfo::Takes::integer);
  CHECK(jobs->range == "1 to 64");
  CHECK(jobs->default_text == "2");
  CHECK(jobs->global);

  const OptionInfo* color = find_long(options, "color");
  REQUIRE(color != nullptr);
  CHECK(color->choices == std::vector<std::string>{"auto", "always", "never"});
  CHECK(color->value == "auto|always|never");

  REQUIRE(find_long(options, "exclude") != nullptr);
  CHECK(find_long(options, "exclude")->repeatable);
  CHECK_FALSE(find_long(options, "exclude")->global);
  CHECK(find_long(options, "json")->flag());
  CHECK(options.back().positional == "FILE");
  CHECK(options.back().required);
  CHECK(options.back().wants_path());
}
