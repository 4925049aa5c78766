#include "dbkeeper/model/family.h"

#include <array>
#include <utility>

namespace dbkeeper {
namespace {

constexpr std::array<std::pair<Family, std::string_view>, 17> kNames = {{
    {Family::integer, "integer"},
    {Family::decimal, "decimal"},
    {Family::single, "single"},
    {Family::real, "real"},
    {Family::boolean, "boolean"},
    {Family::text, "text"},
    {Family::bytes, "bytes"},
    {Family::json, "json"},
    {Family::jsonb, "jsonb"},
    {Family::date, "date"},
    {Family::time, "time"},
    {Family::timestamp, "timestamp"},
    {Family::timestamptz, "timestamptz"},
    {Family::uuid, "uuid"},
    {Family::array, "array"},
    {Family::any, "any"},
    {Family::other, "other"},
}};

}  // namespace

std::string_view name_of(Family family) {
  for (const auto& [known, name] : kNames)
    if (known == family) return name;
  return "other";
}

std::optional<Family> parse_family(std::string_view name) {
  for (const auto& [family, known] : kNames)
    if (known == name) return family;
  return std::nullopt;
}

}  // namespace dbkeeper
