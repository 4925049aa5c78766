#include "cli/option_binding.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/url.h"

namespace dbkeeper::cli {
namespace {

bool is_choice(const OptionInfo& info, const std::string& value) {
  return std::ranges::find(info.choices, value) != info.choices.end();
}

// What is allowed, as far as the option itself says.
std::string demand(const OptionInfo& info) {
  if (!info.choices.empty()) return "is not one of " + join(info.choices, ", ");
  const std::string range = info.range.empty() ? "" : " from " + info.range;
  if (info.takes == OptionInfo::Takes::integer) return "is not a whole number" + range;
  if (info.takes == OptionInfo::Takes::real) return "is not a number" + range;
  return "";
}

// CLI11's own words without the option's name before them.
std::string_view detail(std::string_view message, std::string_view name) {
  if (message.starts_with(name)) message.remove_prefix(name.size());
  if (message.starts_with(": ")) message.remove_prefix(2);
  return message;
}

Error refusal(const OptionInfo& info, const Assignment& given, const CLI::ParseError& error) {
  auto culprit = given.values.begin();
  if (!info.choices.empty())
    culprit = std::ranges::find_if_not(given.values, [&](auto& v) { return is_choice(info, v); });
  if (culprit == given.values.end()) culprit = given.values.begin();
  const std::string wanted = demand(info);
  const std::string what = wanted.empty() ? std::string(detail(error.what(), info.key()))
                                          : fmt::format("'{}' {}", redacted(*culprit), wanted);
  if (given.origin.line == 0)
    return Error(ErrorKind::usage, fmt::format("{}: {}", info.key(), what));
  return Error(ErrorKind::usage, fmt::format("{}: {}: {}", given.origin.text, info.name, what))
      .line(given.origin.line);
}

void assign_values(CLI::App& app, const OptionInfo& info, const Assignment& given) {
  CLI::Option* option = app.get_option(info.key());
  try {
    for (const std::string& value : given.values) option->add_result(value);
    option->run_callback();
  } catch (const CLI::ParseError& error) {
    throw refusal(info, given, error);
  }
}

}  // namespace

void assign_values(CLI::App& app, const std::vector<OptionInfo>& options,
                   const std::vector<Assignment>& assignments) {
  for (const Assignment& given : assignments)
    for (const OptionInfo& info : options)
      if (info.key() == given.key) assign_values(app, info, given);
}

void check_together(CLI::App& app, const std::vector<OptionInfo>& options) {
  for (const OptionInfo& info : options) {
    if (!info.required || app.get_option(info.key())->count() > 0) continue;
    const std::string name = info.positional.empty() ? "option " + info.key() : info.positional;
    throw Error(ErrorKind::usage,
                info.choices.empty()
                    ? fmt::format("{} is missing", name)
                    : fmt::format("{} is missing: one of {}", name, join(info.choices, ", ")));
  }
  try {
    std::vector<std::string> nothing_left;
    app.parse(nothing_left);
  } catch (const CLI::ParseError& error) {
    throw Error(ErrorKind::usage, error.what());
  }
}

}  // namespace dbkeeper::cli
