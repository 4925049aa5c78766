// How the command line shows things, as options, environment and terminal settled it.
#pragma once

#include "cli/arguments.h"
#include "cli/environment.h"
#include "cli/globals.h"

namespace dbkeeper::cli {

struct Style {
  enum class Show { never, redrawn, lines };

  bool json = false;        // the report on stdout
  bool json_lines = false;  // each line on stderr
  bool quiet = false;
  bool verbose = false;
  bool color = false;
  Show progress = Show::never;
};

// From settled options.
Style style_of(const Globals& globals, const Environment& environment);

// A guess for errors that happen before options are parsed.
Style early_style(const Arguments& arguments);

}  // namespace dbkeeper::cli
