#include "formats/export_json/head.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "formats/export_json/json_cursor.h"
#include "formats/export_json/json_member.h"

namespace dbkeeper::export_json {
namespace {

using nlohmann::json;

// Notes the keys of the objects that are open, to find one that stands twice.
class KeyWatch {
 public:
  bool operator()(int, json::parse_event_t event, json& value) {
    switch (event) {
      case json::parse_event_t::object_start:
        open_.emplace_back();
        break;
      case json::parse_event_t::object_end:
        open_.pop_back();
        break;
      case json::parse_event_t::key:
        if (!open_.back().insert(value.get<std::string>()).second && twice_.empty())
          twice_ = value.get<std::string>();
        break;
      default:
        break;
    }
    return true;
  }
  const std::string& twice() const { return twice_; }

 private:
  std::vector<std::set<std::string>> open_;
  std::string twice_;
};

std::optional<int> parsed_number(std::string_view digits) {
  int number = 0;
  const char* end = digits.data() + digits.size();
  const auto result = std::from_chars(digits.data(), end, number);
  if (result.ec != std::errc() || result.ptr != end || number < 0) return std::nullopt;
  return number;
}

Value value_of(const json& value) {
  switch (value.type()) {
    case json::value_t::boolean:
      return value.get<bool>();
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
      return value.get<std::int64_t>();
    case json::value_t::number_float:
      return value.get<double>();
    case json::value_t::string:
      return value.get<std::string>();
    case json::value_t::array:
      return Value::list(value, [](const json& item) { return value_of(item); });
    case json::value_t::object: {
      Value out = Value::object();
      for (const auto& [key, member] : value.items()) out.set(key, value_of(member));
      return out;
    }
    default:
      return {};
  }
}

std::optional<SchemaVersion> schema_version_of(const json& metadata) {
  const json* version = find_member(metadata, "schema_version");
  if (!version || version->is_null()) return std::nullopt;
  return SchemaVersion{text_member(*version, "tool"), text_member(*version, "version")};
}

Digest digest_member(const json& object, const char* key) {
  const std::string text = text_member(object, key);
  const auto digest = Digest::parse(text);
  if (!digest) throw Fault{0, fmt::format("'{}' is no digest: {}", key, text)};
  return *digest;
}

std::uint64_t count_member(const json& object, const char* key) {
  const json& count = member(object, key);
  if (!count.is_number_unsigned()) throw Fault{0, fmt::format("'{}' is no number of rows", key)};
  return count.get<std::uint64_t>();
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
      throw Fault{0, fmt::format("the summary's entry of table '{}' is no object", table)};
    tell_unknown(total, {"rows", "digest"}, fmt::format("{}.{}.", name, table), unknown);
    totals[table] = {count_member(total, "rows"), digest_member(total, "digest")};
  }
  return totals;
}

}  // namespace

json strict_json(std::string_view text) {
  KeyWatch watch;
  try {
    json value = json::parse(text, std::ref(watch));
    if (!watch.twice().empty())
      throw Fault{0, fmt::format("the key '{}' stands twice in one object", watch.twice())};
    return value;
  } catch (const json::parse_error& error) {
    throw Fault{error.byte > 0 ? error.byte - 1 : 0, "not valid JSON"};
  } catch (const json::exception&) {
    throw Fault{0, "a number larger than any that belongs here"};
  }
}

Version version_of(const json& metadata) {
  if (!metadata.is_object() || text_member(metadata, "format") != kFormat)
    throw Fault{0, "this is not a dbkeeper export"};
  const std::string text = text_member(metadata, "version");
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto major = parsed_number(std::string_view(text).substr(0, point));
  const auto minor = parsed_number(std::string_view(text).substr(std::min(point + 1, text.size())));
  if (!major || !minor) throw Fault{0, fmt::format("'{}' is no version of the format", text)};
  return {*major, *minor};
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
  if (const json* options = find_member(metadata, "options")) out.options = value_of(*options);
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
