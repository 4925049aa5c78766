#include "engines/postgres/stored_type.h"

#include <array>
#include <string_view>
#include <utility>

#include "engines/postgres/oids.h"

namespace dbkeeper::postgres {
namespace {

// As the server's format_type() writes those that their family alone doesn't tell apart.
constexpr std::array<std::pair<std::string_view, std::uint32_t>, 6> kNames = {
    {{"smallint", oid::kInt2},
     {"integer", oid::kInt4},
     {"bigint", oid::kInt8},
     {"oid", oid::kOid},
     {"\"char\"", oid::kChar},
     {"xml", oid::kXml}}};

std::uint32_t number_by_name(std::string_view name) {
  for (const auto& [known, number] : kNames)
    if (name == known) return number;
  return 0;
}

std::uint32_t number_of(const Type& type) {
  switch (type.family) {
    case Family::integer:
      // An array's element is called by its domain's name, if it has one, and is text then.
      if (const std::uint32_t number = number_by_name(type.name)) return number;
      return oid::kInt8;
    case Family::other:
      return number_by_name(type.name);
    case Family::decimal:
      return oid::kNumeric;
    case Family::single:
      return oid::kFloat4;
    case Family::real:
      return oid::kFloat8;
    case Family::boolean:
      return oid::kBool;
    case Family::text:
      return oid::kText;
    case Family::bytes:
      return oid::kBytea;
    case Family::json:
      return oid::kJson;
    case Family::jsonb:
      return oid::kJsonb;
    case Family::date:
      return oid::kDate;
    case Family::time:
      return oid::kTime;
    case Family::timestamp:
      return oid::kTimestamp;
    case Family::timestamptz:
      return oid::kTimestamptz;
    case Family::uuid:
      return oid::kUuid;
    case Family::array:
    case Family::any:
      return 0;
  }
  return 0;
}

}  // namespace

Type with_number(Type described) {
  described.engine_id = number_of(described);
  for (Type& element : described.element) {
    // The one built-in type whose arrays have another delimiter.
    if (element.name == "box") described.delimiter = ';';
    element.engine_id = number_of(element);
  }
  return described;
}

}  // namespace dbkeeper::postgres
