#include "dbkeeper/base/url.h"

#include <algorithm>

#include "dbkeeper/base/text.h"

namespace dbkeeper {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::size_t scheme_length(std::string_view text) {
  const std::size_t end = text.find("://");
  if (end == std::string_view::npos || end == 0) return 0;
  const auto belongs = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == '.' || c == '_';
  };
  return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), belongs) ? end
                                                                                             : 0;
}

// Where the parts of the text behind `://` begin and end.
struct Spans {
  std::string_view user_part;  // with password
  bool has_user = false;
  std::string_view authority;
  std::string_view path;
  std::string_view query;
};

// The '@' behind which the host begins, or npos. Passwords with an unescaped '@', '/' or '?' are
// common in the wild, so it is the last one that doesn't stand in a query (`?name=value`).
std::size_t end_of_user(std::string_view rest) {
  for (std::size_t at = rest.rfind('@'); at != std::string_view::npos && at > 0;
       at = rest.rfind('@', at - 1)) {
    const std::string_view before = rest.substr(0, at);
    const std::size_t question = before.find('?');
    if (question == std::string_view::npos ||
        before.find('=', question) == std::string_view::npos || rest.find('/') > at)
      return at;
  }
  return std::string_view::npos;
}

Spans split(std::string_view rest) {
  Spans spans;
  const std::size_t at = end_of_user(rest);
  if (at != std::string_view::npos) {
    spans.has_user = true;
    spans.user_part = rest.substr(0, at);
    rest.remove_prefix(at + 1);
  }
  const std::size_t query = rest.find('?');
  if (query != std::string_view::npos) {
    spans.query = rest.substr(query + 1);
    rest = rest.substr(0, query);
  }
  const std::size_t path = std::min(rest.find('/'), rest.size());
  spans.authority = rest.substr(0, path);
  spans.path = rest.substr(path);
  return spans;
}

std::vector<std::string_view> split_at(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::pair<std::string, std::string> host_and_port(std::string_view text) {
  if (!text.empty() && text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close != std::string_view::npos) {
      std::string_view port = text.substr(close + 1);
      if (!port.empty() && port.front() == ':') port.remove_prefix(1);
      return {std::string(text.substr(1, close - 1)), std::string(port)};
    }
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {percent_decoded(text), ""};
  return {percent_decoded(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

}  // namespace

bool is_secret_key(std::string_view key) {
  const std::string name = lower_ascii(key);
  for (const std::string_view part : {"password", "passwd", "passphrase", "secret", "token",
                                      "apikey", "api_key", "api-key", "private_key", "private-key"})
    if (name.find(part) != std::string::npos) return true;
  const std::size_t last = name.find_last_of("_-.") + 1;  // 0 where there is none
  return name.compare(last, name.npos, "pwd") == 0 || name.compare(last, name.npos, "pass") == 0;
}

const std::string* Url::find_query(std::string_view key) const {
  for (const auto& [name, value] : query)
    if (name == key) return &value;
  return nullptr;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string with_url_path(std::string_view url, std::string_view hosts, std::string_view path) {
  const std::size_t scheme = scheme_length(url);
  const Spans spans = split(url.substr(scheme + 3));
  const auto hosts_at = static_cast<std::size_t>(spans.authority.data() - url.data());
  const std::size_t query_at = hosts_at + spans.authority.size() + spans.path.size();
  std::string out(url.substr(0, hosts_at));
  out.append(hosts.empty() ? spans.authority : hosts).append(path);
  return out.append(url.substr(query_at));
}

std::optional<Url> parse_url(std::string_view text) {
  const std::size_t scheme = scheme_length(text);
  if (scheme == 0) return std::nullopt;
  Url url;
  url.scheme = lower_ascii(text.substr(0, scheme));
  const Spans spans = split(text.substr(scheme + 3));
  if (spans.has_user) {
    const std::size_t colon = spans.user_part.find(':');
    url.user = percent_decoded(spans.user_part.substr(0, colon));
    if (colon != std::string_view::npos)
      url.password = percent_decoded(spans.user_part.substr(colon + 1));
  }
  if (!spans.authority.empty())
    for (const std::string_view host : split_at(spans.authority, ','))
      url.hosts.push_back(host_and_port(host));
  url.path = percent_decoded(spans.path);
  if (!spans.query.empty())
    for (const std::string_view part : split_at(spans.query, '&')) {
      const std::size_t equals = part.find('=');
      if (part.empty()) continue;
      url.query.emplace_back(percent_decoded(part.substr(0, equals)),
                             equals == std::string_view::npos
                                 ? std::string()
                                 : percent_decoded(part.substr(equals + 1)));
    }
  return url;
}

}  // namespace dbkeeper
