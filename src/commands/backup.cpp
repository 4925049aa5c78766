#include "commands/backup.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "dbkeeper/base/atomic_file.h"
#include "dbkeeper/base/shell.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/backup_doubts.h"
#include "dbkeeper/core/cleanup.h"
#include "dbkeeper/core/export.h"
#include "dbkeeper/core/new_backup.h"
#include "dbkeeper/core/output_name.h"
#include "dbkeeper/formats/zstd.h"

namespace dbkeeper::backup_command {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void refuse(std::string message, std::string hint = {}) {
  throw Error(ErrorKind::usage, std::move(message)).hint(std::move(hint));
}

void check_label(const std::string& label) {
  constexpr std::size_t kLongest = 64;
  const auto belongs = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') || std::string_view("-_.+@").find(c) != std::string::npos;
  };
  if (is_reserved_label(label))
    refuse(fmt::format("--label: '{}' is for the copies that dbkeeper makes by itself", label),
           "choose another one");
  if (label.empty() || label.size() > kLongest || label.front() == '-' || label.front() == '.' ||
      !std::ranges::all_of(label, belongs))
    refuse(fmt::format("--label: '{}' doesn't belong in a file's name", label),
           "letters, digits, - _ . + @, at most 64 of them, and no - or . at the beginning");
}

void check(const Options& options) {
  check_label(options.label);
  const bool elsewhere = !options.output.empty();
  if (elsewhere && options.keep)
    refuse("--keep cleans up --dir, and --output writes elsewhere",
           "leave one of them out, or run dbkeeper cleanup");
  if (options.output == kStandardOutput && options.with_json)
    refuse("--with-json writes a file beside the backup, and standard output has no beside");
  if (!options.after.empty() && (options.no_verify || options.output == kStandardOutput))
    refuse(fmt::format("--after runs once the backup is verified, and {} isn't",
                       options.no_verify ? "with --no-verify it" : "standard output"),
           "leave one of them out");
  if (elsewhere && !options.overwrite) check_replaces_nothing(options.output);
}

struct Done {
  NewBackup backup;
  std::string with_json;
  CleanupReport cleanup;
  double seconds = 0;
};

class Run {
 public:
  Run(const Options& options, Context& context) : options_(options), context_(context) {}

  // What goes wrong once the backup stands is the outcome's problem: it makes the backup no worse,
  // and keeps the other steps from nothing.
  Outcome carry_out() {
    const auto begin = Clock::now();
    Outcome outcome;
    outcome.stdout_is_taken = options_.output == kStandardOutput;
    try {
      make();
    } catch (const Error& error) {
      if (!outcome.stdout_is_taken) throw;
      outcome.problem = error;
      return outcome;
    }
    for (const auto step :
         {&Run::look_back, &Run::write_export_beside, &Run::hand_over, &Run::clean}) {
      try {
        (this->*step)();
      } catch (const Error& error) {
        if (!outcome.problem) outcome.problem = error;
        if (error.kind() == ErrorKind::interrupted) break;
      }
    }
    done_.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    outcome.result = value();
    outcome.text = text();
    return outcome;
  }

 private:
  void make() {
    database_ = context_.open_database(Access::read);
    if (const std::string schema = database_->info().limited_to_schema; !schema.empty())
      context_.reporter.info(
          fmt::format("a backup is of the whole database, not of the schema '{}' alone", schema));
    done_.backup =
        make_backup(*database_,
                    {.folder = context_.settings.backup_dir,
                     .output = options_.output,
                     .overwrite = options_.overwrite,
                     .label = options_.label,
                     .what = {.portable = options_.portable, .allow_empty = options_.allow_empty},
                     .verify = !options_.no_verify},
                    context_.settings.jobs, context_.reporter, context_.stop);
    if (!done_.backup.verified && !options_.no_verify)
      context_.reporter.info(
          "what went into a pipe can't be read back: dbkeeper verify proves it "
          "where it has arrived");
  }

  // A folder that can't be read is no reason to lose a good backup.
  void look_back() {
    try {
      const auto folder = list_backups(context_.settings.backup_dir);
      const BackupDescription& what = done_.backup.description;
      for (const BackupDoubt& doubt : doubts_about(what.engine, what.database, what.source_id,
                                                   folder, std::chrono::system_clock::now()))
        context_.reporter.warn(doubt.text);
      const auto warnings = collapses(done_.backup, folder);
      for (const std::string& warning : warnings) context_.reporter.warn(warning);
      if (!warnings.empty()) keep_what_was_before(last_before_collapse(done_.backup, folder));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::interrupted) throw;
      context_.reporter.warn("not compared with earlier backups: " + error.message());
    }
  }

  void keep_what_was_before(const std::filesystem::path& last) {
    if (last.empty()) return;
    record_collapse(last, true, false);
    context_.reporter.warn(fmt::format(
        "{} stays, as the last backup from before that: if it was meant, dbkeeper cleanup "
        "--accept-collapse",
        last.string()));
  }

  void write_export_beside() {
    if (!options_.with_json) return;
    const auto snapshot = database_->snapshot();
    const auto moment = std::chrono::system_clock::now();
    const Schema schema = snapshot->schema();
    const ExportPlan plan = plan_export(schema, {.allow_empty = true});
    const auto metadata = describe_moment(moment, database_->info(), *snapshot, schema, plan);
    auto target = done_.backup.file;
    target.replace_extension(".json.zst");
    AtomicFile file(target);
    ZstdWriter compressor([&](std::string_view bytes) { file.write(bytes); });
    write_export(
        *snapshot, schema, plan, metadata, [&](std::string_view text) { compressor.write(text); },
        database_->capabilities().parallel_readers ? context_.settings.jobs : 1, context_.reporter,
        context_.stop);
    compressor.finish();
    context_.stop.check();
    done_.with_json = file.commit_as_new().string();
    if (done_.with_json != target.string())
      context_.reporter.warn(
          fmt::format("'{}' was there already: the export is '{}', and won't go "
                      "with its backup",
                      target.string(), done_.with_json));
  }

  void clean() {
    if (!options_.keep) return;
    if (!options_.after.empty() && !handed_over_) {
      context_.reporter.warn("nothing was cleaned up: the command of --after failed");
      return;
    }
    if (!done_.backup.verified) {
      context_.reporter.warn("nothing was cleaned up: this backup isn't verified");
      return;
    }
    done_.cleanup = clean_up(
        context_.settings.backup_dir,
        {.rules = {.newest = *options_.keep, .holds = {{done_.backup.file, "made just now"}}},
         .database = database_of(done_.backup.description)},
        context_.settings.jobs, context_.reporter, context_.stop);
    for (const CleanedFile& file : done_.cleanup.files)
      if (!file.failure.empty())
        throw Error(ErrorKind::failed,
                    fmt::format("cannot remove '{}': {}", file.backup.path.string(), file.failure))
            .hint("the backup itself is made; see to the folder's rights");
  }

  void hand_over() {
    if (options_.after.empty()) return;
    std::string command;
    const std::string path = shell_word(done_.backup.file.string());
    for (std::size_t at = 0; at < options_.after.size(); ++at) {
      const bool place = options_.after.compare(at, 2, "{}") == 0;
      command += place ? path : std::string(1, options_.after[at]);
      if (place) ++at;
    }
    context_.reporter.progress({});
    const int status = run_shell(command, context_.stop);
    handed_over_ = status == 0;
    if (handed_over_) return;
    throw Error(ErrorKind::failed,
                fmt::format("the command of --after ended with status {}: {}", status, command))
        .hint(fmt::format("the backup is made and verified: {}", path));
  }

  Value tables() const {
    const BackupDescription& what = done_.backup.description;
    Value out = Value::object();
    for (const BackupTable& table : what.tables)
      out.set(what.schema.display(table.name),
              Value().set("rows", table.total.rows).set("digest", table.total.sum.text()));
    return out;
  }

  std::vector<std::string> removed() const {
    std::vector<std::string> out;
    for (const CleanedFile& file : done_.cleanup.files)
      if (file.removed) out.push_back(file.backup.path.string());
    return out;
  }

  Value value() const {
    const NewBackup& backup = done_.backup;
    const BackupDescription& what = backup.description;
    return Value()
        .set("file", backup.file.empty() ? Value() : Value(backup.file.string()))
        .set("bytes", backup.bytes)
        .set("data_bytes", what.data_bytes)
        .set("database", what.database)
        .set("engine", what.engine)
        .set("server_version", what.server_version)
        .set("time", what.time)
        .set("label", what.label)
        .set("source_id", Value(what.source_id))
        .set("rows", what.rows())
        .set("tables", tables())
        .set("verified", backup.verified)
        .set("with_json", done_.with_json.empty() ? Value() : Value(done_.with_json))
        .set("removed", Value::list(removed()))
        .set("seconds", done_.seconds);
  }

  std::string text() const {
    const NewBackup& backup = done_.backup;
    const auto number = [](auto count) { return static_cast<std::int64_t>(count); };
    std::string out = fmt::format("{}: {}, {}, {}{} in {:.1f} s",
                                  backup.file.empty() ? "standard output" : backup.file.string(),
                                  plural(number(backup.description.tables.size()), "table"),
                                  plural(number(backup.description.rows()), "row"),
                                  human_size(number(backup.bytes)),
                                  backup.verified ? ", verified" : ", not verified", done_.seconds);
    if (const auto gone = removed(); !gone.empty())
      out += fmt::format("; {} removed", plural(number(gone.size()), "older backup"));
    return out + "\n";
  }

  const Options& options_;
  Context& context_;
  std::unique_ptr<Database> database_;
  Done done_;
  bool handed_over_ = false;
};

}  // namespace

Outcome run(const Options& options, Context& context) {
  check(options);
  return Run(options, context).carry_out();
}

}  // namespace dbkeeper::backup_command
