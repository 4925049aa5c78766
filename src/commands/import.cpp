#include "commands/import.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

#include "commands/file_database.h"
#include "commands/import_report.h"
#include "commands/import_safety.h"
#include "commands/import_source.h"
#include "commands/interruption.h"
#include "commands/proven_backup.h"
#include "commands/run_lock.h"
#include "commands/undo_command.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/thrown.h"
#include "dbkeeper/core/database_document.h"
#include "dbkeeper/core/export_target.h"
#include "dbkeeper/core/history.h"
#include "dbkeeper/core/id_map.h"
#include "dbkeeper/core/import.h"
#include "dbkeeper/core/output_name.h"
#include "dbkeeper/core/run_record.h"
#include "dbkeeper/engines/connect.h"
#include "dbkeeper/engines/target.h"
#include "dbkeeper/formats/export_reader.h"

namespace dbkeeper::import_command {
namespace {

using Clock = std::chrono::steady_clock;

// The version of the schema that rows were written under, and the one they come into.
void warn_of_other_version(const export_json::Metadata& file,
                           const std::vector<MigrationState>& states, Reporter& reporter) {
  if (!file.schema_version) return;
  for (const MigrationState& state : states) {
    if (state.version.empty()) continue;
    if (state.tool == file.schema_version->tool && state.version == file.schema_version->version)
      return;
    return reporter.warn(fmt::format(
        "the file was written at {} {}, the database stands at {} {}: what its schema lacks or has "
        "besides is told if it matters",
        file.schema_version->tool, file.schema_version->version, state.tool, state.version));
  }
}

// One import, step by step; each step needs the one before.
class ImportCommand {
 public:
  ImportCommand(const Options& options, Context& context)
      : options_(options),
        context_(context),
        what_(settled(options)),
        confirmation_{kDeleteAllData, options.confirm, "--mode clean"} {}

  void check_words() const;
  void open();
  void read();
  void find_rows();
  void write_rows();
  void commit();
  Outcome outcome();

 private:
  bool destroys() const { return what_.mode == ImportMode::clean && !what_.dry_run; }
  void check_id_map() const;
  bool reads_database() const;
  void open_source();
  void open_database();
  void open_document();
  template <class Work>
  auto naming_file(const Work& work);
  bool is_large() const;
  bool try_to_read();
  void confirm(const ImportPlan& plan);
  void make_safety_copy();
  void drop_safety_copy();
  std::optional<RunRecord> begin_record();
  Database& second_database();

  const Options& options_;
  Context& context_;
  ImportOptions what_;
  const Confirmation confirmation_;
  const Clock::time_point begin_ = Clock::now();

  std::unique_ptr<ByteSource> source_;  // until the document has it
  FileDatabase source_database_;        // instead of that, where the rows come out of one
  std::unique_ptr<DatabaseLock> lock_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Database> second_database_;
  Schema schema_;
  std::vector<MigrationState> versions_;
  std::unique_ptr<RowDocument> document_;
  std::optional<ExportTarget> id_map_;
  std::optional<ImportRun> run_;  // goes first, of what can be undone
  bool confirmed_ = false;
  std::optional<std::string> safety_copy_;  // the file
  ImportReport report_;
};

void ImportCommand::check_words() const {
  check_id_map();
  if (destroys()) context_.check_confirmation(confirmation_);
}

void ImportCommand::check_id_map() const {
  std::error_code ignored;
  if (options_.id_map == "-")
    throw Error(ErrorKind::usage, "--id-map: standard output has the result; name a file");
  if (options_.id_map.ends_with('/') || std::filesystem::is_directory(options_.id_map, ignored))
    throw Error(ErrorKind::usage, fmt::format("--id-map: '{}' is a folder", options_.id_map));
  if (!options_.overwrite) check_replaces_nothing(options_.id_map);
}

// What is wrong with the file's name is told before a server is asked, and what is wrong with the
// database before anybody waits for a pipe.
void ImportCommand::open() {
  context_.address_of("");  // settled before anything takes long
  open_source();
  open_database();
  if (!options_.id_map.empty())
    id_map_.emplace(options_.id_map, "", options_.overwrite, context_.stop);
  // Who edits a file may leave numbers out, which only a stage can give.
  what_.straight = (!source_ || source_->can_start_over()) && is_large() && !options_.edited;
  open_document();
  warn_of_other_version(document_->metadata(), versions_, context_.reporter);
  run_.emplace(*document_, *database_, schema_, what_, context_.reporter, context_.stop);
}

// A database in a file is locked while it is read. Nobody works with a backup. Another one is read
// on the spot unless that takes longer than an export of it, since the user is asked and a copy
// made meanwhile, or it might be the one that is written to.
bool ImportCommand::reads_database() const {
  if (options_.edited || !holds_database(options_.file)) return false;
  if (is_meant_as_backup(options_.file)) return true;
  return !destroys() && named_database(options_.file).engine != context_.named_database().engine;
}

// Runs `work`; what is wrong with the file is told with its name.
template <class Work>
auto ImportCommand::naming_file(const Work& work) {
  try {
    return work();
  } catch (Error& error) {
    if (error.kind() == ErrorKind::input)
      error.during(fmt::format("reading {}", shown_name(options_.file)));
    throw;
  }
}

void ImportCommand::open_source() {
  naming_file([&] {
    if (reads_database())
      source_database_ = open_file_database(options_.file, context_);
    else
      source_ = import_source(options_.file, context_);
  });
}

// Enough for it to matter how its rows come in.
bool ImportCommand::is_large() const {
  constexpr std::uintmax_t kLarge = 1 << 20;
  std::error_code unknown;
  const auto size = std::filesystem::file_size(options_.file, unknown);
  return !unknown && size >= kLarge;
}

void ImportCommand::open_database() {
  database_ = context_.open_database(Access::write);
  if (!what_.dry_run) lock_ = lock_for_run(context_.address_of(""), context_);
  const auto snapshot = database_->snapshot();
  schema_ = snapshot->schema();
  versions_ = migration_states(*snapshot, schema_);
  what_.limited_to_schema = database_->info().limited_to_schema;
}

void ImportCommand::open_document() {
  naming_file([&] {
    if (source_database_.database)
      document_ = dbkeeper::open_document(*source_database_.database, context_.stop);
    else
      document_ = std::make_unique<ExportReader>(
          std::move(source_),
          ReaderOptions{.edited = options_.edited,
                        .warn = [this](std::string_view text) { context_.reporter.warn(text); }});
  });
}

// A file whose tables came in another order than they use to is read once more, row by row staged.
void ImportCommand::read() {
  if (try_to_read()) return;
  run_.reset();
  drop_safety_copy();
  document_.reset();
  what_.straight = false;
  if (!source_database_.database) source_ = import_source(options_.file, context_);
  open_document();
  run_.emplace(*document_, *database_, schema_, what_, context_.reporter, context_.stop);
  try_to_read();
}

bool ImportCommand::try_to_read() {
  return naming_file([&] {
    return run_->read(
        {[this](const ImportPlan& plan) { confirm(plan); }, [this] { make_safety_copy(); }});
  });
}

void ImportCommand::confirm(const ImportPlan& plan) {
  if (!destroys() || confirmed_) return;
  context_.confirm(confirmation_, [&] {
    return clean_question(second_database(), schema_, plan, shown_name(options_.file));
  });
  confirmed_ = true;
}

void ImportCommand::find_rows() {
  confirm(run_->plan());
  run_->find_rows();
  make_safety_copy();
}

// The locks are held by now: what the copy has is what the import will find.
void ImportCommand::make_safety_copy() {
  if (!destroys() || options_.no_safety_backup || safety_copy_) return;
  safety_copy_ = copy_before_import(second_database(), context_);
}

// The locks were let go: the next one has what others have written meanwhile.
void ImportCommand::drop_safety_copy() {
  if (!safety_copy_) return;
  std::error_code ignored;
  std::filesystem::remove(proof_file_of(*safety_copy_), ignored);
  std::filesystem::remove(*safety_copy_, ignored);
  safety_copy_.reset();
}

// Without it nobody could take back what is about to happen, unless there is nothing to do it with.
std::optional<RunRecord> ImportCommand::begin_record() {
  if (!destroys()) return std::nullopt;
  const DatabaseInfo database = database_->info();
  try {
    return RunRecord(
        context_.settings.backup_dir,
        {.command = "import --mode clean",
         .engine = database.engine,
         .database = database.name,
         .location = database.location,
         .server = database.server,
         .begun = {},
         .copy = safety_copy_ ? std::filesystem::absolute(*safety_copy_).lexically_normal().string()
                              : "",
         .file = {},
         .way = way_of(context_.address_of("")),
         .mark = run_->import().mark()});
  } catch (const Error&) {
    if (safety_copy_) throw;
    return std::nullopt;
  }
}

void ImportCommand::write_rows() {
  // Which row is which can't be told any more once they are written.
  std::optional<std::vector<ExplainedTable>> explained;
  if (options_.explain) explained = explain(run_->import(), run_->plan());
  run_->write_rows();
  report_ = report_of(*run_);
  report_.explained = std::move(explained);
  if (!id_map_) return;
  write_id_map(
      run_->import(), run_->plan(), [this](std::string_view text) { id_map_->write(text); },
      context_.stop);
  id_map_->complete();
}

void ImportCommand::commit() {
  context_.stop.check();
  if (!what_.dry_run) {
    std::optional<RunRecord> record = begin_record();
    try {
      run_->commit();
    } catch (const Error& error) {
      if (record && !leaves_outcome_open(error)) record->forget();
      throw;
    } catch (...) {
      throw Error(ErrorKind::altered,
                  fmt::format("{}; whether the import was committed is not known",
                              as_error(std::current_exception()).message()))
          .hint(record && safety_copy_ ? undo_command(context_) + " takes it back, if it was"
                                       : "run it again: what is there already is found");
    }
    context_.now(Standing::done);
    if (record) record->done();
  }
  if (!id_map_) return;
  try {
    report_.id_map = id_map_->commit_beside();
    if (report_.id_map != options_.id_map)
      context_.reporter.warn(fmt::format("'{}' has appeared meanwhile: the ID map is '{}'",
                                         options_.id_map, report_.id_map));
  } catch (const Error& error) {  // the rows are in, and no error may say that they are not
    context_.reporter.warn(
        fmt::format("the import is done, but not its ID map: {}", error.message()));
  }
}

Outcome ImportCommand::outcome() {
  report_.file = shown_name(options_.file);
  report_.source_id = document_->metadata().source_id;
  if (safety_copy_) {
    report_.safety_copy = *safety_copy_;
    report_.undo = undo_command(context_);
  }
  if (!report_.taken_off.empty())
    context_.reporter.debug(
        fmt::format("foreign keys and indexes that were off: {}", join(report_.taken_off, ", ")));
  if (!report_.triggers_off.empty())
    context_.reporter.debug(
        fmt::format("triggers that were off: {}", join(report_.triggers_off, ", ")));
  warn_of_doubts(report_, context_.reporter);
  report_.seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
  Outcome outcome;
  outcome.result = value_of(report_);
  outcome.text = text_of(report_);
  return outcome;
}

// Reads what is committed while the first one's transaction is under way.
Database& ImportCommand::second_database() {
  if (!second_database_) second_database_ = context_.open_database(Access::read);
  return *second_database_;
}

}  // namespace

Outcome run(const Options& options, Context& context) {
  ImportCommand import(options, context);
  all_or_nothing([&] {
    import.check_words();
    import.open();
    import.read();
    import.find_rows();
    import.write_rows();
    import.commit();
  });
  return import.outcome();
}

}  // namespace dbkeeper::import_command
