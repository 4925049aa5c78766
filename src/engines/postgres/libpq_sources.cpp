#include "engines/postgres/libpq_sources.h"

#include <algorithm>
#include <map>
#include <vector>

#include "dbkeeper/base/environment.h"
#include "engines/postgres/libpq.h"

namespace dbkeeper::postgres {
namespace {

// Two that libpq looks at after all of its sources, and before it connects to anything: of a value
// that makes no sense it complains, and has read the sources by then.
constexpr const char* kSpoiled = "channel_binding";
constexpr const char* kSpoiledElse = "gssencmode";

RawConnection read_sources(Conninfo conninfo, const char* spoiled) {
  conninfo.set(spoiled, "no value of it");
  std::vector<const char*> keywords, values;
  for (const auto& [keyword, value] : conninfo.parameters) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  return RawConnection(PQconnectStartParams(keywords.data(), values.data(), 0));
}

using Values = std::map<std::string, std::string, std::less<>>;

Values values_of(PGconn* connection) {
  Values out;
  const RawConninfo all(PQconninfo(connection));
  for (const PQconninfoOption* o = all.get(); o && o->keyword; ++o)
    if (o->val && *o->val) out[o->keyword] = o->val;
  out.erase("service");  // libpq 18 tells it, and the file that it is in
  out.erase("servicefile");
  return out;
}

// What libpq would go by; nothing where it can't find a service that is named.
Values effective_values(const Conninfo& conninfo) {
  Values out = values_of(read_sources(conninfo, kSpoiled).get());
  Values other = values_of(read_sources(conninfo, kSpoiledElse).get());
  if (!other.contains("port")) return {};
  out.erase(kSpoiled);
  if (const auto found = other.find(kSpoiled); found != other.end()) out.insert(*found);
  return out;
}

}  // namespace

std::string service_of_environment() { return inherited_variable("PGSERVICE"); }

Conninfo with_service_read(Conninfo conninfo) {
  const std::string of_environment = service_of_environment();
  if (!conninfo.find("service") && !of_environment.empty()) conninfo.set("service", of_environment);
  if (!conninfo.find("service")) return conninfo;
  Conninfo out = conninfo;
  std::erase_if(out.parameters, [](const auto& pair) { return pair.first == "service"; });
  const Values with = effective_values(conninfo), without = effective_values(out);
  if (with.empty()) return conninfo;
  for (const auto& [keyword, value] : with)
    if (const auto other = without.find(keyword); other == without.end() || other->second != value)
      out.set(keyword, value);
  return out;
}

Conninfo::Pairs effective_place(const Conninfo& conninfo) {
  const Values values = effective_values(conninfo);
  Conninfo::Pairs out;
  for (const char* keyword : {"host", "port", "user", "dbname"})
    if (const auto found = values.find(keyword); found != values.end()) out.push_back(*found);
  return out;
}

}  // namespace dbkeeper::postgres
