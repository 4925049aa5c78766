// dbkeeper.toml: where it is, and its keys and values as they stand there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/environment.h"

namespace dbkeeper::cli {

struct ConfigValue {
  enum class Kind { text, integer, real, boolean, other };
  Kind kind = Kind::other;
  std::string text;  // "app", "4", "true"; empty for other
};

struct ConfigEntry {
  std::string table;  // empty at the top of the file
  std::string key;
  std::vector<ConfigValue> values;  // one, unless `list`
  bool list = false;
  std::int64_t line = 0;
};

struct ConfigTable {
  std::string name;
  std::int64_t line = 0;
};

struct ConfigFile {
  std::string name;  // as it is shown: "dbkeeper.toml", "/home/ann/.config/dbkeeper/dbkeeper.toml"
  std::vector<ConfigTable> tables;
  std::vector<ConfigEntry> entries;
};

// The file to read: `option` (--config) if it is given, else dbkeeper.toml in the current folder,
// else the user's own; nothing if there is none.
std::optional<std::filesystem::path> find_config_file(const std::string& option,
                                                      const Environment& environment);

// Error(usage) with line and column where it isn't TOML.
ConfigFile parse_config(std::string_view text, std::string name);

// Requires: from find_config_file().
ConfigFile read_config_file(const std::filesystem::path& path);

}  // namespace dbkeeper::cli
