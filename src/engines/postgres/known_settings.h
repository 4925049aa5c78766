// The settings that a server has: pg_dump of a newer one sets some that it doesn't know.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engines/postgres/dump_script.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

class KnownSettings {
 public:
  explicit KnownSettings(Session& session);

  // Without the settings that the server doesn't know.
  std::vector<ScriptEntry> fit(std::vector<ScriptEntry> entries) const;
  // The same of a script's text, where each stays as a comment.
  std::string fit(std::string_view script) const;

 private:
  bool has(const std::string& name) const { return names_.count(name) > 0; }

  std::set<std::string> names_;  // in lower case
  int major_;
};

}  // namespace dbkeeper::postgres
