#include "engines/postgres/redirect.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "dbkeeper/base/text.h"
#include "dbkeeper/base/url.h"
#include "engines/postgres/address_form.h"
#include "engines/postgres/libpq.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::string_view kDefaultPort = "5432";

// What may be left out of an address, and the variable that libpq then looks at.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kVariables = {
    {{"host", "PGHOST"},
     {"hostaddr", "PGHOSTADDR"},
     {"port", "PGPORT"},
     {"user", "PGUSER"},
     {"password", "PGPASSWORD"},
     {"dbname", "PGDATABASE"}}};

// As the official image calls them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kImageVariables = {
    {{"host", "POSTGRES_HOST"},
     {"port", "POSTGRES_PORT"},
     {"user", "POSTGRES_USER"},
     {"password", "POSTGRES_PASSWORD"},
     {"dbname", "POSTGRES_DB"}}};

// libpq alone reads service files, and shows what it found as soon as it begins to connect.
Conninfo with_service(Conninfo conninfo, const Variables& environment) {
  if (!conninfo.find("service")) conninfo.set("service", *find_variable(environment, "PGSERVICE"));
  std::vector<const char*> keywords, values;
  for (const auto& [keyword, value] : conninfo.parameters) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  const RawConnection begun(PQconnectStartParams(keywords.data(), values.data(), 0));
  const RawConninfo all(PQconninfo(begun.get()));
  Conninfo out = conninfo;
  for (const PQconninfoOption* option = all.get(); option && option->keyword; ++option)
    for (const auto& [keyword, variable] : kVariables)
      if (keyword == option->keyword && option->val) out.set(keyword, option->val);
  std::erase_if(out.parameters, [](const auto& pair) { return pair.first == "service"; });
  return out;
}

std::string system_user() {
  const RawConninfo defaults(PQconndefaults());
  for (const PQconninfoOption* option = defaults.get(); option && option->keyword; ++option)
    if (std::string_view(option->keyword) == "user") return text_or_empty(option->val);
  return {};
}

// Whether a service file may say what the address doesn't.
bool leans_on_a_service(const Conninfo& conninfo, const Variables& environment) {
  const std::string* variable = find_variable(environment, "PGSERVICE");
  const bool named = conninfo.find("service") || (variable && !variable->empty());
  return named && !(conninfo.find("host") && conninfo.find("dbname") && conninfo.find("user"));
}

// With what libpq adds to an address, but for a password.
Conninfo completed(Conninfo conninfo, const Variables& environment) {
  if (leans_on_a_service(conninfo, environment))
    conninfo = with_service(std::move(conninfo), environment);
  for (const auto& [keyword, variable] : kVariables) {
    const std::string* value = find_variable(environment, variable);
    if (keyword != "password" && !conninfo.find(keyword) && value && !value->empty())
      conninfo.set(keyword, *value);
  }
  if (!conninfo.find("user")) conninfo.set("user", system_user());
  if (!conninfo.find("dbname")) conninfo.set("dbname", *conninfo.find("user"));
  return conninfo;
}

std::string value_of(const Conninfo& conninfo, std::string_view keyword) {
  const std::string* value = conninfo.find(keyword);
  return value ? *value : std::string();
}

// The ways to this very machine are one; a folder of sockets is one of them, but for those in which
// a cloud's proxy keeps its own.
std::string plain_host(std::string_view host) {
  const std::string name = lower_ascii(host);
  const bool sockets = name.starts_with('/') && !name.starts_with("/cloudsql");
  if (name.empty() || name == "localhost" || name.starts_with("127.") || name == "::1" || sockets)
    return "localhost";
  return name;
}

std::set<std::string> hosts_of(const Conninfo& conninfo) {
  std::string list = value_of(conninfo, "host");
  if (list.empty()) list = value_of(conninfo, "hostaddr");
  std::set<std::string> out;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    out.insert(plain_host(std::string_view(list).substr(begin, end - begin)));
    begin = end + 1;
  }
  return out;
}

// The words of a variable's name, in capitals.
std::vector<std::string> words_of_name(const std::string& name) {
  std::vector<std::string> out(1);
  for (const char c : name)
    if (c == '_' || c == '-' || c == '.')
      out.emplace_back();
    else
      out.back() += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

// Whether a variable that has a database's name as its value has it for that, and not since a user
// or a host happens to be called the same.
bool names_a_database(const std::string& variable) {
  static const std::set<std::string> kOfSomethingElse = {
      "USER",     "USERNAME",   "PASSWORD", "PASS",   "PWD",     "HOST",
      "HOSTNAME", "PORT",       "ENGINE",   "DRIVER", "TYPE",    "ADAPTER",
      "DIALECT",  "SCHEMA",     "ROLE",     "OWNER",  "SSLMODE", "CLIENT",
      "PREFIX",   "CONNECTION", "SERVICE",  "VOLUME", "NETWORK", "CONTAINER"};
  bool database = false;
  for (const std::string& word : words_of_name(variable)) {
    if (kOfSomethingElse.contains(word)) return false;
    database = database || word.starts_with("DB") || word.ends_with("DB") ||
               word.find("DATABASE") != word.npos;
  }
  return database;
}

// PostgreSQL's own programs, which take a database's name as a word of its own.
bool takes_a_name(const std::string& program) {
  static const std::set<std::string> kPrograms = {"psql",      "pgbench",   "vacuumdb",
                                                  "reindexdb", "clusterdb", "pg_dump"};
  return kPrograms.contains(program);
}

// Options of any program whose value is a database's name.
bool names_a_database_next(std::string_view option) {
  static const std::set<std::string_view> kOptions = {"--dbname", "--database", "--db", "--db-name",
                                                      "--database-name"};
  return kOptions.contains(option);
}

// Whether the next word is an option's value: -f FILE.
bool wants_a_value(const std::string& word) {
  static const std::set<std::string> kOptions = {
      "-c",     "--command", "-f", "--file", "-v",         "--set", "--variable", "-F",
      "-L",     "-o",        "-P", "-R",     "-T",         "-h",    "--host",     "-p",
      "--port", "-U",        "-j", "-t",     "--username", "-n",    "--schema",   "--output"};
  return kOptions.contains(word);
}

class ServerRedirector final : public Redirector {
 public:
  ServerRedirector(const std::string& live, const std::string& scratch,
                   const Variables& environment)
      : environment_(environment),
        live_(completed(parse_conninfo(live), environment)),
        scratch_(leans_on_a_service(parse_conninfo(scratch), environment)
                     ? with_service(parse_conninfo(scratch), environment)
                     : parse_conninfo(scratch)),
        hosts_(hosts_of(live_)),
        database_(value_of(live_, "dbname")),
        new_database_(value_of(completed(scratch_, environment), "dbname")) {}

  std::string url() const override {
    const std::string host = value_of(scratch_, "host"), port = value_of(scratch_, "port");
    const bool listed = host.starts_with('/') || host.find_first_of(",:") != host.npos;
    std::string out = "postgresql://" + percent_encoded(value_of(scratch_, "user"));
    if (const std::string* password = scratch_.find("password"))
      out += ":" + percent_encoded(*password);
    if (!out.ends_with("//")) out += "@";
    if (!listed) out += host + (host.empty() || port.empty() ? "" : ":" + port);
    out += "/" + percent_encoded(new_database_);
    char separator = '?';
    for (const auto& [keyword, value] : scratch_.parameters) {
      const bool said = keyword == "user" || keyword == "password" || keyword == "dbname" ||
                        keyword == "fallback_application_name" || keyword == "service" ||
                        (!listed && (keyword == "host" || (keyword == "port" && !host.empty())));
      if (said || value.empty()) continue;
      out += separator + keyword + "=" + percent_encoded(value);
      separator = '&';
    }
    return out;
  }

  std::optional<std::string> rewritten(const std::string& text) const override {
    const auto form = AddressForm::of(text);
    if (!form) return std::nullopt;
    const Conninfo place = completed(form->conninfo(), environment_);
    if (value_of(place, "dbname") != database_ || !shares_a_host(place)) return std::nullopt;
    return form->with(new_database_, same_port(place) ? "" : port_of(live_));
  }

  std::optional<std::string> rewritten_value(const std::string& variable,
                                             const std::string& value) const override {
    if (value != database_ || !names_a_database(variable)) return std::nullopt;
    return new_database_;
  }

  std::optional<std::string> rewritten_word(const std::string& program,
                                            const std::vector<std::string>& before,
                                            const std::string& word) const override {
    const std::size_t equals = word.find('=');
    if (equals != word.npos && names_a_database_next(std::string_view(word).substr(0, equals)) &&
        word.substr(equals + 1) == database_)
      return word.substr(0, equals + 1) + new_database_;
    if (word == "-d" + database_ && takes_a_name(program)) return "-d" + new_database_;
    if (word != database_ || before.empty()) return std::nullopt;
    const std::string& last = before.back();
    if (last == "-d" || names_a_database_next(last)) return new_database_;
    if (!takes_a_name(program) || wants_a_value(last)) return std::nullopt;
    // Behind the name comes the user's, which may be the same.
    const bool of_an_option = before.size() > 1 && wants_a_value(before[before.size() - 2]);
    if (last == word && !of_an_option) return std::nullopt;
    return new_database_;
  }

  bool is_doubtful(const std::string& text) const override {
    const auto form = AddressForm::of(text);
    if (!form) return false;
    const Conninfo place = completed(form->conninfo(), environment_);
    return value_of(place, "dbname") == database_ && !shares_a_host(place);
  }

  void point_clients(const Variables& environment, Redirection& redirection) const override {
    for (const auto& [keyword, variable] : kVariables)
      if (const std::string* value = scratch_.find(keyword))
        set_variable(redirection.set, variable, *value);
    set_variable(redirection.set, "PGDATABASE", new_database_);
    redirection.unset.emplace_back("PGSERVICE");
    if (!has_image_variables(environment)) return;
    for (const auto& [keyword, variable] : kImageVariables) {
      const std::string value = keyword == "dbname" ? new_database_ : value_of(scratch_, keyword);
      if (value.empty() || is_of_a_link(environment, variable)) continue;
      set_variable(redirection.set, variable, value);
      redirection.unset.push_back(std::string(variable) + "_FILE");
    }
  }

  bool is_client(const std::string& program) const override { return takes_a_name(program); }

  // `'NAME': 'shop',` of Django, `database: shop` of Rails and many others.
  bool is_named_in(std::string_view line) const override {
    const std::size_t at = line.find(database_);
    const std::size_t separator = line.find_first_of(":=");
    if (at == line.npos || separator == line.npos || separator > at) return false;
    constexpr std::string_view kAround = " \t\r'\"`,;>";
    const auto bare = [&](std::string_view text) {
      const std::size_t begin = text.find_first_not_of(kAround);
      if (begin == text.npos) return std::string_view();
      return text.substr(begin, text.find_last_not_of(kAround) - begin + 1);
    };
    const std::string_view key = bare(line.substr(0, separator));
    const std::string lower = lower_ascii(key);
    return bare(line.substr(separator + 1)) == database_ &&
           (key == "NAME" || lower == "db" || lower.find("database") != lower.npos ||
            lower.ends_with("dbname") || lower.ends_with("db_name"));
  }

 private:
  bool shares_a_host(const Conninfo& place) const {
    return std::ranges::any_of(hosts_of(place),
                               [this](const std::string& host) { return hosts_.contains(host); });
  }

  // The same database by another port of the same host is taken for a pooler's way to it, which
  // may not lead to the scratch one.
  bool same_port(const Conninfo& place) const { return port_of(place) == port_of(live_); }
  static std::string port_of(const Conninfo& place) {
    const std::string port = value_of(place, "port");
    return port.empty() ? std::string(kDefaultPort) : port;
  }

  static bool has_image_variables(const Variables& environment) {
    return std::ranges::any_of(kImageVariables, [&](const auto& pair) {
      return find_variable(environment, pair.second) ||
             find_variable(environment, std::string(pair.second) + "_FILE");
    });
  }

  // Kubernetes sets POSTGRES_PORT=tcp://10.0.0.1:5432 for a service of that name.
  static bool is_of_a_link(const Variables& environment, std::string_view variable) {
    const std::string* value = find_variable(environment, variable);
    return value && value->find("://") != value->npos;
  }

  const Variables environment_;
  const Conninfo live_, scratch_;
  const std::set<std::string> hosts_;
  const std::string database_, new_database_;
};

}  // namespace

std::unique_ptr<Redirector> make_redirector(const std::string& live, const std::string& scratch,
                                            const Variables& environment) {
  return std::make_unique<ServerRedirector>(live, scratch, environment);
}

}  // namespace dbkeeper::postgres
