// The environment: the process's own, what a .env file adds to it, and secrets mounted as files.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dbkeeper::cli {

using Environment = std::map<std::string, std::string, std::less<>>;

Environment process_environment();

// The value of a variable; null if it isn't set, or empty, which counts as unset.
const std::string* find_variable(const Environment& environment, std::string_view name);

struct Variable {
  std::string value;
  std::string origin;  // "DATABASE_URL", "DATABASE_URL in .env", "DATABASE_URL_FILE"
  bool from_env_file = false;
};

// Variables looked up in the environment first and in a .env file second, each as `NAME` or as
// `NAME_FILE`, the path of a file that holds the value.
class Variables {
 public:
  // Both outlive the object; `env_file` may be null.
  Variables(const Environment& environment, const Environment* env_file)
      : environment_(environment), env_file_(env_file) {}

  bool has(std::string_view name) const;
  // Error(usage) if both forms are set in one place, or the file can't be read.
  std::optional<Variable> find(std::string_view name) const;

 private:
  const Environment& environment_;
  const Environment* env_file_;
};

}  // namespace dbkeeper::cli
