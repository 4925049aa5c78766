// Asking for the word without which nothing is destroyed.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cli/log.h"
#include "cli/redactor.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/commands/command.h"

namespace dbkeeper::cli {

// Context::check_confirmation, Context::confirm and Context::ask. The question goes to the terminal
// itself, not to stdout or stderr, which may be files; what was typed before it is no answer.
class Confirmer {
 public:
  // `yes`: the user has agreed to whatever is asked. All of them outlive it.
  Confirmer(bool yes, Log& log, const Redactor& redactor, const Stop& stop)
      : yes_(yes), log_(log), redactor_(redactor), stop_(stop) {}

  void check(const Confirmation& needed) const;
  void confirm(const Confirmation& needed, const std::function<std::string()>& question) const;
  std::optional<std::string> ask(const std::string& question) const;

 private:
  bool is_given(const Confirmation& needed) const;
  std::string answer(const std::string& question) const;

  bool yes_;
  Log& log_;
  const Redactor& redactor_;
  const Stop& stop_;
};

}  // namespace dbkeeper::cli
