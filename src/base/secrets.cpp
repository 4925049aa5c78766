// Where the secrets of an address stand, however it is written. What can be read in two ways is
// hidden in both: an address that can't be used is shown as well, in the error that says so.
#include <algorithm>
#include <cctype>

#include "dbkeeper/base/text.h"
#include "dbkeeper/base/url.h"

namespace dbkeeper {
namespace {

constexpr std::string_view kHidden = "***";
constexpr std::string_view kBlanks = " \t\r\n";

struct Span {
  std::size_t begin;
  std::size_t end;
};

bool is_blank(char c) { return kBlanks.find(c) != kBlanks.npos; }
bool is_letter_or_digit(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool belongs_to_scheme(char c) {
  return is_letter_or_digit(c) || c == '+' || c == '-' || c == '.' || c == '_';
}
bool belongs_to_name(char c) { return belongs_to_scheme(c) || c == '%'; }

// What may stand behind a password that isn't quoted: libpq's keywords and those of other drivers.
bool is_keyword(std::string_view name) {
  constexpr std::string_view kThose[] = {"host",        "hostaddr",         "port",
                                         "dbname",      "database",         "user",
                                         "username",    "user id",          "server",
                                         "service",     "passfile",         "options",
                                         "sslmode",     "sslcert",          "sslkey",
                                         "sslrootcert", "application_name", "connect_timeout",
                                         "schema",      "timeout",          "gssencmode",
                                         "krbsrvname",  "client_encoding",  "sslcrl",
                                         "require",     "pooling",          "initial catalog",
                                         "data source"};
  return std::ranges::find(kThose, lower_ascii(name)) != std::end(kThose) || is_secret_key(name);
}

bool is_port(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// host, host:5432, [::1]:5432, several of them with commas.
bool is_list_of_hosts(std::string_view text) {
  while (true) {
    const std::size_t end = std::min(text.find(','), text.size());
    std::string_view host = text.substr(0, end);
    if (host.starts_with('[')) host.remove_prefix(std::min(host.find(']'), host.size() - 1) + 1);
    const std::size_t colon = host.find(':');
    if (colon != host.npos && !is_port(host.substr(colon + 1))) return false;
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
  }
}

class SecretFinder {
 public:
  explicit SecretFinder(std::string_view address) : text_(address) {
    find_in_authority();
    find_named();
  }

  // In their order, apart from one another.
  std::vector<Span> spans() {
    std::ranges::sort(spans_, {}, &Span::begin);
    std::vector<Span> out;
    for (const Span& span : spans_)
      if (!out.empty() && span.begin <= out.back().end)
        out.back().end = std::max(out.back().end, span.end);
      else
        out.push_back(span);
    return out;
  }

 private:
  void add(std::size_t begin, std::size_t end) {
    if (begin < end) spans_.push_back({begin, end});
  }

  // Behind `scheme://`, before which a driver's name may stand, or a variable's (jdbc:, URL=); 0
  // where there is no such thing.
  std::size_t authority() const {
    const std::size_t at = text_.find("://");
    if (at == text_.npos || at == 0) return 0;
    std::size_t scheme = at;
    while (scheme > 0 && belongs_to_scheme(text_[scheme - 1])) --scheme;
    std::string_view before = text_.substr(0, scheme);
    for (const std::string_view driver : {"jdbc:", "r2dbc:", "db:"})
      if (before.ends_with(driver)) before.remove_suffix(driver.size());
    return scheme == at || before.find_first_of(":@") != before.npos ? 0 : at + 3;
  }

  void find_in_authority() {
    if (const std::size_t begin = authority())
      find_behind_scheme(begin);
    else if (!is_path())
      find_without_scheme();
  }

  void find_behind_scheme(std::size_t begin) {
    const std::string_view rest = text_.substr(begin);
    const std::size_t colon = rest.find(':');
    if (colon == rest.npos) return;
    const std::size_t at = rest.rfind('@');
    const std::size_t question = rest.find('?');
    const std::size_t hosts_end = std::min(rest.find_first_of("/?#"), rest.size());
    const bool is_hosts = is_list_of_hosts(rest.substr(0, hosts_end));
    if (at == rest.npos) {  // the host may be what is missing
      if (!is_hosts) add(begin + colon + 1, text_.size());
    } else if (at < colon) {
      return;
    } else if (question < at && rest.find('=', question) < at) {
      add(begin + colon + 1, text_.size());  // within the query, or the query within the password
    } else {
      add(begin + colon + 1, begin + at);
    }
  }

  // `key = value …`, as libpq and others have it.
  bool is_pairs() const {
    const std::size_t equals = text_.find('=');
    return equals != text_.npos && std::ranges::all_of(text_.substr(0, equals), [](char c) {
             return belongs_to_scheme(c) || is_blank(c);
           });
  }

  bool is_path() const {
    for (const std::string_view begin : {"/", "./", "../", "~", "sqlite:", "file:"})
      if (text_.starts_with(begin)) return true;
    return false;
  }

  // `user:password@host`, `postgres:/user:password@host`, …
  void find_without_scheme() {
    const std::size_t colon = text_.find(':');
    const std::size_t at = text_.rfind('@');
    if (colon == text_.npos) return;
    if (at != text_.npos && colon < at) return add(colon + 1, at);
    const std::string scheme = lower_ascii(text_.substr(0, colon));
    const std::size_t next = text_.find(':', colon + 1);
    if (scheme.starts_with("postgres") && next != text_.npos) add(next + 1, text_.size());
  }

  // Whatever a secret's name stands before.
  void find_named() {
    for (std::size_t i = 0; i < text_.size();) {
      const std::size_t begin = i;
      while (i < text_.size() && belongs_to_name(text_[i])) ++i;
      const std::string name = percent_decoded(text_.substr(begin, i - begin));
      const std::size_t equals = std::min(text_.find_first_not_of(kBlanks, i), text_.size());
      if (name.empty() || equals == text_.size() || text_[equals] != '=' || !is_secret_key(name)) {
        if (i == begin) ++i;
        continue;
      }
      i = add_value(equals + 1, is_in_query(begin));
    }
  }

  bool is_in_query(std::size_t at) const {
    const std::size_t question = text_.find('?');
    return question < at && !is_pairs();
  }

  std::size_t add_value(std::size_t begin, bool in_query) {
    begin = std::min(text_.find_first_not_of(kBlanks, begin), text_.size());
    const std::size_t end = in_query ? end_in_query(begin) : end_in_pairs(begin);
    add(begin, end);
    return end;
  }

  // Up to what looks like the next parameter: passwords have a & in them that nobody escaped.
  std::size_t end_in_query(std::size_t at) const {
    for (; at < text_.size(); ++at)
      if (text_[at] == '&' && is_keyword(name_before_equals(at + 1))) break;
    return at;
  }

  std::size_t end_in_pairs(std::size_t begin) const {
    const char quote = begin < text_.size() ? text_[begin] : '\0';
    const bool quoted = quote == '\'' || quote == '"';
    for (std::size_t at = quoted ? begin + 1 : begin; at < text_.size(); ++at) {
      if (text_[at] == '\\') {
        ++at;
      } else if (quoted && text_[at] == quote) {
        if (at + 1 == text_.size() || ends_value(at + 1)) return at + 1;
      } else if (!quoted && ends_value(at)) {
        return at;
      }
    }
    return text_.size();
  }

  // A blank or a semicolon with the next keyword behind it.
  bool ends_value(std::size_t at) const {
    if (!is_blank(text_[at]) && text_[at] != ';') return false;
    const std::size_t next = text_.find_first_not_of(" \t\r\n;", at);
    return next == text_.npos || is_keyword(name_before_equals(next));
  }

  // "" if no name and equals sign stand there.
  std::string_view name_before_equals(std::size_t begin) const {
    std::size_t end = begin;
    while (end < text_.size() && (belongs_to_name(text_[end]) || text_[end] == ' ')) ++end;
    if (end == text_.size() || text_[end] != '=') return {};
    std::string_view name = text_.substr(begin, end - begin);
    while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
    return name;
  }

  const std::string_view text_;
  std::vector<Span> spans_;
};

// As libpq takes a value: quotes and backslashes off.
std::string unquoted_value(std::string_view text) {
  const bool quoted = text.size() > 1 && (text.front() == '\'' || text.front() == '"') &&
                      text.back() == text.front();
  if (quoted) text = text.substr(1, text.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

}  // namespace

std::string redacted(std::string_view address) {
  std::string out;
  std::size_t from = 0;
  for (const Span& span : SecretFinder(address).spans()) {
    out.append(address.substr(from, span.begin - from)).append(kHidden);
    from = span.end;
  }
  return out.append(address.substr(from));
}

std::vector<std::string> secrets_of(std::string_view address) {
  std::vector<std::string> out;
  const auto add = [&](std::string text) {
    if (!text.empty() && std::ranges::find(out, text) == out.end()) out.push_back(std::move(text));
  };
  for (const Span& span : SecretFinder(address).spans()) {
    const std::string_view text = address.substr(span.begin, span.end - span.begin);
    add(std::string(text));
    add(percent_decoded(text));
    add(unquoted_value(text));
  }
  return out;
}

}  // namespace dbkeeper
