#include "commands/backup.h"
#include "commands/check.h"
#include "commands/cleanup.h"
#include "commands/diff.h"
#include "commands/export.h"
#include "commands/import.h"
#include "commands/inspect.h"
#include "commands/list.h"
#include "commands/migrate.h"
#include "commands/restore.h"
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
    "it all back. docs/import.md has every rule.\n"
    "\n"
    "FILE may also be a backup, once every byte of it is proven, or an SQLite\n"
    "database: its tables and rows count as an export of it. A backup of PostgreSQL\n"
    "takes no server to be read.";

constexpr std::string_view kBackup =
    "All of the database, schema included, as one file in --dir, of one moment,\n"
    "while others go on writing: <database>_<label>_<time>.dbk, a tar that tar, zstd\n"
    "and the database's own tools can read. It gets its name once every byte of it\n"
    "has been read back. A backup that has less than half of the rows or bytes that\n"
    "the last five had, or an empty table that had rows, is a warning.\n"
    "\n"
    "One line of output: made for cron. docs/backups.md has examples.";

constexpr std::string_view kRestore =
    "Every checksum is proven before anything is touched, and the question shows what\n"
    "will replace what. It is all or nothing: until the last step the old database\n"
    "is as it was, and works.\n"
    "\n"
    "PostgreSQL: a new database is built beside the old one, with its owner, grants\n"
    "and settings, and swapped in by two renames in one transaction; the old one\n"
    "stays as <database>_before_<time>. SQLite: after a safety backup, written into\n"
    "the file that the application may hold open, as one transaction. A database\n"
    "that isn't there is created.";

constexpr std::string_view kList =
    "Newest first. What stands under PROOF: whether each was read back, when it was\n"
    "written or since, and whether it was restored into a scratch database and\n"
    "compared, with the time that took. A file that has changed since counts as not\n"
    "verified. Needs no database.";

constexpr std::string_view kCleanup =
    "Keeps what the rules keep, and removes the rest. Slots are counted by database,\n"
    "and apart for your own backups and for those made before a migration, a restore\n"
    "and an import. Only sound backups fill a slot: read back when written or since,\n"
    "and unchanged. Never removed: the newest sound backup of a database, the last\n"
    "one from before its data became less than half, what isn't sound or can't be\n"
    "read, what is being restored, and files whose names aren't dbkeeper's. Needs no\n"
    "database. docs/backups.md has every rule.";

constexpr std::string_view kMigrate =
    "Runs the migration command that you have, whatever it is, with a net: one run at\n"
    "a time, a check, a backup that is read back, the command with your terminal,\n"
    "then another check, and every table's rows and values counted before and after.\n"
    "What was lost is named. A failure says what state the database is in, and the\n"
    "one command that takes it back. A run that changed nothing leaves no backup.\n"
    "\n"
    "Exit code 0: it went well, or there was nothing to do. 1: it failed, and the\n"
    "database is as it was. 6: it succeeded by its own account and left the database\n"
    "broken, or, with --strict, without data that it had. 8: it failed, and the\n"
    "database is not as it was. The command's own status is in the message.\n"
    "\n"
    "{url} in a word of the command is the database's address. With --rehearse it is\n"
    "the copy's first; where neither that, nor a variable, nor another word leads to\n"
    "the copy, nothing is run (exit code 2).\n"
    "docs/migrate.md has every rule, and what to write into a container's entrypoint.";

constexpr std::string_view kInspect =
    "Of a database, or of an export or a backup that is named as FILE and read to\n"
    "its end: whether it is as it was written is proven by the way.\n"
    "Tables stand in dependency order, parents first. Row counts are the engine's\n"
    "estimates where a ~ stands before them. A natural key tells what a row is,\n"
    "whatever number it has: by it an import finds the row again. What an export\n"
    "would leave out is listed with the reason, and each migration tool with the\n"
    "version that it stands at.";

constexpr std::string_view kVerify =
    "Reads a backup or an export to its last byte. Of a backup: every header and\n"
    "checksum, whether each member expands, and rows and digest of each table. Of an\n"
    "export: whether it is complete, every value is of its column's kind, and rows\n"
    "and digests are what the file says of itself. Needs no database. Exit code 4 if\n"
    "anything is wrong, with the place. A sound backup is noted as verified beside\n"
    "its file, for list and cleanup.\n"
    "\n"
    "--drill is the proof that counts: the backup is restored into a scratch database\n"
    "beside the one of --db (a backup of SQLite: into a scratch file in --dir), every\n"
    "table's rows and digest and the schema are compared with what the backup says,\n"
    "and the scratch database is dropped. That is noted too. Exit code 6 if anything\n"
    "differs.";

constexpr std::string_view kDiff =
    "Two of (database, export, backup): which tables, columns, keys and rows differ,\n"
    "with counts and the first keys that do. Rows are matched by primary key\n"
    "and compared value by value, as exactly as exports keep them; those of a table\n"
    "without one are compared as a whole, however often each is there. Each database\n"
    "is read at one moment. Exit code 6 if anything differs.\n"
    "\n"
    "Not compared, and listed: histories of migration tools, whose versions are;\n"
    "views; values of generated columns; what an export was told to leave out.\n"
    "Columns, keys and defaults are compared as far as an export, or a backup of\n"
    "PostgreSQL, tells of them.\n"
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
                   "dbkeeper import backups/shop_nightly_20260102T030405Z.dbk --include orders\n"
                   "dbkeeper --db $PROD export -o - | dbkeeper --db $STAGING import - \\\n"
                   "  --mode clean"},
      {.name = "backup",
       .summary = "a full copy of a database, read back",
       .make = make_command<backup_command::Options>,
       .description = kBackup,
       .examples = "dbkeeper backup\n"
                   "dbkeeper backup -q --label nightly --keep 14    # from cron\n"
                   "dbkeeper backup --after 'rclone copy {} remote:backups'\n"
                   "dbkeeper backup -o - | ssh server 'cat > shop.dbk'"},
      {.name = "restore",
       .summary = "a backup back into its database, or another one",
       .make = make_command<restore_command::Options>,
       .description = kRestore,
       .examples = "dbkeeper restore --latest\n"
                   "dbkeeper restore shop_manual_20260102T030405Z.dbk --confirm shop\n"
                   "dbkeeper restore --latest --to postgresql:///shop_trial"},
      {.name = "list",
       .summary = "the backups in --dir, and what is known of each",
       .make = make_command<list_command::Options>,
       .description = kList,
       .examples = "dbkeeper list\n"
                   "dbkeeper list --dir /srv/backups --json | jq '.result.backups[0]'"},
      {.name = "cleanup",
       .summary = "remove old backups, never the last good one",
       .make = make_command<cleanup_command::Options>,
       .description = kCleanup,
       .examples = "dbkeeper cleanup --dry-run                 # what would go, and why\n"
                   "dbkeeper cleanup --keep-daily 7 --keep-weekly 5 --keep-monthly 12\n"
                   "dbkeeper cleanup --keep 3 --max-age 30d --verify\n"
                   "dbkeeper cleanup --exports --dir ~/exports --keep 5"},
      {.name = "migrate",
       .summary = "run a migration command with a backup and an undo",
       .make = make_command<migrate_command::Options>,
       .description = kMigrate,
       .examples = "dbkeeper migrate -- alembic upgrade head\n"
                   "dbkeeper migrate --rehearse -- flask db upgrade\n"
                   "dbkeeper migrate --strict --expect-loss users.nickname -- \\\n"
                   "  python manage.py migrate\n"
                   "dbkeeper migrate --auto-restore --unless 'npx prisma migrate status' -- \\\n"
                   "  npx prisma migrate deploy",
       .passes_words = true},
      {.name = "inspect",
       .summary = "what a database holds: tables, keys, rows, sizes",
       .make = make_command<inspect_command::Options>,
       .description = kInspect,
       .examples = "dbkeeper inspect --db sqlite:///instance/app.db\n"
                   "dbkeeper inspect shop_export_20260102T030405Z.json.zst\n"
                   "dbkeeper inspect --exact --format json | jq '.tables[].name'"},
      {.name = "verify",
       .summary = "whether a backup or export is whole and unchanged",
       .make = make_command<verify_command::Options>,
       .description = kVerify,
       .examples = "dbkeeper verify backups/shop_manual_20260102T030405Z.dbk\n"
                   "dbkeeper verify --all --dir /srv/backups\n"
                   "dbkeeper verify --all --drill\n"
                   "dbkeeper verify shop_export_20260102T030405Z.json\n"
                   "ssh server dbkeeper export -o - | tee shop.json | dbkeeper verify -"},
      {.name = "diff",
       .summary = "what differs between two databases, exports or backups",
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
                   "dbkeeper check --quick --max-backup-age 26h --max-proof-age 7d\n"
                   "dbkeeper check --fix-sequences   # after rows came in with numbers"},
  };
  return kCommands;
}

}  // namespace dbkeeper
