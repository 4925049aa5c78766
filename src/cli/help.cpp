#include "cli/help.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/address.h"
#include "cli/command_table.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper::cli {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kIndent = 30;  // where descriptions start

constexpr std::string_view kExitCodes = R"(
Exit codes:
  0    done
  1    failed, and the database is as it was
  2    wrong usage or configuration
  3    cannot connect or open
  4    an input file is invalid, truncated or of an unknown version
  5    the data conflicts with what is there
  6    a check, drill or comparison found a problem
  7    refused: not confirmed, or a lock not got in time
  8    a wrapped command failed and the database is not as it was
  130  interrupted (SIGINT), 143: terminated (SIGTERM)
)";

std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (column > indent && column + 1 + word.size() > kWidth) {
      out += fmt::format("\n{:{}}", "", indent);
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out;
}

// `label` on the left, the description beside it, or below it if the label is too wide.
std::string entry(std::string_view label, std::string_view description) {
  if (label.size() + 2 > kIndent)
    return fmt::format("{}\n{:{}}{}\n", label, "", kIndent, wrapped(description, kIndent));
  return fmt::format("{:<{}}{}\n", label, kIndent, wrapped(description, kIndent));
}

std::string label_of(const OptionInfo& info) {
  if (info.name.empty()) return "  " + info.positional;
  std::string label = info.letter != 0 ? fmt::format("  -{}, ", info.letter) : "      ";
  label += "--" + info.name;
  if (info.takes_next_word())
    label += " " + info.value;
  else if (!info.implied.empty())
    label += "[=" + info.value + "]";
  return label;
}

std::string description_of(const OptionInfo& info) {
  std::string text = info.description;
  if (!info.range.empty()) text += ", " + info.range;
  if (info.repeatable && !info.name.empty()) text += " (repeatable)";
  if (!info.flag() && !info.default_text.empty()) text += fmt::format(" [{}]", info.default_text);
  return text;
}

std::string section(std::string_view title, const std::vector<OptionInfo>& options, auto belongs) {
  std::string out;
  for (const OptionInfo& info : options)
    if (belongs(info)) out += entry(label_of(info), description_of(info));
  return out.empty() ? "" : fmt::format("\n{}:\n{}", title, out);
}

std::string global_section(const std::vector<OptionInfo>& options) {
  return section(kGlobalGroup, options, [](const auto& info) { return info.global; });
}

std::string usage_of(const CommandEntry& command, const std::vector<OptionInfo>& options) {
  std::string out = fmt::format("Usage: dbkeeper {} [OPTIONS]", command.name);
  for (const OptionInfo& info : options) {
    if (info.positional.empty()) continue;
    const std::string name = info.positional + (info.repeatable ? "..." : "");
    out += info.required ? " " + name : fmt::format(" [{}]", name);
  }
  if (command.passes_words) out += " [-- COMMAND...]";
  return out + "\n";
}

std::string examples_of(const CommandEntry& command) {
  std::string out;
  for (std::string_view rest = command.examples; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    out += fmt::format("  {}\n", line);
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return out.empty() ? "" : "\nExamples:\n" + out;
}

}  // namespace

std::string main_help() {
  std::string out =
      "dbkeeper keeps the data of an application safe through every schema change.\n\n"
      "Usage: dbkeeper [OPTIONS] COMMAND [OPTIONS]\n\nCommands:\n";
  for (const CommandEntry& command : all_commands())
    out += entry(fmt::format("  {}", command.name), command.summary);
  out += global_section(global_options());
  out += "\nWhich database: ";
  out += wrapped(ways_to_name_a_database(), 16) + ".\n";
  out += kExitCodes;
  return out + "\n'dbkeeper help COMMAND' tells more about a command.\n";
}

std::string command_help(const CommandEntry& command) {
  const std::vector<OptionInfo> options = options_of(command);
  std::string out = wrapped(fmt::format("dbkeeper {}: {}", command.name, command.summary), 0);
  out += "\n\n" + usage_of(command, options);
  if (!command.description.empty()) out += fmt::format("\n{}\n", command.description);
  out += section("Arguments", options,
                 [](const auto& info) { return !info.global && info.name.empty(); });
  out += section("Options", options,
                 [](const auto& info) { return !info.global && !info.name.empty(); });
  out += global_section(options);
  return out + examples_of(command);
}

namespace help_command {

void add_options(CLI::App& app, Options& options) {
  app.add_option("COMMAND", options.command, "the command to tell more about");
}

Outcome run(const Options& options, Context&) {
  Outcome outcome;
  if (options.command.empty()) {
    outcome.text = main_help();
  } else if (const CommandEntry* command = find_command_entry(options.command)) {
    outcome.text = command_help(*command);
  } else {
    throw Error(ErrorKind::usage, fmt::format("unknown command '{}'{}", options.command,
                                              did_you_mean(options.command, command_names())))
        .hint("dbkeeper help lists the commands");
  }
  outcome.result.set("help", outcome.text);
  return outcome;
}

}  // namespace help_command
}  // namespace dbkeeper::cli
