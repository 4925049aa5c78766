// One run of the command line: what was called, with which settings, and what came of it.
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/address.h"
#include "cli/arguments.h"
#include "cli/assignment.h"
#include "cli/command_table.h"
#include "cli/config_file.h"
#include "cli/env_file.h"
#include "cli/log.h"
#include "cli/redactor.h"
#include "cli/style.h"
#include "dbkeeper/engines/target.h"

namespace dbkeeper::cli {

class Session {
 public:
  explicit Session(Arguments arguments);

  // Does it all and returns the exit code; errors are shown, not thrown.
  int run();

 private:
  struct Call;

  void learn_words();
  Outcome carry_out();
  // What came of a command that an exception ended.
  Outcome ended_by(const std::exception_ptr& thrown);
  const CommandEntry& called_command(std::size_t at) const;
  [[noreturn]] void complain_of_no_command();
  // Where a command that runs another one was given that without the -- before it.
  void complain_of_words_not_passed(const Call& call, const std::vector<std::string>& words) const;
  void load_config(const std::vector<Assignment>& given);
  void warn_of_readable_password(const std::filesystem::path& path);
  void settle(Call& call, const std::vector<Assignment>& given);
  Outcome run_command(Call& call);

  // Each is settled when it is first asked for, and stays what it is: no file is read again.
  const Target& target(const Globals& globals, const std::string& given);
  std::optional<Address> address(const Globals& globals);
  const Environment& env_file();
  Target resolved(const Address& named) const;
  void tell_origin(Error& error) const;

  std::optional<Address> found_address(const Globals& globals,
                                       const std::function<Environment()>& env_file);
  bool is_still_named(const Globals& globals, const Target& target);
  EnvFile read_env_file() const;
  std::vector<std::pair<std::string, std::string>> program_environment();
  std::vector<Setting> explain_settings(const Call& call);

  int show(Outcome& outcome) noexcept;
  // The exit code where no memory is left for words.
  int fall_silent() const noexcept;
  // The exit code, which a report that can't be written changes only where that was all there was
  // to do.
  int report(const Outcome& outcome, int code);

  Arguments arguments_;
  Environment environment_;
  Redactor redactor_;
  Style style_;
  Log log_;
  Stop stop_;
  std::string command_;  // empty until it is understood
  Standing standing_ = Standing::untouched;
  bool shows_ = true;  // what is printed was asked for; else it tells what was done
  std::optional<ConfigFile> config_;
  std::optional<Environment> env_file_;
  std::optional<Address> address_;
  std::map<std::string, Target, std::less<>> targets_;  // by what was given; the empty one: --db's
  std::string origin_;                                  // of the one that was asked for last
};

}  // namespace dbkeeper::cli
