#include "dbkeeper/base/environment.h"

#include <unistd.h>

#include <cstdlib>
#include <map>

extern char** environ;

namespace dbkeeper {
namespace {

// As the environment itself, one of the process.
std::map<std::string, std::string>& withdrawn() {
  static std::map<std::string, std::string> variables;
  return variables;
}

}  // namespace

void withdraw_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (!value) return;
  withdrawn()[name] = value;
  ::unsetenv(name.c_str());
}

std::string inherited_variable(const std::string& name) {
  if (const char* value = std::getenv(name.c_str())) return value;
  const auto known = withdrawn().find(name);
  return known == withdrawn().end() ? std::string() : known->second;
}

std::vector<std::string> inherited_environment() {
  std::vector<std::string> out;
  for (char** entry = environ; entry && *entry; ++entry) out.emplace_back(*entry);
  for (const auto& [name, value] : withdrawn()) out.push_back(name + "=" + value);
  return out;
}

}  // namespace dbkeeper
