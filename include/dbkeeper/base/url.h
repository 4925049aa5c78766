// A URL in the loose form in which database URLs are written: what users have in their .env, not
// what RFC 3986 allows. A password may contain anything but the last '@'.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dbkeeper {

struct Url {
  std::string scheme;  // "postgresql+psycopg2", lower case
  std::string user;    // decoded, as all that follow
  std::optional<std::string> password;
  // Several for a multi-host URL; the port is empty where none is given. IPv6 without brackets.
  std::vector<std::pair<std::string, std::string>> hosts;
  std::string path;  // what follows the authority, with its leading '/'
  std::vector<std::pair<std::string, std::string>> query;

  const std::string* find_query(std::string_view key) const;
};

// The parts of `text` if it is `scheme://…`, else nothing.
std::optional<Url> parse_url(std::string_view text);

// The URL with another path, percent-encoded already, and, if `hosts` isn't empty, with them as
// they would stand in it; the rest is as it was, byte for byte. Requires: parse_url(url).
std::string with_url_path(std::string_view url, std::string_view hosts, std::string_view path);

// Letters, digits and -._~ stay, the rest becomes %41.
std::string percent_encoded(std::string_view text);

// %41 to A; what isn't a valid escape stays as it is.
std::string percent_decoded(std::string_view text);

// Whether a parameter of that name holds a secret: password, sslpassword, DB_PASS,
// api_key, token …
bool is_secret_key(std::string_view key);

// The address with every secret replaced by ***, whatever dialect it is in (URL, libpq's key=value
// string, path) and however malformed: rather too much is hidden then. Safe to print.
std::string redacted(std::string_view address);

// What that hides, as it stands there and as a driver takes it, escapes and quotes undone.
std::vector<std::string> secrets_of(std::string_view address);

}  // namespace dbkeeper
