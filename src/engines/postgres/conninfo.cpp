#include "engines/postgres/conninfo.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/url.h"
#include "engines/postgres/libpq.h"
#include "engines/postgres/postgres.h"

namespace dbkeeper::postgres {
namespace {

[[noreturn]] void refuse(const std::string& what, const std::string& hint) {
  throw Error(ErrorKind::usage, what).hint(hint);
}

const std::set<std::string, std::less<>>& keywords() {
  static const auto known = [] {
    std::set<std::string, std::less<>> out;
    const RawConninfo defaults(PQconndefaults());
    for (const PQconninfoOption* o = defaults.get(); o && o->keyword; ++o) out.insert(o->keyword);
    return out;
  }();
  return known;
}

// "postgresql" of "postgresql+asyncpg://…"; empty if there is no scheme.
std::string dialect(std::string_view address) {
  const std::size_t end = address.find("://");
  if (end == std::string_view::npos) return {};
  const std::string scheme = lower_ascii(address.substr(0, end));
  return scheme.substr(0, scheme.find('+'));
}

void check_port(std::string_view port) {
  int number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number < 1 || number > 65535)
    refuse(fmt::format("'{}' is not a port", port), "a port is a number from 1 to 65535");
}

void check_ports(std::string_view list) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (comma > 0) check_port(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

// Left to libpq's own defaults: a list in which nothing is named.
bool says_nothing(const std::string& list) {
  return list.find_first_not_of(',') == std::string::npos;
}

void take_authority(const Url& url, Conninfo& out) {
  std::string hosts, ports;
  for (const auto& [host, port] : url.hosts) {
    if (&host != &url.hosts.front().first) {
      hosts += ',';
      ports += ',';
    }
    hosts += host;
    ports += port;
  }
  check_ports(ports);
  if (!says_nothing(hosts)) out.set("host", hosts);
  if (!says_nothing(ports)) out.set("port", ports);
  if (!url.user.empty()) out.set("user", url.user);
  if (url.password && !url.password->empty()) out.set("password", *url.password);
  if (url.path.size() > 1) out.set("dbname", url.path.substr(1));
}

// What JDBC (ssl=true) and asyncpg (ssl=require) say for sslmode; empty if it is neither's.
std::string ssl_mode(const std::string& value) {
  static const std::set<std::string> modes = {"disable", "allow",     "prefer",
                                              "require", "verify-ca", "verify-full"};
  if (value == "true") return "require";
  return modes.count(value) ? value : "";
}

void take_parameter(const std::string& key, const std::string& value, Conninfo& out) {
  if (key == "schema") {
    out.limited_to_schema = value;
  } else if (key == "through") {
    return;  // engines/target.h
  } else if (key == "ssl" && !ssl_mode(value).empty()) {
    if (!out.find("sslmode")) out.set("sslmode", ssl_mode(value));
  } else if (!keywords().count(key)) {
    out.dropped.push_back(key);
  } else if (!value.empty()) {
    if (key == "port") check_ports(value);
    out.set(key, value);
  }
}

Conninfo from_url(const Url& url) {
  Conninfo out;
  take_authority(url, out);
  for (const auto& [key, value] : url.query) take_parameter(key, value, out);
  return out;
}

Conninfo from_pairs(const std::string& address) {
  char* message = nullptr;
  const RawConninfo parsed(PQconninfoParse(address.c_str(), &message));
  PQfreemem(message);  // it may quote a part of the password
  if (!parsed)
    refuse(
        "the connection string can't be read as key=value pairs",
        "write it like host=localhost dbname=shop user=bob; a value with spaces stands in single "
        "quotes");
  Conninfo out;
  for (const PQconninfoOption* o = parsed.get(); o->keyword; ++o)
    if (o->val) take_parameter(o->keyword, o->val, out);
  return out;
}

// The words of an options string, as the server splits them: a backslash keeps the next character.
std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> out;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ' || text[i] == '\t' || text[i] == '\n') {
      inside = false;
      continue;
    }
    if (!inside) out.emplace_back();
    inside = true;
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out.back() += text[i];
  }
  return out;
}

void add_setting(std::string assignment, Conninfo& out) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0)
    refuse("an 'options' entry has no name=value",
           "write it as options=-c name=value, percent-encoded in a URL");
  std::string name = assignment.substr(0, equals);
  std::replace(name.begin(), name.end(), '-', '_');
  out.settings.emplace_back(std::move(name), assignment.substr(equals + 1));
}

void move_options_to_settings(Conninfo& out) {
  const std::string* given = out.find("options");
  if (!given) return;
  const std::vector<std::string> list = words(*given);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string& word = list[i];
    if (word == "-c" && i + 1 < list.size())
      add_setting(list[++i], out);
    else if (word.starts_with("--"))
      add_setting(word.substr(2), out);
    else if (word.starts_with("-c") && word.size() > 2)
      add_setting(word.substr(2), out);
    else
      refuse("'options' holds something else than -c name=value or --name=value",
             "settings alone can be given, since connection poolers refuse the rest");
  }
  std::erase_if(out.parameters, [](const auto& pair) { return pair.first == "options"; });
}

// In quotes, as libpq reads a value.
std::string quoted_value(const std::string& value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// As a word of an options string.
std::string option_word(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

const std::string* Conninfo::find(std::string_view keyword) const {
  for (const auto& [name, value] : parameters)
    if (name == keyword) return &value;
  return nullptr;
}

void Conninfo::set(std::string_view keyword, std::string value) {
  for (auto& [name, old] : parameters)
    if (name == keyword) {
      old = std::move(value);
      return;
    }
  parameters.emplace_back(keyword, std::move(value));
}

bool recognises(std::string_view address) {
  const std::string scheme = dialect(address);
  if (scheme == "postgres" || scheme == "postgresql") return true;
  const std::size_t begin = address.find_first_not_of(" \t\n\r");
  const std::size_t equals = address.find('=');
  if (begin == std::string_view::npos || equals == std::string_view::npos) return false;
  std::string_view key = address.substr(begin, equals - begin);
  key = key.substr(0, key.find_last_not_of(" \t\n\r") + 1);
  return keywords().count(key) > 0;
}

std::string own_application_name() {
  constexpr std::size_t kLongest = 63;  // the server cuts off the rest
  char host[256] = {};
  ::gethostname(host, sizeof host - 1);
  return fmt::format("dbkeeper, pid {} on {}", ::getpid(), host).substr(0, kLongest);
}

Conninfo parse_conninfo(const std::string& address) {
  if (address.find('\0') != std::string::npos)
    refuse("the database address holds a NUL character", "check how it was put together");
  const auto url = parse_url(address);
  Conninfo out = url ? from_url(*url) : from_pairs(address);
  for (const auto& [keyword, value] : out.parameters)
    if (value.find('\0') != std::string::npos)
      refuse(fmt::format("{} in the database address holds a NUL character", keyword),
             "%00 has no place in it");
  // Its name would be shown, and with it the password in such a URL.
  if (const std::string* name = out.find("dbname"); name && name->find("://") != std::string::npos)
    refuse("the database's name in the address looks like a URL",
           "give the URL itself, or the parts of it as host=… dbname=… user=…");
  move_options_to_settings(out);
  if (!out.find("application_name")) out.set("fallback_application_name", own_application_name());
  return out;
}

std::string address_of(const Conninfo& conninfo) {
  std::string out;
  for (const auto& [keyword, value] : conninfo.parameters)
    out += (out.empty() ? "" : " ") + keyword + "=" + quoted_value(value);
  std::string options;
  for (const auto& [name, value] : conninfo.settings)
    options += (options.empty() ? "-c " : " -c ") + option_word(name + "=" + value);
  return options.empty() ? out : out + " options=" + quoted_value(options);
}

}  // namespace dbkeeper::postgres
