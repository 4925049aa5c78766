// dbkeeper: see docs/tour.md for a walk through the source.
#include "cli/run.h"

int main(int argc, char** argv) { return dbkeeper::cli::run(argc, argv); }
