#include "engines/sqlite/column_type.h"

#include <array>
#include <utility>

#include "dbkeeper/base/text.h"

namespace dbkeeper::sqlite {
namespace {

// The first word, without a length: "decimal" of "DECIMAL(10, 2)".
std::string first_word(std::string_view declared) {
  return lower_ascii(declared.substr(0, declared.find_first_of("( ")));
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

Family named_family(std::string_view declared, std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Family>, 24> kNames = {{
      {"", Family::any},
      {"any", Family::any},
      {"bool", Family::boolean},
      {"boolean", Family::boolean},
      {"json", Family::any},  // text like any other here, or a number
      {"jsonb", Family::any},
      {"uuid", Family::uuid},
      {"guid", Family::uuid},
      {"uniqueidentifier", Family::uuid},
      {"date", Family::date},
      {"time", Family::time},
      {"datetime", Family::timestamp},
      {"datetime2", Family::timestamp},
      {"timestamp", Family::timestamp},
      {"timestamptz", Family::timestamptz},
      {"datetimeoffset", Family::timestamptz},
      {"numeric", Family::decimal},
      {"decimal", Family::decimal},
      {"dec", Family::decimal},
      {"number", Family::decimal},
      {"money", Family::decimal},
      {"binary", Family::bytes},
      {"varbinary", Family::bytes},
      {"bytea", Family::bytes},
  }};
  if (name == "timestamp" && contains(lower_ascii(declared), "with time zone"))
    return Family::timestamptz;
  for (const auto& [known, family] : kNames)
    if (name == known) return family;
  return Family::other;
}

Family family_by_affinity(std::string_view declared) {
  switch (affinity(declared)) {
    case Affinity::integer:
      return Family::integer;
    case Affinity::text:
      return Family::text;
    case Affinity::none:
      return Family::bytes;
    case Affinity::real:
      return Family::real;
    default:
      return Family::any;  // under a name that says nothing
  }
}

}  // namespace

Affinity affinity(std::string_view declared) {
  const std::string text = lower_ascii(declared);
  if (contains(text, "int")) return Affinity::integer;
  if (contains(text, "char") || contains(text, "clob") || contains(text, "text"))
    return Affinity::text;
  if (contains(text, "blob") || text.empty()) return Affinity::none;
  if (contains(text, "real") || contains(text, "floa") || contains(text, "doub"))
    return Affinity::real;
  return Affinity::numeric;
}

Type column_type(std::string_view declared) {
  Type type;
  type.name = declared;
  type.family = named_family(declared, first_word(declared));
  if (type.family == Family::other) type.family = family_by_affinity(declared);
  type.affinity = affinity(declared);
  return type;
}

}  // namespace dbkeeper::sqlite
