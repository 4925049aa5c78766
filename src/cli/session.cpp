#include "cli/session.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "cli/config_values.h"
#include "cli/confirmation.h"
#include "cli/env_file.h"
#include "cli/error_report.h"
#include "cli/exit_code.h"
#include "cli/help.h"
#include "cli/option_binding.h"
#include "cli/report.h"
#include "cli/settlement.h"
#include "cli/signals.h"
#include "cli/text_file.h"
#include "cli/word_parser.h"
#include "dbkeeper/base/environment.h"
#include "dbkeeper/base/shell.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/thrown.h"
#include "dbkeeper/base/url.h"
#include "dbkeeper/base/write.h"
#include "dbkeeper/engines/readiness.h"

namespace dbkeeper::cli {
namespace {

Outcome help_outcome(std::string text) {
  Outcome outcome;
  outcome.result.set("help", text);
  outcome.text = std::move(text);
  return outcome;
}

// What doesn't matter enough to fail: stdout has the result.
void write_report_to_stderr(std::string_view text) { write_whole(STDERR_FILENO, text); }

void tell_of_no_memory(int code) {
  write_report_to_stderr(code == 0 ? "warning: done, but no memory was left to report it\n"
                                   : "error: no memory was left to say what failed\n");
}

// What such a command is called for is what it writes: without that it has failed.
bool only_shows(std::string_view command) {
  constexpr std::string_view kThose[] = {"",     "help",    "completion", "config",
                                         "list", "inspect", "diff"};
  return std::ranges::find(kThose, command) != std::end(kThose);
}

// What --quiet leaves: that which the user asked to see.
bool asks_to_see(std::string_view command, const std::vector<Assignment>& given) {
  constexpr std::string_view kOptions[] = {"--dry-run", "--explain", "--list", "--help"};
  return only_shows(command) || command == "check" ||
         std::ranges::any_of(given, [&](const Assignment& assignment) {
           return std::ranges::find(kOptions, assignment.key) != std::end(kOptions) &&
                  assignment.values.front() == "true";
         });
}

std::string value_in(const std::vector<Assignment>& given, std::string_view key) {
  const auto found = std::ranges::find(given, key, &Assignment::key);
  return found == given.end() ? "" : found->values.front();
}

}  // namespace

// The called command with its options and the global ones in one parser.
struct Session::Call {
  explicit Call(const CommandEntry& called) : entry(called), command(called.make()) {
    app.set_help_flag();
    add_global_options(app, globals);
    command.add_options(app);
    options = describe(app);
  }

  const CommandEntry& entry;
  Command command;
  CLI::App app;
  Globals globals;
  std::vector<OptionInfo> options;
  std::vector<Assignment> assignments;  // what holds, defaults aside
};

Session::Session(Arguments arguments)
    : arguments_(std::move(arguments)),
      environment_(process_environment()),
      style_(early_style(arguments_)),
      log_(style_, redactor_) {
  // libpq would read the service's file again for each connection (engines/target.h).
  withdraw_variable("PGSERVICE");
  learn_words();
}

// Whatever takes one for an address, or for a file, may quote it in an error.
void Session::learn_words() {
  for (const std::string& word : arguments_.words) {
    const std::size_t equals = word.starts_with("--") ? word.find('=') : word.npos;
    const std::string text = equals == word.npos ? word : word.substr(equals + 1);
    if (redacted(text) != text) redactor_.learn(text);
  }
}

int Session::run() {
  Outcome outcome;
  try {
    outcome = carry_out();
  } catch (...) {
    try {
      outcome = ended_by(std::current_exception());
    } catch (...) {
      return fall_silent();
    }
  }
  return show(outcome);
}

Outcome Session::ended_by(const std::exception_ptr& thrown) {
  Outcome outcome;
  Error error = as_error(thrown);
  if (standing_ == Standing::done)
    log_.warn("it is done, but not reported: " + error.message());
  else if (standing_ == Standing::altered && error.kind() != ErrorKind::altered)
    outcome.problem =
        Error(ErrorKind::altered, "the database may have been changed: " + error.message())
            .hint("dbkeeper restore --undo takes it back, if it was");
  else
    outcome.problem = std::move(error);
  return outcome;
}

// An address that leads nowhere may come from where nobody looks: a .env of another project.
void Session::tell_origin(Error& error) const {
  if (!origin_.empty())
    error.during(fmt::format("working with the database that {} names", origin_));
}

Outcome Session::carry_out() {
  const bool help = arguments_.has("--help") || arguments_.has("-h");
  const auto at = find_command(arguments_.words, global_options(), command_names());
  if (!at && help) return help_outcome(main_help());
  if (!at) complain_of_no_command();
  const CommandEntry& entry = called_command(*at);
  command_ = entry.name;
  if (help) return help_outcome(command_help(entry));

  Call call(entry);
  std::vector<std::string> words = arguments_.words;
  words.erase(words.begin() + static_cast<std::ptrdiff_t>(*at));
  if (entry.passes_words) complain_of_words_not_passed(call, words);
  const std::vector<std::string> literal =
      entry.passes_words ? std::vector<std::string>() : arguments_.passed;
  const auto given = parse_words(words, literal, call.options, command_);
  if (entry.needs_settings) load_config(given);
  settle(call, given);
  if (call.globals.help) return help_outcome(command_help(entry));
  return run_command(call);
}

const CommandEntry& Session::called_command(std::size_t at) const {
  const std::string& word = arguments_.words[at];
  if (const CommandEntry* entry = find_command_entry(word)) return *entry;
  throw Error(ErrorKind::usage, fmt::format("unknown command '{}'{}", redacted(word),
                                            did_you_mean(word, command_names())))
      .hint("dbkeeper help lists the commands");
}

void Session::complain_of_words_not_passed(const Call& call,
                                           const std::vector<std::string>& words) const {
  const auto takes_words = [](const OptionInfo& info) { return !info.positional.empty(); };
  if (std::ranges::any_of(call.options, takes_words)) return;
  const auto loose = find_loose_word(words, call.options);
  if (!loose) return;
  std::string line = fmt::format("dbkeeper {}", command_);
  const auto add = [&](const std::string& word) { line += " " + shell_word(redacted(word)); };
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i == *loose) line += " --";
    add(words[i]);
  }
  if (!arguments_.passed.empty()) line += " --";
  std::ranges::for_each(arguments_.passed, add);
  throw Error(ErrorKind::usage, fmt::format("'{}': the command that is to be run stands behind --",
                                            redacted(words[*loose])))
      .hint(std::move(line));
}

void Session::complain_of_no_command() {
  parse_words(arguments_.words, {}, global_options(), "");  // an unknown option says more
  if (!style_.json_lines) std::fputs((main_help() + "\n").c_str(), stderr);
  throw Error(ErrorKind::usage, "no command given");
}

void Session::load_config(const std::vector<Assignment>& given) {
  const auto path = find_config_file(value_in(given, "--config"), environment_);
  if (!path) return;
  config_ = read_config_file(*path);
  check_config(*config_);
  if (const auto address = config_address(*config_)) redactor_.learn(address->text);
  warn_of_readable_password(*path);
}

void Session::warn_of_readable_password(const std::filesystem::path& path) {
  const auto address = config_address(*config_);
  struct stat status {};
  if (!address || redacted(address->text) == address->text) return;
  if (stat(path.c_str(), &status) == 0 && (status.st_mode & (S_IRGRP | S_IROTH)) != 0)
    log_.warn(fmt::format("{} holds a password and other users can read it; chmod 600 it",
                          path.string()));
}

// Option, environment, config file, default: the first that says something holds.
void Session::settle(Call& call, const std::vector<Assignment>& given) {
  std::vector<std::vector<Assignment>> sources = {given};
  if (call.entry.needs_settings) sources.push_back(environment_values(environment_));
  if (config_) {
    auto top = config_values(*config_, "", global_options());
    std::erase_if(top, [](const Assignment& value) { return value.key == "--db"; });
    sources.push_back(std::move(top));
    sources.push_back(config_values(*config_, command_, options_of(call.entry)));
  }
  call.assignments = merged(sources);
  assign_values(call.app, call.options, call.assignments);
  shows_ = asks_to_see(command_, call.assignments);
  style_ = style_of(call.globals, environment_);
  log_.set_style(style_);
  check_together(call.app, call.options);
}

Outcome Session::run_command(Call& call) {
  const Globals& globals = call.globals;
  const Settings settings{globals.json, globals.yes, globals.jobs, globals.dir,
                          globals.lock_timeout};
  const auto address_of = [&](const std::string& given) { return target(globals, given).address; };
  const auto options = [&](Access access) {
    return OpenOptions{access, globals.lock_timeout, &log_, &stop_};
  };
  const auto open_address = [&](const std::string& text, Access access) {
    return dbkeeper::open_database(address_of(text), options(access));
  };
  const auto open_target = [&](const std::string& text, const BackupDescription& description,
                               const RestoreOptions& restore) {
    return dbkeeper::begin_restore(address_of(text), description, restore, options(Access::write));
  };
  const Confirmer confirmer(settings.yes, log_, redactor_, stop_);
  Context context{
      .settings = settings,
      .reporter = log_,
      .stop = stop_,
      .open_database = [&](Access access) { return open_address("", access); },
      .passed_words = arguments_.passed,
      .explain_settings = [&] { return explain_settings(call); },
      .open_address = open_address,
      .named_database = [&] { return dbkeeper::named_database(address_of("")); },
      .address_of = address_of,
      .open_options = options,
      .program_environment = [&] { return program_environment(); },
      .open_target = open_target,
      .check_confirmation = [&](const Confirmation& needed) { confirmer.check(needed); },
      .confirm = [&](const Confirmation& needed,
                     const auto& question) { confirmer.confirm(needed, question); },
      .ask = [&](const std::string& question) { return confirmer.ask(question); },
      .now = [this](Standing standing) { standing_ = standing; }};
  std::optional<SignalWatch> watch;
  if (call.entry.needs_settings) watch.emplace(stop_);
  return call.command.run(context);
}

const Target& Session::target(const Globals& globals, const std::string& given) {
  if (const auto known = targets_.find(given); known != targets_.end()) {
    origin_ = known->second.origin;
    require_same(known->second);
    return known->second;
  }
  redactor_.learn(given);
  const auto named = given.empty() ? address(globals) : Address{given, "the command line"};
  if (!named)
    throw Error(ErrorKind::usage, "no database named").hint(std::string(ways_to_name_a_database()));
  origin_ = named->origin;
  Target target = resolved(*named);
  redactor_.learn(target.address);
  log_.debug(
      fmt::format("database {} from {}: {}", redacted(named->text), named->origin, target.shown));
  if (globals.wait.count() > 0)
    await_server(target.address, globals.wait, {.reporter = &log_, .stop = &stop_});
  return targets_.emplace(given, std::move(target)).first->second;
}

Target Session::resolved(const Address& named) const {
  try {
    return resolve_target(named.text, named.origin);
  } catch (Error& error) {
    if (error.kind() == ErrorKind::usage) tell_origin(error);
    throw;
  }
}

std::optional<Address> Session::address(const Globals& globals) {
  if (!address_) address_ = found_address(globals, [this] { return env_file(); });
  return address_;
}

std::optional<Address> Session::found_address(const Globals& globals,
                                              const std::function<Environment()>& env_file) {
  const auto read = [&] { return globals.no_env_file ? Environment() : env_file(); };
  return find_address(
      {globals.db, environment_, read, config_ ? config_address(*config_) : std::nullopt},
      redactor_);
}

bool Session::is_still_named(const Globals& globals, const Target& target) try {
  const auto now = found_address(globals, [this] { return read_env_file().values; });
  return now && resolve_target(now->text).shown == target.shown;
} catch (const Error&) {
  return false;
}

const Environment& Session::env_file() {
  if (env_file_) return *env_file_;
  env_file_.emplace();
  try {
    EnvFile file = read_env_file();
    for (const int line : file.malformed_lines)
      log_.warn(fmt::format(".env line {} is not NAME=value and was skipped", line));
    env_file_ = std::move(file.values);
  } catch (const Error& error) {
    log_.warn(error.message());
  }
  return *env_file_;
}

EnvFile Session::read_env_file() const {
  std::error_code ignored;
  const std::filesystem::path path = ".env";
  if (!std::filesystem::exists(path, ignored) || std::filesystem::is_directory(path, ignored))
    return {};  // a folder of that name is a Python environment
  return parse_env_file(read_text_file(path), environment_);
}

std::vector<std::pair<std::string, std::string>> Session::program_environment() {
  Environment all = environment_;
  all.merge(Environment(env_file()));
  return {all.begin(), all.end()};
}

std::vector<Setting> Session::explain_settings(const Call& call) {
  const auto globals = global_options();
  auto out = settings_of("", globals, call.assignments, address(call.globals));
  if (config_ && call.globals.config.empty()) {
    const auto config = std::ranges::find(out, "config", &Setting::name);
    *config = {"", "config", config_->name, "found"};
  }
  // What led to the database may lead elsewhere by now: then it is told by its own address, which a
  // command that is printed has to say.
  const auto target = targets_.find("");
  if (target != targets_.end() && !is_still_named(call.globals, target->second)) {
    const auto db = std::ranges::find(out, "db", &Setting::name);
    const std::string& file = target->second.file;
    *db = {"", "db", redacted(file.empty() ? target->second.address : file), "--db"};
  }
  for (const CommandEntry& entry : all_commands()) {
    const std::string name(entry.name);
    auto own = options_of(entry);
    std::erase_if(own, [](const OptionInfo& info) { return info.global; });
    const auto given = config_ ? config_values(*config_, name, own) : std::vector<Assignment>();
    std::ranges::copy(settings_of(name, own, given, std::nullopt), std::back_inserter(out));
  }
  return out;
}

// Nothing that goes wrong here undoes what was done: the code says that, whatever becomes of the
// words.
int Session::show(Outcome& outcome) noexcept {
  int code = outcome.problem ? exit_code(outcome.problem->kind(), stop_.signal()) : 0;
  try {
    if (outcome.problem && outcome.problem->kind() == ErrorKind::connection)
      tell_origin(*outcome.problem);
    code = report(outcome, code);
    if (outcome.problem) log_.error(*outcome.problem);
  } catch (...) {
    tell_of_no_memory(code);
  }
  return code;
}

int Session::fall_silent() const noexcept {
  int code = exit_code(ErrorKind::failed, 0);
  if (standing_ == Standing::done) code = 0;
  if (standing_ == Standing::altered) code = exit_code(ErrorKind::altered, 0);
  tell_of_no_memory(code);
  return code;
}

int Session::report(const Outcome& outcome, int code) {
  log_.make_way();
  if (style_.quiet && code == 0 && !shows_ && !style_.json) return code;
  const std::string text = style_.json
                               ? json_report(command_, outcome, code, log_.warnings(), redactor_)
                               : text_report(outcome);
  if (outcome.stdout_is_taken) {
    write_report_to_stderr(text);
    return code;
  }
  const int problem = write_whole(STDOUT_FILENO, text);
  if (problem == 0) return code;
  const std::string what =
      fmt::format("cannot write to standard output: {}", std::strerror(problem));
  if (code == 0 && only_shows(command_)) {
    if (problem != EPIPE) log_.error(Error(ErrorKind::failed, what));
    return 1;
  }
  if (code == 0) log_.warn("it is done, but not reported: " + what);
  return code;
}

}  // namespace dbkeeper::cli
