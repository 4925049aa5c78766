#include "commands/diff.h"

#include <fmt/format.h>

#include "commands/diff_report.h"
#include "commands/file_database.h"
#include "dbkeeper/base/byte_source.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/url.h"

namespace dbkeeper::diff_command {
namespace {

constexpr std::string_view kStdin = "-";

struct Opened {
  FileDatabase file;  // whose database may be one that isn't in a file; null: an export
  std::unique_ptr<DiffSide> side;
};

Opened open_configured(Context& context) {
  Opened out;
  out.file.database = context.open_database(Access::read);
  const DatabaseInfo info = out.file.database->info();
  out.side = database_side(*out.file.database, fmt::format("{} ({})", info.name, info.location),
                           context.stop);
  return out;
}

Opened open(const std::string& word, Context& context) {
  Opened out;
  if (is_database_address(word))
    out.file.database = context.open_address(word, Access::read);
  else if (holds_database(word))
    out.file = open_file_database(word, context);
  out.side = out.file.database
                 ? database_side(*out.file.database, redacted(word), context.stop)
                 : export_side(open_bytes(word, context.stop), word == kStdin ? "stdin" : word,
                               context.reporter, context.stop);
  return out;
}

Error problem_of(const DiffReport& report, const DiffSide& a, const DiffSide& b) {
  const std::size_t tables = report.differing_tables();
  const std::string what =
      tables == 0 ? "the version of the schema"
                  : fmt::format("{} of {}", tables,
                                plural(static_cast<std::int64_t>(tables_of(report)), "table"));
  return Error(ErrorKind::check, fmt::format("{} and {} differ: {}", a.description().name,
                                             b.description().name, what));
}

}  // namespace

Outcome run(const Options& options, Context& context) {
  if (options.a == kStdin && options.b == kStdin)
    throw Error(ErrorKind::usage, "A and B can't both be standard input")
        .hint("give one of them as a file");
  const Opened a = options.b.empty() ? open_configured(context) : open(options.a, context);
  const Opened b = open(options.b.empty() ? options.a : options.b, context);
  DiffOptions what = options.what;
  what.schema = !options.rows_only;
  what.rows = !options.schema_only;
  const DiffReport report = diff(*a.side, *b.side, what, context.reporter, context.stop);
  Outcome outcome;
  outcome.result = value_of(report, *a.side, *b.side);
  outcome.text = text_of(report, *a.side, *b.side);
  if (!report.equal()) outcome.problem = problem_of(report, *a.side, *b.side);
  return outcome;
}

}  // namespace dbkeeper::diff_command
