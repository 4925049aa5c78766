#include "cli/address.h"

#include <array>
#include <utility>
#include <vector>

namespace dbkeeper::cli {
namespace {

// Ways to name a database by variables, the strongest first.
enum class Way { dbkeeper_url, database_url, postgres, libpq, none };

using Names = std::pair<std::string_view, std::string_view>;  // variable, libpq keyword

// As the official PostgreSQL image names them.
constexpr std::array<Names, 5> kPostgres = {{{"POSTGRES_HOST", "host"},
                                             {"POSTGRES_PORT", "port"},
                                             {"POSTGRES_DB", "dbname"},
                                             {"POSTGRES_USER", "user"},
                                             {"POSTGRES_PASSWORD", "password"}}};

// https://www.postgresql.org/docs/current/libpq-envars.html
constexpr std::array<Names, 22> kLibpq = {{{"PGHOST", "host"},
                                           {"PGHOSTADDR", "hostaddr"},
                                           {"PGPORT", "port"},
                                           {"PGDATABASE", "dbname"},
                                           {"PGUSER", "user"},
                                           {"PGPASSWORD", "password"},
                                           {"PGPASSFILE", "passfile"},
                                           {"PGSERVICE", "service"},
                                           {"PGOPTIONS", "options"},
                                           {"PGAPPNAME", "application_name"},
                                           {"PGCONNECT_TIMEOUT", "connect_timeout"},
                                           {"PGCLIENTENCODING", "client_encoding"},
                                           {"PGTARGETSESSIONATTRS", "target_session_attrs"},
                                           {"PGCHANNELBINDING", "channel_binding"},
                                           {"PGREQUIREPEER", "requirepeer"},
                                           {"PGKRBSRVNAME", "krbsrvname"},
                                           {"PGGSSENCMODE", "gssencmode"},
                                           {"PGSSLMODE", "sslmode"},
                                           {"PGSSLCERT", "sslcert"},
                                           {"PGSSLKEY", "sslkey"},
                                           {"PGSSLROOTCERT", "sslrootcert"},
                                           {"PGSSLCRL", "sslcrl"}}};

// libpq's key=value string, every value quoted.
class KeyValues {
 public:
  void add(std::string_view key, std::string_view value) {
    if (!text_.empty()) text_ += ' ';
    text_.append(key).append("='");
    for (const char c : value) {
      if (c == '\'' || c == '\\') text_ += '\\';
      text_ += c;
    }
    text_ += '\'';
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

class AddressFinder {
 public:
  AddressFinder(const AddressSources& sources, Redactor& redactor)
      : sources_(sources), redactor_(redactor) {}

  std::optional<Address> find() {
    learn_plain_secrets(sources_.environment);
    if (!sources_.option.empty()) return learned({sources_.option, "--db"});
    Way way = named_by(Variables(sources_.environment, nullptr));
    if (way == Way::dbkeeper_url || way == Way::database_url)
      return from(way, Variables(sources_.environment, nullptr));

    const Environment env_file = sources_.env_file();
    learn_plain_secrets(env_file);
    const Variables all(sources_.environment, &env_file);
    if (way == Way::none) way = named_by(all);
    return from(way, all);
  }

 private:
  // Passwords that libpq may read by itself, whichever way is taken.
  void learn_plain_secrets(const Environment& environment) {
    for (const std::string_view name : {"PGPASSWORD", "POSTGRES_PASSWORD"})
      if (const std::string* value = find_variable(environment, name)) redactor_.hide(*value);
    for (const std::string_view name : {"DBKEEPER_URL", "DATABASE_URL"})
      if (const std::string* value = find_variable(environment, name)) redactor_.learn(*value);
  }

  static Way named_by(const Variables& variables) {
    const auto any = [&](std::initializer_list<std::string_view> names) {
      for (const std::string_view name : names)
        if (variables.has(name)) return true;
      return false;
    };
    if (any({"DBKEEPER_URL"})) return Way::dbkeeper_url;
    if (any({"DATABASE_URL"})) return Way::database_url;
    if (any({"POSTGRES_HOST", "POSTGRES_DB", "POSTGRES_USER"})) return Way::postgres;
    if (any({"PGHOST", "PGHOSTADDR", "PGDATABASE", "PGSERVICE"})) return Way::libpq;
    return Way::none;
  }

  std::optional<Address> from(Way way, const Variables& variables) {
    switch (way) {
      case Way::dbkeeper_url:
        return from_url(variables, "DBKEEPER_URL");
      case Way::database_url:
        return from_url(variables, "DATABASE_URL");
      case Way::postgres:
        return from_postgres_variables(variables);
      case Way::libpq:
        return from_libpq_variables(variables);
      case Way::none:
        break;
    }
    if (sources_.config) return learned(*sources_.config);
    return std::nullopt;
  }

  std::optional<Address> from_url(const Variables& variables, std::string_view name) {
    const auto variable = variables.find(name);
    return learned({variable->value, variable->origin});
  }

  // As the image does it: the user is postgres unless told otherwise, the database named after it.
  std::optional<Address> from_postgres_variables(const Variables& variables) {
    KeyValues address;
    std::string origin, user = "postgres", database;
    for (const auto& [name, keyword] : kPostgres) {
      const auto variable = variables.find(name);
      if (variable && origin.empty()) origin = variable->origin;
      if (!variable) continue;
      if (keyword == "user")
        user = variable->value;
      else if (keyword == "dbname")
        database = variable->value;
      else
        address.add(keyword, variable->value);
    }
    address.add("user", user);
    address.add("dbname", database.empty() ? user : database);
    return learned({address.text(), origin});
  }

  // libpq reads its variables itself; only what stands in .env has to be told to it.
  std::optional<Address> from_libpq_variables(const Variables& variables) {
    KeyValues address;
    std::string origin;
    for (const auto& [name, keyword] : kLibpq) {
      const auto variable = variables.find(name);
      if (!variable) continue;
      if (origin.empty()) origin = variable->origin;
      if (variable->from_env_file) address.add(keyword, variable->value);
    }
    return learned({address.text().empty() ? "postgresql://" : address.text(), origin});
  }

  Address learned(Address address) {
    redactor_.learn(address.text);
    return address;
  }

  const AddressSources& sources_;
  Redactor& redactor_;
};

}  // namespace

std::optional<Address> find_address(const AddressSources& sources, Redactor& redactor) {
  return AddressFinder(sources, redactor).find();
}

std::string_view ways_to_name_a_database() {
  return "give --db URL, set DBKEEPER_URL, DATABASE_URL, POSTGRES_HOST or PGHOST in the "
         "environment or "
         "in .env, or write db = \"URL\" in dbkeeper.toml";
}

}  // namespace dbkeeper::cli
