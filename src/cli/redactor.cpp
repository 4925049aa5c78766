#include "cli/redactor.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "dbkeeper/base/url.h"

namespace dbkeeper::cli {
namespace {

constexpr std::string_view kMask = "***";
constexpr std::size_t kShortest = 3;

bool is_word_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool is_plain_word(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
}

bool stands_alone(std::string_view text, std::size_t at, std::size_t size) {
  return (at == 0 || !is_word_char(text[at - 1])) &&
         (at + size == text.size() || !is_word_char(text[at + size]));
}

std::string without(std::string_view text, std::string_view secret) {
  const bool word = is_plain_word(secret);
  std::string out;
  for (std::size_t from = 0;;) {
    const std::size_t at = text.find(secret, from);
    if (at == std::string_view::npos) return out.append(text.substr(from));
    out.append(text.substr(from, at - from));
    if (word && !stands_alone(text, at, secret.size()))
      out.append(secret);
    else
      out.append(kMask);
    from = at + secret.size();
  }
}

// `scheme://user:password@` within running text. The password ends at the last @ of what could
// still be the URL: the text up to white space or a quote.
std::string without_url_passwords(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t scheme = text.find("://");
    if (scheme == std::string_view::npos) return out.append(text);
    const std::size_t authority = scheme + 3;
    const std::size_t end = std::min(text.find_first_of(" \t\r\n\"'", authority), text.size());
    const std::size_t at = text.substr(0, end).rfind('@');
    const std::size_t colon = text.find(':', authority);
    if (at == std::string_view::npos || at < authority || colon >= at) {
      out.append(text.substr(0, authority));
      text.remove_prefix(authority);
      continue;
    }
    out.append(text.substr(0, colon + 1)).append(kMask);
    text.remove_prefix(at);
  }
}

using Pair = std::pair<std::string, std::string>;

// The pairs of libpq's key=value string, quoting undone; what is malformed is left to libpq.
std::vector<Pair> keyword_values(std::string_view text) {
  std::vector<Pair> out;
  std::size_t at = 0;
  const auto skip_space = [&] {
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at])) != 0) ++at;
  };
  while (true) {
    skip_space();
    const std::size_t equals = text.find('=', at);
    if (equals == std::string_view::npos) return out;
    std::string key(text.substr(at, equals - at));
    key.erase(std::min(key.find_last_not_of(" \t\r\n") + 1, key.size()));
    at = equals + 1;
    skip_space();
    const bool quoted = at < text.size() && text[at] == '\'';
    if (quoted) ++at;
    std::string value;
    for (; at < text.size(); ++at) {
      if (quoted ? text[at] == '\'' : std::isspace(static_cast<unsigned char>(text[at])) != 0)
        break;
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      value += text[at];
    }
    if (quoted && at < text.size()) ++at;
    out.emplace_back(std::move(key), std::move(value));
  }
}

// Of an address that nobody can read, messages quote any part.
std::vector<std::string> parts_of(std::string_view secret) {
  constexpr std::string_view kEnds = "@:/?&=#;, \t\"'";
  std::vector<std::string> out;
  while (true) {
    const std::size_t end = std::min(secret.find_first_of(kEnds), secret.size());
    out.emplace_back(secret.substr(0, end));
    if (end == secret.size()) return out;
    secret.remove_prefix(end + 1);
  }
}

}  // namespace

void Redactor::hide(std::string secret) {
  if (secret.size() < kShortest) return;
  const std::scoped_lock lock(mutex_);
  if (std::ranges::find(secrets_, secret) != secrets_.end()) return;
  const auto longer = [&](const std::string& other) { return other.size() >= secret.size(); };
  secrets_.insert(std::ranges::find_if_not(secrets_, longer), std::move(secret));
}

void Redactor::learn(std::string_view address) {
  const auto url = parse_url(address);
  const auto pairs = url ? url->query : keyword_values(address);
  const bool readable = url ? url->password.has_value() : !pairs.empty();
  for (const std::string& secret : secrets_of(address)) {
    hide(secret);
    if (!readable) std::ranges::for_each(parts_of(secret), [&](auto& part) { hide(part); });
  }
  std::vector<std::string> plain;
  for (const auto& [key, value] : pairs)
    if (!is_secret_key(key)) plain.push_back(value);
  if (url) {
    plain.push_back(url->user);
    for (const auto& [host, port] : url->hosts) plain.push_back(host);
    plain.push_back(url->path.substr(std::min<std::size_t>(1, url->path.size())));
  }
  const std::scoped_lock lock(mutex_);
  shown_.insert(plain.begin(), plain.end());
}

std::string Redactor::operator()(std::string_view text) const {
  std::string out = without_url_passwords(text);
  const std::scoped_lock lock(mutex_);
  for (const std::string& secret : secrets_) {
    if (is_plain_word(secret) && shown_.contains(secret)) continue;
    out = without(out, secret);
  }
  return out;
}

}  // namespace dbkeeper::cli
