// The options that every command understands.
#pragma once

#include <chrono>
#include <string>

namespace CLI {
class App;
}

namespace dbkeeper::cli {

struct Globals {
  std::string db;  // as given with --db alone; other places are looked up when it is needed
  std::string config;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  std::string log_format = "text";
  std::string color = "auto";
  std::string progress = "auto";
  bool yes = false;
  int jobs = 2;
  std::string dir = "./backups";
  std::chrono::milliseconds lock_timeout{10'000};
  std::chrono::milliseconds wait{0};  // for a server that is still starting
  bool no_env_file = false;
  bool help = false;
  bool version = false;
};

// Requires: `globals` outlives the parsing.
void add_global_options(CLI::App& app, Globals& globals);

}  // namespace dbkeeper::cli
