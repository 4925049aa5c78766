#include "commands/restore_question.h"

#include "commands/text_line.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper::restore_command {
namespace {

Confirmation confirmation_of(const Options& options, const RestorePlace& place) {
  return {place.name, options.confirm, "restore"};
}

std::string what_is_there(const RestorePlace& place, bool keeps_old) {
  if (!place.exists) return "There is no such database yet.\n";
  std::string text = text_line("What is there now ({}) {}", human_size(place.bytes),
                               keeps_old ? "stays beside it under another name."
                                         : "is replaced, once a safety backup of it is proven.");
  for (const std::string& session : place.sessions) text += text_line("  in use: {}", session);
  return text;
}

}  // namespace

void ask(const Options& options, Context& context, const RestorePlace& place,
         const std::function<std::string()>& question) {
  if (place.exists) context.confirm(confirmation_of(options, place), question);
}

std::string restore_question(const BackupArchive& archive, const RestorePlace& place,
                             bool keeps_old) {
  const BackupDescription& backup = archive.description();
  return text_line("This restores the {} database '{}' at {}", backup.engine, place.name,
                   place.location) +
         text_line("from {}", archive.path().string()) +
         text_line("  of '{}', {}, label {}, {} in {}, {}.", backup.database, backup.time,
                   backup.label, plural(static_cast<std::int64_t>(backup.rows()), "row"),
                   plural(static_cast<std::int64_t>(backup.tables.size()), "table"),
                   human_size(static_cast<std::int64_t>(archive.bytes()))) +
         what_is_there(place, keeps_old);
}

std::string undo_question(const std::string& what, const std::string& from,
                          const RestorePlace& place, bool keeps_old) {
  return text_line("This takes back the {},", what) +
         text_line("and puts the database '{}' at {} back from", place.name, place.location) +
         text_line("  {}", from) + what_is_there(place, keeps_old);
}

// By default what the last but one restore put aside stays as well: after two in a row the first
// state is still there.
RestoreOptions way_of(const Options& options, const Context& context) {
  constexpr int kKept = 2;
  return {.jobs = context.settings.jobs,
          .end_sessions = !options.no_terminate,
          .keep_old = options.keep_old.value_or(kKept),
          .in_place = options.in_place};
}

}  // namespace dbkeeper::restore_command
