#include "commands/check.h"
#include "commands/export.h"
#include "commands/inspect.h"
#include "commands/verify.h"
#include "dbkeeper/commands/command.h"

namespace dbkeeper {
namespace {

constexpr std::string_view kExport =
    "Writes every table's rows, parents first, as one JSON document of one moment:\n"
    "one row a line, every value exact, with schema, digests and what it takes to\n"
    "find rows again that were left out but are referred to. Without FILE it is\n"
    "<database>_export_<time>.json in the current folder. The file appears under\n"
    "its name when it is complete, never before. docs/export-format.md describes it.\n"
    "\n"
    "A table list is separated by commas or repeated and takes globs (audit_*); a\n"
    "table outside the default schema is schema.table. History tables of migration\n"
    "tools are left out unless they are included by name.";

constexpr std::string_view kInspect =
    "Of a database, or of an export that is named as FILE and read to its end.\n"
    "Tables stand in dependency order, parents first. Row counts are the engine's\n"
    "estimates where a ~ stands before them. A natural key tells what a row is,\n"
    "whatever number it has: by it an import finds the row again. What an export\n"
    "would leave out is listed with the reason, and each migration tool with the\n"
    "version that it stands at.";

constexpr std::string_view kVerify =
    "Reads an export to its last byte: whether it is complete, every value is of its\n"
    "column's kind, and rows and digests of each table are what the file says of\n"
    "itself. Needs no database. Exit code 4 if anything is wrong, with the line.";

constexpr std::string_view kCheck =
    "Reads every table, runs the engine's own integrity check, and looks for rows\n"
    "that refer to rows that aren't there, sequences behind their column's maximum,\n"
    "invalid indexes and unfinished migrations. Exit code 6 if there is a problem;\n"
    "each is told with what to do.";

}  // namespace

const std::vector<CommandEntry>& commands() {
  static const std::vector<CommandEntry> kCommands = {
      {.name = "export",
       .summary = "a database's rows as one JSON document",
       .make = make_command<export_command::Options>,
       .description = kExport,
       .examples = "dbkeeper export                              # before a migration\n"
                   "dbkeeper export -o shop.json.zst --exclude 'audit_*,sessions'\n"
                   "dbkeeper export -o - --include orders --where 'orders:total > 100' \\\n"
                   "  --with-parents | jq .data.customers"},
      {.name = "inspect",
       .summary = "what a database holds: tables, keys, rows, sizes",
       .make = make_command<inspect_command::Options>,
       .description = kInspect,
       .examples = "dbkeeper inspect --db sqlite:///instance/app.db\n"
                   "dbkeeper inspect shop_export_20260102T030405Z.json.zst\n"
                   "dbkeeper inspect --exact --format json | jq '.tables[].name'"},
      {.name = "verify",
       .summary = "whether an export is complete and unchanged",
       .make = make_command<verify_command::Options>,
       .description = kVerify,
       .examples = "dbkeeper verify shop_export_20260102T030405Z.json\n"
                   "ssh server dbkeeper export -o - | tee shop.json | dbkeeper verify -"},
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
