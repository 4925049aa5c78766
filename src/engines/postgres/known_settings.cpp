#include "engines/postgres/known_settings.h"

#include <fmt/format.h>

namespace dbkeeper::postgres {
namespace {

constexpr int kMajor = 10000;

}  // namespace

// The view leaves out those that have no value to show.
KnownSettings::KnownSettings(Session& session) : major_(session.server_version() / kMajor) {
  for (const auto& row :
       session.query("SELECT lower(name) FROM pg_catalog.pg_settings "
                     "UNION VALUES ('role'), ('seed'), ('session_authorization')"))
    names_.insert(row[0].c_str());
}

std::vector<ScriptEntry> KnownSettings::fit(std::vector<ScriptEntry> entries) const {
  for (ScriptEntry& entry : entries)
    std::erase_if(entry.settings, [&](const std::string& statement) {
      const std::string name = setting_of(statement);
      return !name.empty() && !has(name);
    });
  return entries;
}

std::string KnownSettings::fit(std::string_view script) const {
  std::string out;
  std::size_t at = 0;
  for (const ScriptSetting& setting : settings_in(script)) {
    if (has(setting.name)) continue;
    out += script.substr(at, setting.begin - at);
    std::string statement(script.substr(setting.begin, setting.end - setting.begin));
    for (char& c : statement)
      if (c == '\n' || c == '\r') c = ' ';
    out +=
        fmt::format("-- left out, since PostgreSQL {} has no such setting: {}", major_, statement);
    at = setting.end;
    if (at < script.size() && script[at] != '\n') out += '\n';
  }
  return out.append(script.substr(at));
}

}  // namespace dbkeeper::postgres
