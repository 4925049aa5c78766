#include "engines/postgres/address_form.h"

#include <algorithm>
#include <array>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/url.h"
#include "engines/postgres/postgres.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::string_view kJdbc = "jdbc:";
// Before libpq's words as PHP and Perl write them, with semicolons.
constexpr std::array<std::string_view, 2> kBeforeWords = {"pgsql:", "dbi:pg:"};
constexpr std::string_view kSqitch = "db:";

// Of SQLAlchemy, Django, Ecto, Sequelize and their kin.
constexpr std::array<std::string_view, 8> kSchemes = {
    "postgres", "postgresql", "postgis", "pgsql", "psql", "pg", "ecto", "timescale"};

bool starts_with(std::string_view text, std::string_view start) {
  return lower_ascii(text.substr(0, start.size())) == start;
}

// The length of that of them which the text begins with, else 0.
std::size_t before_words(std::string_view text) {
  for (const std::string_view start : kBeforeWords)
    if (starts_with(text, start) && text.find("//") != start.size()) return start.size();
  return 0;
}

bool is_known(const std::string& scheme) {
  const std::string name = scheme.substr(0, scheme.find_first_of("+."));
  return std::ranges::find(kSchemes, name) != kSchemes.end();
}

// What Npgsql and others call libpq's keywords; empty for what means nothing here.
std::string_view keyword_of(std::string_view key) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kKeys = {
      {{"host", "host"},
       {"server", "host"},
       {"port", "port"},
       {"database", "dbname"},
       {"dbname", "dbname"},
       {"db", "dbname"},
       {"initial catalog", "dbname"},
       {"user id", "user"},
       {"username", "user"},
       {"user", "user"}}};
  const std::string name = lower_ascii(key);
  const auto* known = std::ranges::find(kKeys, name, [](const auto& pair) { return pair.first; });
  return known == kKeys.end() ? std::string_view() : known->second;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

struct AdoPair {
  std::string_view whole, key, value;
};

std::vector<AdoPair> ado_pairs(std::string_view text) {
  std::vector<AdoPair> out;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(';'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    const std::size_t equals = part.find('=');
    if (equals == part.npos)
      out.push_back({part, {}, {}});
    else
      out.push_back({part, trimmed(part.substr(0, equals)), trimmed(part.substr(equals + 1))});
  }
  return out;
}

// What libpq isn't to see of it: a scheme that it doesn't know.
std::string with_our_scheme(const std::string& url) {
  return "postgresql" + url.substr(url.find("://"));
}

std::string quoted_pair(const std::string& value) {
  return address_of(Conninfo{.parameters = {{"x", value}}}).substr(2);
}

}  // namespace

std::optional<AddressForm> AddressForm::of(const std::string& text) try {
  AddressForm out;
  const bool jdbc = starts_with(text, kJdbc), sqitch = starts_with(text, kSqitch);
  const std::size_t pdo = before_words(text);
  out.prefix_ = text.substr(0, jdbc ? kJdbc.size() : sqitch ? kSqitch.size() : pdo);
  out.text_ = text.substr(out.prefix_.size());
  if (const auto url = parse_url(out.text_)) {
    if (!is_known(url->scheme)) return std::nullopt;
    out.conninfo_ = parse_conninfo(with_our_scheme(out.text_));
    return out;
  }
  if (sqitch) return out.bare_url() ? std::optional(out) : std::nullopt;
  if (text.find(';') != text.npos) {
    out.form_ = Form::ado;
    for (const AdoPair& pair : ado_pairs(out.text_))
      if (const std::string_view keyword = keyword_of(pair.key); !keyword.empty())
        out.conninfo_.set(keyword, std::string(pair.value));
    if ((pdo > 0 || out.conninfo_.find("host")) && out.conninfo_.find("dbname")) return out;
    return std::nullopt;
  }
  if (jdbc || !recognises(out.text_)) return std::nullopt;
  out.form_ = Form::pairs;
  out.conninfo_ = parse_conninfo(out.text_);
  // One that names neither may be any setting: sslmode=require.
  if (!out.conninfo_.find("dbname") && !out.conninfo_.find("service")) return std::nullopt;
  return out;
} catch (const Error&) {
  return std::nullopt;
}

// pg:shop, without a host.
bool AddressForm::bare_url() {
  const std::size_t colon = text_.find(':');
  if (colon == text_.npos || !is_known(lower_ascii(text_.substr(0, colon)))) return false;
  const std::string name = text_.substr(colon + 1);
  if (name.empty() || name.find_first_of("/?@: ") != name.npos) return false;
  form_ = Form::bare;
  prefix_ += text_.substr(0, colon + 1);
  conninfo_.set("dbname", percent_decoded(name));
  return true;
}

std::string AddressForm::with(const std::string& database, const std::string& port) const {
  if (form_ == Form::url) return url_with(database, port);
  if (form_ == Form::ado) return ado_with(database, port);
  if (form_ == Form::bare) return prefix_ + percent_encoded(database);
  // Of a keyword that is there twice libpq takes the last.
  std::string out = prefix_ + text_ + " dbname=" + quoted_pair(database);
  return port.empty() ? out : out + " port=" + quoted_pair(port);
}

std::string AddressForm::url_with(const std::string& database, const std::string& port) const {
  const Url url = *parse_url(text_);
  std::string hosts;
  if (!url.hosts.empty() && !port.empty()) {
    const std::string& host = url.hosts.front().first;
    hosts = (host.find(':') == host.npos ? percent_encoded(host) : "[" + host + "]") + ":" + port;
  }
  std::string out = with_url_path(text_, hosts, "/" + percent_encoded(database));
  // A name among the parameters overrides the path.
  for (const std::string_view key : {"?dbname=", "&dbname="})
    if (const std::size_t at = out.find(key); at != out.npos) {
      const std::size_t begin = at + key.size();
      out.replace(begin, std::min(out.find('&', begin), out.size()) - begin,
                  percent_encoded(database));
    }
  return prefix_ + out;
}

std::string AddressForm::ado_with(const std::string& database, const std::string& port) const {
  std::vector<std::string> parts;
  for (const AdoPair& pair : ado_pairs(text_)) {
    const std::string_view keyword = keyword_of(pair.key);
    std::string part(pair.whole);
    if (keyword == "dbname") part = std::string(pair.key) + "=" + database;
    if (keyword == "port" && !port.empty()) part = std::string(pair.key) + "=" + port;
    parts.push_back(std::move(part));
  }
  return prefix_ + join(parts, ";");
}

}  // namespace dbkeeper::postgres
