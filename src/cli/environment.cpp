#include "cli/environment.h"

#include <fmt/format.h>
#include <unistd.h>

#include "cli/text_file.h"
#include "dbkeeper/base/error.h"

namespace dbkeeper::cli {
namespace {

std::string read_secret(const std::string& variable, const std::string& path) {
  std::string text;
  try {
    text = read_text_file(path);
  } catch (Error& error) {
    throw error.during(fmt::format("reading the file that {} names", variable));
  }
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty())
    throw Error(ErrorKind::usage,
                fmt::format("the file that {} names is empty: {}", variable, path));
  return text;
}

std::optional<Variable> find_in(const Environment& environment, const std::string& name,
                                std::string_view place) {
  const std::string file_name = name + "_FILE";
  const std::string* value = find_variable(environment, name);
  const std::string* path = find_variable(environment, file_name);
  if (value != nullptr && path != nullptr)
    throw Error(ErrorKind::usage, fmt::format("both {} and {} are set{}", name, file_name, place))
        .hint("unset one of them");
  if (value != nullptr) return Variable{*value, fmt::format("{}{}", name, place)};
  if (path != nullptr)
    return Variable{read_secret(file_name, *path), fmt::format("{}{}", file_name, place)};
  return std::nullopt;
}

bool has_in(const Environment& environment, std::string_view name) {
  return find_variable(environment, name) != nullptr ||
         find_variable(environment, fmt::format("{}_FILE", name)) != nullptr;
}

}  // namespace

Environment process_environment() {
  Environment out;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos)
      out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

const std::string* find_variable(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() || found->second.empty() ? nullptr : &found->second;
}

bool Variables::has(std::string_view name) const {
  return has_in(environment_, name) || (env_file_ != nullptr && has_in(*env_file_, name));
}

std::optional<Variable> Variables::find(std::string_view name) const {
  if (auto variable = find_in(environment_, std::string(name), "")) return variable;
  if (env_file_ == nullptr) return std::nullopt;
  auto variable = find_in(*env_file_, std::string(name), " in .env");
  if (variable) variable->from_env_file = true;
  return variable;
}

}  // namespace dbkeeper::cli
