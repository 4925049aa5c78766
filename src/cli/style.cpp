#include "cli/style.h"

#include <unistd.h>

namespace dbkeeper::cli {
namespace {

bool is_true_terminal(const Environment& environment) {
  const std::string* kind = find_variable(environment, "TERM");
  return isatty(STDERR_FILENO) != 0 && (kind == nullptr || *kind != "dumb");
}

Style::Show progress_of(const Globals& globals, bool terminal) {
  if (globals.progress == "never" || globals.quiet) return Style::Show::never;
  if (terminal && globals.log_format == "text") return Style::Show::redrawn;
  return globals.progress == "always" ? Style::Show::lines : Style::Show::never;
}

}  // namespace

Style style_of(const Globals& globals, const Environment& environment) {
  const bool terminal = is_true_terminal(environment);
  Style style;
  style.json = globals.json;
  style.json_lines = globals.log_format == "json";
  style.quiet = globals.quiet;
  style.verbose = globals.verbose && !globals.quiet;
  style.color = globals.color == "always" || (globals.color == "auto" && terminal);
  style.progress = progress_of(globals, terminal);
  return style;
}

Style early_style(const Arguments& arguments) {
  Globals guess;
  guess.json = arguments.has("--json");
  if (arguments.value_of("--log-format") == "json") guess.log_format = "json";
  const std::string_view color = arguments.value_of("--color");
  const Environment environment = process_environment();
  if (color == "always" || color == "never")
    guess.color = color;
  else if (find_variable(environment, "NO_COLOR") != nullptr)
    guess.color = "never";
  return style_of(guess, environment);
}

}  // namespace dbkeeper::cli
