#include "commands/undo_command.h"

#include <fmt/format.h>

#include "dbkeeper/base/shell.h"
#include "dbkeeper/base/url.h"

namespace dbkeeper {
namespace {

// As settings show an address with a password: no server would take it.
bool has_hidden_secret(const std::string& text) { return text.find("***") != std::string::npos; }

std::string restore_command(const std::string& what, const Context& context,
                            const std::string& to) {
  std::string line = "dbkeeper restore " + what, remark;
  const auto add = [&](std::string_view option, const std::string& value) {
    if (has_hidden_secret(value))
      remark = to.empty() ? "  # with the same --db" : "  # with the address of --to as --db";
    else
      line += fmt::format(" --{} {}", option, shell_word(value));
  };
  for (const Setting& setting : context.explain_settings()) {
    const bool place = (setting.name == "db" && to.empty()) || setting.name == "dir";
    const auto* value = std::get_if<std::string>(&setting.value.data());
    if (!place || !value || !setting.command.empty() || setting.origin != "--" + setting.name)
      continue;
    add(setting.name, *value);
  }
  if (!to.empty()) add("db", redacted(to));
  return line + remark;
}

}  // namespace

std::string undo_command(const Context& context, const std::string& to) {
  return restore_command("--undo", context, to);
}

std::string restore_command_of(const std::string& file, const Context& context) {
  return restore_command(shell_word(file), context, {});
}

}  // namespace dbkeeper
