// The shape of a subcommand: options, what they mean on the command line, and a run. The command
// line builds the options of the one that was called, parses, and runs it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/base/value.h"
#include "dbkeeper/engines/connect.h"

namespace CLI {
class App;
}

namespace dbkeeper {

// What the global options, environment and config file settled, as commands need it.
struct Settings {
  bool json = false;  // --json: the result is shown as JSON, `Outcome::text` isn't
  bool yes = false;
  int jobs = 2;
  std::string backup_dir = "./backups";
  std::chrono::milliseconds lock_timeout{10'000};
};

// An option's value and where it came from, as `dbkeeper config` shows it; secrets are hidden.
struct Setting {
  std::string command;  // empty for a global option
  std::string name;
  Value value;         // null if there is none
  std::string origin;  // "--jobs", "DATABASE_URL in .env", "dbkeeper.toml:3", "default"
};

// The word that a user gives before data are destroyed: typed on the terminal or as --confirm.
// --yes stands for it.
struct Confirmation {
  std::string phrase;  // what it has to be: "DELETE ALL DATA", a database's name
  std::string given;   // with --confirm; empty: it wasn't given
  std::string needed;  // what needs it, for messages: "--mode clean"
};

// What an exception means that ends a command.
enum class Standing {
  untouched,  // the database is as it was
  altered,    // it may not be
  done        // all that was asked for is done: only telling of it fails
};

// What a command works with. Lives as long as the run.
struct Context {
  const Settings& settings;
  Reporter& reporter;
  const Stop& stop;
  // Opens the database that --db, the environment or the config file name; Error(usage) if none do.
  std::function<std::unique_ptr<Database>(Access)> open_database;
  // The words behind `--`, for a command that runs another one.
  std::vector<std::string> passed_words = {};
  // Every setting of every command.
  std::function<std::vector<Setting>()> explain_settings = {};
  // Opens the database of an address that stands beside --db; its secrets are never shown.
  std::function<std::unique_ptr<Database>(const std::string& address, Access)> open_address = {};
  // Which database that is, told without opening it.
  std::function<NamedDatabase()> named_database = {};
  // The address itself, secrets included: `given`, or, if that is empty, the one that open_database
  // would open. Whatever is printed later is clean of its secrets.
  std::function<std::string(const std::string& given)> address_of = {};
  // For what engines offer beyond a Database (engines/lock.h, engines/scratch.h).
  std::function<OpenOptions(Access)> open_options = {};
  // All variables that a program started from here would see: the environment's, and those of .env
  // that the environment doesn't have, since programs read that by themselves. Secrets are in it.
  std::function<std::vector<std::pair<std::string, std::string>>()> program_environment = {};
  // What takes a backup of this description: the database of that address, or, if it is empty, the
  // one that open_database would open; it needn't exist yet. The description outlives it.
  std::function<std::unique_ptr<RestoreTarget>(
      const std::string& address, const BackupDescription& description, const RestoreOptions&)>
      open_target = {};
  // Error(refused) where confirm() is bound to end in one: another phrase was given, or there is
  // neither an answer nor a terminal to ask on. For the beginning, before anything takes long.
  std::function<void(const Confirmation&)> check_confirmation = {};
  // Returns once the user has agreed; asks on the terminal if need be, even if stdin is a file.
  // Error(refused) if the user doesn't agree. `question` is called where it is asked, and says what
  // will happen to what, in whole lines.
  std::function<void(const Confirmation&, const std::function<std::string()>& question)> confirm =
      {};
  // A line that the user types on the terminal in answer to a question that destroys nothing;
  // nothing where there is no terminal, or --yes says that nobody is there.
  std::function<std::optional<std::string>(const std::string& question)> ask = {};
  // Where the command stands from now on; untouched at first.
  std::function<void(Standing)> now = [](Standing) {};
};

// What a command found out. The command line prints it: `text` to stdout, or `result` within the
// JSON report, then `problem`, which decides the exit code.
struct Outcome {
  Value result = Value::object();
  std::string text;
  // The result itself, as a JSON document without the report around it, takes the place of `text`.
  bool text_is_result = false;
  std::optional<Error> problem;
  // The command wrote to stdout itself: whatever there is to report goes to stderr.
  bool stdout_is_taken = false;
};

// A command ready to be parsed and run, its options inside.
struct Command {
  std::function<void(CLI::App&)> add_options;
  std::function<Outcome(Context&)> run;
};

// Joins a command's three parts: `Options`, `add_options(CLI::App&, Options&)` and
// `run(const Options&, Context&)`, all in the namespace of Options.
template <class Options>
Command make_command() {
  auto options = std::make_shared<Options>();
  return {[options](CLI::App& app) { add_options(app, *options); },
          [options](Context& context) { return run(std::as_const(*options), context); }};
}

struct CommandEntry {
  std::string_view name;
  std::string_view summary;  // a line in --help
  Command (*make)();
  std::string_view description = {};  // what --help says beyond the summary; lines as they are
  std::string_view examples = {};     // a command a line
  bool passes_words = false;   // words behind `--` are Context::passed_words, not positionals
  bool needs_settings = true;  // false: works whatever environment and config file say
};

// Every command below the command line, in the order of --help.
const std::vector<CommandEntry>& commands();

}  // namespace dbkeeper
