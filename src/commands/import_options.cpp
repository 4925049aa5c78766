#include <CLI/CLI.hpp>

#include "commands/import.h"

namespace dbkeeper::import_command {
namespace {

ImportMode mode_of(const std::string& word) {
  if (word == "clean") return ImportMode::clean;
  return word == "skip" ? ImportMode::skip : ImportMode::merge;
}

ImportOptions::IdentityChoice identity_of(const std::string& word) {
  using Choice = ImportOptions::IdentityChoice;
  if (word == "natural") return Choice::natural;
  return word == "key" ? Choice::key : Choice::automatic;
}

MissingReference missing_of(const std::string& word) {
  if (word == "null") return MissingReference::null;
  return word == "skip" ? MissingReference::skip : MissingReference::error;
}

}  // namespace

ImportOptions settled(const Options& options) {
  ImportOptions what = options.what;
  what.mode = mode_of(options.mode);
  what.identity = identity_of(options.identity);
  what.on_missing = missing_of(options.on_missing_ref);
  what.ignore_extra_columns = options.on_extra_column == "ignore";
  what.keep_map = !options.no_keep_map;
  what.tell_keys = !options.id_map.empty();
  return what;
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("-i,--input,FILE", options.file,
                 "the export, backup or SQLite database; - is an export from stdin")
      ->type_name("FILE")
      ->required();
  app.add_option("--mode", options.mode,
                 "rows that are there already: skip leaves them alone, merge (or replace) updates "
                 "them; clean empties the tables first")
      ->check(CLI::IsMember({"skip", "merge", "replace", "clean"}))
      ->capture_default_str();
  app.add_option("--include", options.what.include, "only these tables (a list, globs)")
      ->type_name("TABLES");
  app.add_option("--exclude", options.what.exclude, "not these tables (a list, globs)")
      ->type_name("TABLES");
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

}  // namespace dbkeeper::import_command
