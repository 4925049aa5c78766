#include "commands/check.h"
#include "commands/inspect.h"
#include "dbkeeper/commands/command.h"

namespace dbkeeper {
namespace {

constexpr std::string_view kInspect =
    "Tables stand in dependency order, parents first. Row counts are the engine's\n"
    "estimates where a ~ stands before them. A natural key tells what a row is,\n"
    "whatever number it has: by it an import finds the row again. What an export\n"
    "would leave out is listed with the reason, and each migration tool with the\n"
    "version that it stands at.";

constexpr std::string_view kCheck =
    "Reads every table, runs the engine's own integrity check, and looks for rows\n"
    "that refer to rows that aren't there, sequences behind their column's maximum,\n"
    "invalid indexes and unfinished migrations. Exit code 6 if there is a problem;\n"
    "each is told with what to do.";

}  // namespace

const std::vector<CommandEntry>& commands() {
  static const std::vector<CommandEntry> kCommands = {
      {.name = "inspect",
       .summary = "what a database holds: tables, keys, rows, sizes",
       .make = make_command<inspect_command::Options>,
       .description = kInspect,
       .examples = "dbkeeper inspect --db sqlite:///instance/app.db\n"
                   "dbkeeper inspect --exact --format json | jq '.tables[].name'"},
      {.name = "check",
       .summary = "whether a database is sound",
       .make = make_command<check_command::Options>,
       .description = kCheck,
       .examples = "dbkeeper check\n"
                   "dbkeeper check --quick -q        # a probe or HEALTHCHECK\n"
                   "dbkeeper check --fix-sequences   # after rows came in with numbers"},
  };
  return kCommands;
}

}  // namespace dbkeeper
