// A run of the command line from its words to its exit code.
#pragma once

namespace dbkeeper::cli {

// Never throws. Passwords in `argv` are overwritten. Requires: called once, with no other thread.
int run(int argc, char** argv);

}  // namespace dbkeeper::cli
