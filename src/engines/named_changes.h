// Two lists of named things compared, for structure_changes() (engines/structure.h).
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

namespace dbkeeper {

// Each by a name that says what it is: "the index orders_by_day"; what it holds is compared.
using NamedThings = std::map<std::string, std::string>;

inline std::vector<std::string> named_changes(const NamedThings& before, const NamedThings& now,
                                              std::size_t most) {
  std::vector<std::string> out;
  const auto add = [&](const std::string& name, std::string_view what) {
    if (out.size() < most) out.push_back(fmt::format("{} {}", name, what));
  };
  for (const auto& [name, content] : before) {
    const auto found = now.find(name);
    if (found == now.end())
      add(name, "is gone");
    else if (found->second != content)
      add(name, "has changed");
  }
  for (const auto& [name, content] : now)
    if (!before.contains(name)) add(name, "is new");
  return out;
}

}  // namespace dbkeeper
