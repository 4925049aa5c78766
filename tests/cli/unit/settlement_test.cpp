#include "cli/settlement.h"

#include "cli/command_table.h"
#include "support/catch.h"

using namespace dbkeeper;
using namespace dbkeeper::cli;

namespace {

const Setting& setting(const std::vector<Setting>& settings, std::string_view name) {
  for (const Setting& item : settings)
    if (item.name == name) return item;
  throw std::out_of_range(std::string(name));
}

}  // namespace

TEST_CASE("the stronger source wins, option by option") {
  const auto out = merged({{{"--jobs", {"1"}, {"--jobs"}}},
                           {{"--dir", {"/env"}, {"DBKEEPER_BACKUP_DIR"}}},
                           {{"--jobs", {"9"}, {"toml:1"}},
                            {"--dir", {"/toml"}, {"toml:2"}},
                            {"--color", {"never"}, {"toml:3"}}}});
  REQUIRE(out.size() == 3);
  CHECK(out[0].values.front() == "1");
  CHECK(out[1].values.front() == "/env");
  CHECK(out[2].values.front() == "never");
}

TEST_CASE("NO_COLOR and DBKEEPER_BACKUP_DIR are heard, unless empty") {
  CHECK(environment_values({{"NO_COLOR", ""}, {"DBKEEPER_BACKUP_DIR", ""}}).empty());
  const auto out = environment_values({{"NO_COLOR", "1"}, {"DBKEEPER_BACKUP_DIR", "/b"}});
  REQUIRE(out.size() == 2);
  CHECK(out[0].values.front() == "/b");
  CHECK(out[1].origin.text == "NO_COLOR");
}

TEST_CASE("each setting is shown with its value and origin, the password hidden") {
  const auto settings =
      settings_of("", global_options(), {{"--jobs", {"4"}, {"dbkeeper.toml:2", 2}}},
                  Address{"postgres://u:s3cret@h/d", "DATABASE_URL in .env"});
  CHECK(std::get<std::int64_t>(setting(settings, "jobs").value.data()) == 4);
  CHECK(setting(settings, "jobs").origin == "dbkeeper.toml:2");
  CHECK(std::get<std::string>(setting(settings, "db").value.data()) == "postgres://u:***@h/d");
  CHECK(setting(settings, "db").origin == "DATABASE_URL in .env");
  CHECK(setting(settings, "color").origin == "default");
  CHECK(setting(settings, "config").value.is_null());
  CHECK(std::get<bool>(setting(settings, "json").value.data()) == false);
}

TEST_CASE("every command can be described and none hides a global option") {
  const auto globals = global_options();
  for (const CommandEntry& entry : all_commands()) {
    INFO(entry.name);
    const auto options = options_of(entry);
    CHECK(options.size() >= globals.size());
    for (const OptionInfo& info : options) {
      CHECK_FALSE(info.description.empty());
      CHECK(info.global == (find_long(globals, info.name) != nullptr));
    }
  }
}
