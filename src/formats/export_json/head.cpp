#include "formats/export_json/head.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "formats/json/member.h"
#include "formats/json/strict_json.h"

namespace dbkeeper::export_json {
namespace {

using nlohmann::json;

std::optional<SchemaVersion> schema_version_of(const json& metadata) {
  const json* version = find_member(metadata, "schema_version");
  if (!version || version->is_null()) return std::nullopt;
  return SchemaVersion{text_member(*version, "tool"), text_member(*version, "version")};
}

void tell_unknown(const json& object, std::initializer_list<std::string_view> known,
                  const std::string& where, const std::function<void(const std::string&)>& tell) {
  for (const auto& [key, value] : object.items())
    if (std::find(known.begin(), known.end(), key) == known.end()) tell(where + key);
}

Summary::Totals totals_of(const json& tables, const char* name,
                          const std::function<void(const std::string&)>& unknown) {
  Summary::Totals totals;
  if (!tables.is_object()) throw Fault{0, fmt::format("the summary's '{}' is no object", name)};
  for (const auto& [table, total] : tables.items()) {
    if (!total.is_object())
      throw Fault{0, fmt::format("the summary's entry of table '{}' is no object", excerpt(table))};
    tell_unknown(total, {"rows", "digest"}, fmt::format("{}.{}.", name, table), unknown);
    totals[table] = {count_member(total, "rows"), digest_member(total, "digest")};
  }
  return totals;
}

}  // namespace

Version version_of(const json& metadata) {
  if (!metadata.is_object() || text_member(metadata, "format") != kFormat)
    throw Fault{0, "this is not a dbkeeper export"};
  return parse_version(text_member(metadata, "version"));
}

Metadata metadata_of(const json& metadata) {
  Metadata out;
  out.timestamp = text_member(metadata, "timestamp");
  out.database = text_member(metadata, "database");
  out.engine = text_member(metadata, "engine");
  out.server_version = text_member(metadata, "server_version");
  out.dbkeeper_version = text_member(metadata, "dbkeeper_version");
  out.schema_version = schema_version_of(metadata);
  if (const json* source = find_member(metadata, "source_id"); source && !source->is_null())
    out.source_id = text_member(metadata, "source_id");
  if (const json* options = find_member(metadata, "options")) out.options = plain_value(*options);
  return out;
}

Summary summary_of(const json& summary, const std::function<void(const std::string&)>& unknown) {
  if (!summary.is_object()) throw Fault{0, "the summary is no object"};
  tell_unknown(summary, {"tables", "references", "rows", "header"}, "", unknown);
  Summary out;
  out.tables = totals_of(member(summary, "tables"), "tables", unknown);
  if (const json* references = find_member(summary, "references"))
    out.references = totals_of(*references, "references", unknown);
  out.rows = count_member(summary, "rows");
  out.header = digest_member(summary, "header");
  return out;
}

Digest header_digest(const json& metadata, const json& schema) {
  // nlohmann's objects are sorted by the bytes of their keys, and it escapes no more than the
  // format does.
  const json head = {{"export_metadata", metadata}, {"schema", schema}};
  return digest_of(head.dump());
}

}  // namespace dbkeeper::export_json
