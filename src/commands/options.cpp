// The options of every command: its own words, as --help shows them.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string_view>

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

namespace dbkeeper {
namespace {

void add_choice_of_tables(CLI::App& app, auto& what) {
  app.add_option("--include", what.include, "only these tables (a list, globs)")
      ->type_name("TABLES");
  app.add_option("--exclude", what.exclude, "not these tables (a list, globs)")
      ->type_name("TABLES");
}

void add_overwrite(CLI::App& app, bool& overwrite, std::string_view option) {
  app.add_flag("--overwrite", overwrite,
               fmt::format("{} may name a file that is there already: it is replaced", option));
}

}  // namespace

void inspect_command::add_options(CLI::App& app, Options& options) {
  app.add_option("FILE", options.file,
                 "an export (- is stdin), a backup or a database file, in place of --db")
      ->type_name("FILE");
  app.add_flag("--exact", options.exact, "count every table's rows instead of estimating");
  app.add_option("--format", options.format, "how to print: table or json")
      ->check(CLI::IsMember({"table", "json"}));
}

void check_command::add_options(CLI::App& app, Options& options) {
  app.add_flag("--quick", options.quick,
               "under a second, for probes: connect, one row a table, sequences");
  app.add_flag("--fix-sequences", options.fix_sequences,
               "move sequences that lie behind their column's maximum");
  app.add_option("--max-backup-age", options.max_backup_age,
                 "a finding if the newest sound backup in --dir is older: 26h")
      ->type_name("AGE");
  app.add_option("--max-proof-age", options.max_proof_age,
                 "a finding if the last drill of one (verify --drill) is older: 7d")
      ->type_name("AGE");
}

void export_command::add_options(CLI::App& app, Options& options) {
  app.add_option("-o,--output,FILE", options.output,
                 "the file to write; - is standard output, DIR/ the default name in DIR, and "
                 "a name that ends in .zst is compressed")
      ->type_name("FILE");
  add_overwrite(app, options.overwrite, "-o");
  add_choice_of_tables(app, options.what);
  app.add_option("--where", options.what.where,
                 "only the rows of a table that meet an SQL condition: 'orders:total > 100'")
      ->type_name("CONDITION");
  app.add_flag("--with-parents", options.what.with_parents,
               "also every row that an exported row refers to, and so on");
  app.add_option("--match", options.what.match,
                 "the natural key of a table that declares none: 'exercises=name'")
      ->type_name("KEY");
  app.add_flag("--no-references", options.no_references,
               "without the rows that exported rows refer to in tables left out");
  app.add_option("--source", options.what.source,
                 "the name by which imports recognise this database (default: its own identity)")
      ->type_name("NAME");
  app.add_flag("--allow-empty", options.what.allow_empty,
               "export a database without any table all the same");
}

void import_command::add_options(CLI::App& app, Options& options) {
  app.add_option("-i,--input,FILE", options.file,
                 "the export, backup or SQLite database; - is an export from stdin")
      ->type_name("FILE")
      ->required();
  app.add_option("--mode", options.mode,
                 "rows that are there already: skip leaves them alone, merge (or replace) updates "
                 "them; clean empties the tables first")
      ->check(CLI::IsMember({"skip", "merge", "replace", "clean"}))
      ->capture_default_str();
  add_choice_of_tables(app, options.what);
  app.add_option("--match", options.what.match,
                 "the natural key of a table: 'routines=user_id,name'")
      ->type_name("KEY");
  app.add_option("--identity", options.identity,
                 "which row is which: by natural keys, and by generated numbers where nothing else "
                 "tells (auto), never by those (natural), or by the primary key alone (key)")
      ->check(CLI::IsMember({"auto", "natural", "key"}))
      ->capture_default_str();
  app.add_option("--protect", options.what.protect, "a column that merge never updates")
      ->type_name("TABLE.COLUMN");
  app.add_flag("--dry-run", options.what.dry_run, "do all of it, count, and take it back");
  app.add_flag("--explain", options.explain, "tell the keys used, and which row matched by what");
  app.add_option("--id-map", options.id_map, "write each key that changed, old and new, as JSON")
      ->type_name("FILE");
  add_overwrite(app, options.overwrite, "--id-map");
  app.add_option("--on-missing-ref", options.on_missing_ref,
                 "a row refers to one that isn't there: fail, set the reference to NULL, or leave "
                 "the row out")
      ->check(CLI::IsMember({"error", "null", "skip"}))
      ->capture_default_str();
  app.add_option("--on-extra-column", options.on_extra_column,
                 "the file has a column that the database lacks: fail, or leave it out")
      ->check(CLI::IsMember({"error", "ignore"}))
      ->capture_default_str();
  app.add_flag("--edited", options.edited,
               "rows were changed, added or removed in the file on purpose");
  app.add_flag("--fire-triggers", options.what.fire_triggers,
               "leave the tables' triggers on while rows are written");
  app.add_flag("--cascade", options.what.cascade,
               "clean: also empty tables that aren't in the file but refer to those that are");
  app.add_flag("--offline", options.what.offline,
               "nobody uses the tables: foreign keys and plain indexes may be off meanwhile");
  app.add_flag("--no-keep-map", options.no_keep_map,
               "don't remember in the database which row became which");
  app.add_flag("--no-safety-backup", options.no_safety_backup,
               "clean: without a copy of the database before");
  app.add_option("--confirm", options.confirm,
                 "clean: what would be typed on the terminal, 'DELETE ALL DATA'")
      ->type_name("PHRASE");
}

void diff_command::add_options(CLI::App& app, Options& options) {
  app.add_option("A", options.a, "a database, export or backup; - is an export from stdin")
      ->required();
  app.add_option("B", options.b,
                 "the other one; if only one is given, it is B, and A the database of --db");
  add_choice_of_tables(app, options.what);
  const auto schema_only = app.add_flag("--schema-only", options.schema_only,
                                        "compare no rows, but for reading exports");
  app.add_flag("--rows-only", options.rows_only,
               "compare the rows of the columns that both have, and nothing else")
      ->excludes(schema_only);
}

void backup_command::add_options(CLI::App& app, Options& options) {
  app.add_option("-o,--output", options.output,
                 "the file to write in place of one in --dir, or DIR/; - is standard output")
      ->type_name("FILE");
  add_overwrite(app, options.overwrite, "-o");
  app.add_option("--label", options.label, "what the backup is for; part of its name")
      ->type_name("TEXT")
      ->capture_default_str();
  app.add_flag("--with-json", options.with_json,
               "also an export beside it, which lives and goes with it");
  app.add_flag("--portable", options.portable, "rows as text throughout, for other versions");
  app.add_option("--keep", options.keep,
                 "then clean up: keep the N newest of this database, as cleanup does")
      ->check(CLI::Range(1, 100'000));
  app.add_option("--after", options.after,
                 "run this once the backup is verified, {} being its path: 'rclone copy {} s3:b'")
      ->type_name("COMMAND");
  app.add_flag("--no-verify", options.no_verify, "don't read it back (it counts for nothing then)");
  app.add_flag("--allow-empty", options.allow_empty,
               "back up a database without any table all the same");
}

void restore_command::add_options(CLI::App& app, Options& options) {
  app.add_option("FILE", options.file, "the backup: a path, or a name in --dir")->type_name("FILE");
  app.add_flag("--latest", options.latest,
               "the newest backup of this database that holds; pre-restore ones, and those whose "
               "time is yet to come, aside");
  app.add_flag("--list", options.list, "only show what there is, as `dbkeeper list` does");
  app.add_option("--label", options.label, "with --latest: only backups with such a label")
      ->type_name("GLOB");
  app.add_flag("--undo", options.undo,
               "take back the last import --mode clean, restore or migrate");
  app.add_flag("--in-place", options.in_place,
               "PostgreSQL: in one transaction within the database, none beside it");
  app.add_option("--to", options.to, "into another database than --db names; it needn't exist")
      ->type_name("URL");
  app.add_option("--keep-old", options.keep_old,
                 "PostgreSQL: how many earlier databases stay; default: this one and one more")
      ->type_name("N");
  app.add_flag("--no-terminate", options.no_terminate,
               "don't end others' sessions: refuse if there are any");
  app.add_flag("--no-safety-backup", options.no_safety_backup,
               "make no backup of what is replaced first");
  app.add_option("--confirm", options.confirm, "agree beforehand, by the database's name")
      ->type_name("NAME");
}

void list_command::add_options(CLI::App&, Options&) {}

void verify_command::add_options(CLI::App& app, Options& options) {
  app.add_option("FILE", options.file, "a backup, or an export; - is an export from standard input")
      ->type_name("FILE");
  app.add_flag("--all", options.all, "every backup in --dir");
  app.add_flag("--drill", options.drill,
               "also restore it into a scratch database, and compare every table");
}

void cleanup_command::add_options(CLI::App& app, Options& options) {
  const CLI::Range count(0, 100'000);
  app.add_option("--keep", options.keep, "keep the N newest (10 if no --keep-… is given)")
      ->check(count);
  app.add_option("--keep-daily", options.keep_daily,
                 "keep the newest of each of the last N days that have one")
      ->check(count);
  app.add_option("--keep-weekly", options.keep_weekly, "the same of weeks")->check(count);
  app.add_option("--keep-monthly", options.keep_monthly, "the same of months")->check(count);
  app.add_option("--max-age", options.max_age,
                 "remove what no rule keeps only once it is older than this: 30d")
      ->type_name("DURATION");
  app.add_option("--label", options.label, "only backups with such a label: 'nightly*'")
      ->type_name("GLOB");
  app.add_flag("--exports", options.exports, "clean up exports instead, by the same rules");
  app.add_flag("--accept-collapse", options.accept_collapse,
               "that there is so much less data was meant: what was before goes like the rest");
  app.add_flag("--verify", options.verify, "read every file back first");
  app.add_flag("--dry-run", options.dry_run,
               "change nothing; show each file with the rule that keeps or removes it");
}

void migrate_command::add_options(CLI::App& app, Options& options) {
  app.add_option("--strict", options.strict,
                 "lost rows, values, tables and columns fail, unless --expect-loss; with =values "
                 "also values that are others than before")
      ->check(CLI::IsMember({"losses", "values"}))
      ->expected(0, 1);
  app.add_option("--expect-loss", options.expect_loss,
                 "what is meant to be lost or changed: a table, or table.column; a list")
      ->type_name("TABLES");
  app.add_flag("--auto-restore", options.auto_restore,
               "a failure puts the database back, if it isn't as before");
  app.add_flag("--rehearse", options.rehearse,
               "first on a scratch copy of the database; live only if that went well");
  app.add_option("--unless", options.unless,
                 "run this first: if it exits with 0, there is nothing to do")
      ->type_name("COMMAND");
  app.add_option("--timeout", options.timeout, "end the command after this long: 10m")
      ->type_name("DURATION");
}

}  // namespace dbkeeper
