#include "commands/undo_command.h"

#include <fmt/format.h>

#include "dbkeeper/base/shell.h"

namespace dbkeeper {
namespace {

// As settings show an address with a password: no server would take it.
bool has_hidden_secret(const std::string& text) { return text.find("***") != std::string::npos; }

std::string restore_command(const std::string& what, const Context& context) {
  std::string line = "dbkeeper restore " + what, remark;
  for (const Setting& setting : context.explain_settings()) {
    const bool place = setting.name == "db" || setting.name == "dir";
    const auto* value = std::get_if<std::string>(&setting.value.data());
    if (!place || !value || !setting.command.empty() || setting.origin != "--" + setting.name)
      continue;
    if (has_hidden_secret(*value))
      remark = "  # with the same --db";
    else
      line += fmt::format(" --{} {}", setting.name, shell_word(*value));
  }
  return line + remark;
}

}  // namespace

std::string undo_command(const Context& context) { return restore_command("--undo", context); }

std::string restore_command_of(const std::string& file, const Context& context) {
  return restore_command(shell_word(file), context);
}

}  // namespace dbkeeper
