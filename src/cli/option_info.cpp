#include "cli/option_info.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "dbkeeper/base/text.h"

namespace dbkeeper::cli {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t at = text.find(separator);
    out.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

// CLI11 appends to the type's name what its validators say: `TEXT:{auto,always}` (IsMember),
// `INT:INT in [1 - 64]` (Range).
void read_type(std::string_view type, OptionInfo& info) {
  const std::string_view base = type.substr(0, type.find(':'));
  if (base == "INT" || base == "UINT")
    info.takes = OptionInfo::Takes::integer;
  else if (base == "FLOAT")
    info.takes = OptionInfo::Takes::real;
  info.value = info.takes == OptionInfo::Takes::text ? std::string(base) : "N";

  const std::size_t open = type.find(":{"), close = type.rfind('}');
  if (open != std::string_view::npos && close != std::string_view::npos && close > open + 2) {
    info.choices = split(type.substr(open + 2, close - open - 2), ',');
    if (base == "TEXT") info.value = join(info.choices, "|");
  }
  const std::size_t from = type.find(" in ["), dash = type.find(" - ", from);
  if (from != std::string_view::npos && dash != std::string_view::npos && type.ends_with(']')) {
    info.range.append(type.substr(from + 5, dash - from - 5)).append(" to ");
    info.range.append(type.substr(dash + 3, type.size() - dash - 4));
  }
}

OptionInfo describe(const CLI::Option& option) {
  OptionInfo info;
  if (!option.get_lnames().empty()) info.name = option.get_lnames().front();
  if (!option.get_snames().empty()) info.letter = option.get_snames().front().front();
  if (option.get_positional()) info.positional = option.get_name(true);
  if (option.get_items_expected_max() == 0)
    info.takes = OptionInfo::Takes::nothing;
  else
    read_type(option.get_type_name(), info);
  if (!info.choices.empty() && option.get_items_expected_min() == 0)
    info.implied = info.choices.front();
  info.default_text = option.get_default_str();
  info.description = option.get_description();
  info.repeatable = option.get_expected_max() > 1 ||
                    option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
  if (info.repeatable && info.default_text == "[]") info.default_text.clear();
  info.required = option.get_required();
  info.global = option.get_group() == kGlobalGroup;
  return info;
}

const OptionInfo* find(const std::vector<OptionInfo>& options, auto matches) {
  const auto found = std::ranges::find_if(options, matches);
  return found == options.end() ? nullptr : &*found;
}

}  // namespace

bool OptionInfo::wants_path() const {
  for (const std::string_view word : {"FILE", "DIR", "FOLDER", "PATH", "URL"})
    if (value.find(word) != std::string::npos || positional.find(word) != std::string::npos)
      return true;
  return false;
}

std::vector<OptionInfo> describe(const CLI::App& app) {
  std::vector<OptionInfo> out;
  for (const CLI::Option* option : app.get_options())
    if (!option->get_group().empty()) out.push_back(describe(*option));
  return out;
}

const OptionInfo* find_long(const std::vector<OptionInfo>& options, std::string_view name) {
  return name.empty() ? nullptr
                      : find(options, [&](const auto& info) { return info.name == name; });
}

const OptionInfo* find_short(const std::vector<OptionInfo>& options, char letter) {
  return find(options, [&](const auto& info) { return info.letter != 0 && info.letter == letter; });
}

std::vector<std::string> long_names(const std::vector<OptionInfo>& options) {
  std::vector<std::string> out;
  for (const OptionInfo& info : options)
    if (!info.name.empty()) out.push_back("--" + info.name);
  return out;
}

}  // namespace dbkeeper::cli
