#include "commands/undo_command.h"

#include "dbkeeper/base/shell.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper {

std::vector<std::string> words_for_place(const Context& context) {
  std::vector<std::string> out;
  for (const Setting& setting : context.explain_settings()) {
    const bool place = setting.name == "db" || setting.name == "dir";
    if (!setting.command.empty() || !place || setting.origin != "--" + setting.name) continue;
    if (const auto* value = std::get_if<std::string>(&setting.value.data()))
      out.insert(out.end(), {"--" + setting.name, *value});
  }
  return out;
}

std::string command_line(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  for (const std::string& word : words) quoted.push_back(shell_word(word));
  return join(quoted, " ");
}

std::string undo_command(const Context& context) {
  std::vector<std::string> words = {"dbkeeper", "restore", "--undo"};
  for (std::string& word : words_for_place(context)) words.push_back(std::move(word));
  return command_line(words);
}

}  // namespace dbkeeper
