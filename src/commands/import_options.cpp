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

}  // namespace dbkeeper::import_command
