#include "engines/postgres/target.h"

#include <fmt/format.h>

#include "dbkeeper/base/url.h"
#include "engines/postgres/conninfo.h"
#include "engines/postgres/errors.h"
#include "engines/postgres/libpq_sources.h"

namespace dbkeeper::postgres {
namespace {

// The settings that were made of `options`, as they were.
std::string options_of(const Conninfo& conninfo) {
  std::string out;
  for (const auto& [name, value] : conninfo.settings) {
    out += out.empty() ? "-c " : " -c ";
    for (const char c : name + "=" + value) {
      if (c == ' ' || c == '\t' || c == '\n' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out;
}

// A URL, since a schema has no place among libpq's own pairs.
std::string url_with_all(const Conninfo& conninfo, const std::string& through) {
  std::string out = "postgresql:///";
  char separator = '?';
  const auto add = [&](const std::string& key, const std::string& value) {
    if (value.empty()) return;
    out += separator + key + "=" + percent_encoded(value);
    separator = '&';
  };
  const std::string options = options_of(conninfo);
  for (const auto& [keyword, value] : conninfo.parameters)
    if (keyword != "fallback_application_name" && (keyword != "options" || options.empty()))
      add(keyword, value);
  add("options", options);
  add("schema", conninfo.limited_to_schema);
  add("through", through);
  return out;
}

std::string service_of(const Conninfo& conninfo) {
  const std::string* service = conninfo.find("service");
  return service ? *service : service_of_environment();
}

}  // namespace

dbkeeper::Target resolve(const std::string& address) {
  const Conninfo written = parse_conninfo(address);
  const std::string service = service_of(written);
  // One that says all by itself may take no more than a user from a service.
  const bool leans = written.find("service") || !written.find("host") || !written.find("dbname");
  dbkeeper::Target target;
  target.written = address;
  target.address =
      service.empty() ? address
                      : url_with_all(with_service_read(written), leans ? "service " + service : "");
  Target place;
  for (const auto& [keyword, value] : effective_place(with_service_read(written))) {
    if (keyword == "host") place.host = value;
    if (keyword == "port") place.port = value;
    if (keyword == "dbname") place.database = value;
  }
  target.shown = fmt::format("{} on {}", place.database, place.place());
  return target;
}

}  // namespace dbkeeper::postgres
