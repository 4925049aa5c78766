#include "commands/check.h"
#include "commands/diff.h"
#include "commands/export.h"
#include "commands/import.h"
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

constexpr std::string_view kImport =
    "Brings the rows of an export into a database that has rows of its own. Each row\n"
    "is looked up by what tells it apart, an e-mail, a name within its list, whatever\n"
    "number it has; references then lead where they led, under the numbers that the\n"
    "rows have here. What isn't there yet is inserted; a number that another row has\n"
    "gives way to a new one. Running it again changes nothing. It is one transaction:\n"
    "all of it, or nothing.\n"
    "\n"
    "Clean empties the file's tables first. It asks to type DELETE ALL DATA, makes a\n"
    "copy of the database in --dir, reads it back, and tells the command that takes\n"
    "it all back. docs/import.md has every rule.";

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

constexpr std::string_view kDiff =
    "Two databases, two exports, or one of each: which tables, columns, keys and rows\n"
    "differ, with counts and the first keys that do. Rows are matched by primary key\n"
    "and compared value by value, as exactly as exports keep them; those of a table\n"
    "without one are compared as a whole, however often each is there. Each database\n"
    "is read at one moment. Exit code 6 if anything differs.\n"
    "\n"
    "Not compared, and listed: histories of migration tools, whose versions are;\n"
    "views; values of generated columns; what an export was told to leave out.\n"
    "Columns, keys and defaults are compared as far as an export tells of them.\n"
    "The same value is of another kind in another engine: that is a difference.";

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
      {.name = "import",
       .summary = "rows of an export into a database, each to its place",
       .make = make_command<import_command::Options>,
       .description = kImport,
       .examples = "dbkeeper import shop.json.zst --dry-run      # what it would do\n"
                   "dbkeeper import shop.json.zst                # what is missing\n"
                   "dbkeeper import shop.json.zst --mode merge --protect users.password_hash\n"
                   "dbkeeper import last-night.json --include 'cards,tags'\n"
                   "dbkeeper --db $PROD export -o - | dbkeeper --db $STAGING import - \\\n"
                   "  --mode clean"},
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
      {.name = "diff",
       .summary = "what differs between two databases or exports",
       .make = make_command<diff_command::Options>,
       .description = kDiff,
       .examples = "dbkeeper diff shop.json                 # --db and an export of it\n"
                   "dbkeeper diff yesterday.json.zst today.json.zst --rows-only\n"
                   "dbkeeper diff postgres://db/shop postgres://db/shop_new --schema-only\n"
                   "ssh server dbkeeper export -o - | dbkeeper diff - dev.db"},
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
