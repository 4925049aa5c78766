#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "formats/backup/manifest.h"
#include "formats/backup/member_names.h"
#include "formats/backup/tar.h"
#include "formats/backup/words.h"
#include "formats/json/member.h"
#include "formats/json/schema_json.h"
#include "formats/json/strict_json.h"
#include "formats/json/version.h"

namespace dbkeeper::backup {
namespace {

using nlohmann::json;

constexpr int kMajor = 1;
static_assert(kVersion == "1.0");

void check_version(const json& manifest) {
  if (!manifest.is_object() || text_member(manifest, "format") != kFormat)
    throw Fault{0, "this is not a dbkeeper backup"};
  const std::string text = text_member(manifest, "version");
  if (parse_version(text).major != kMajor)
    throw Fault{
        0, fmt::format("the backup has format version {}; this dbkeeper reads {}.x", text, kMajor)};
}

template <class Words>
auto meaning_of(const Words& words, const json& object, const char* key) {
  const std::string text = text_member(object, key);
  for (const auto& [meaning, word] : words)
    if (word == text) return meaning;
  throw Fault{0, fmt::format("'{}' is no '{}' that this version knows", excerpt(text), key)};
}

std::vector<BackupStream> streams_of(const json& list) {
  std::vector<BackupStream> streams;
  for (const json& described : list) {
    const BackupStream stream{text_member(described, "folder"),
                              meaning_of(kStreamFormats, described, "format"),
                              meaning_of(kPackings, described, "packing")};
    const bool rows =
        stream.format == StreamFormat::copy_binary || stream.format == StreamFormat::copy_text;
    if (rows && stream.packing != Packing::pieces)
      throw Fault{0, fmt::format("the rows in '{}' aren't in pieces", excerpt(stream.folder))};
    streams.push_back(stream);
  }
  return streams;
}

// The tables, each of which has a stream of its own or none.
class Tables {
 public:
  explicit Tables(const std::vector<BackupStream>& streams) {
    for (std::size_t i = 0; i < streams.size(); ++i) free_.emplace(streams[i].folder, i);
  }

  BackupTable take(const json& described) {
    BackupTable table;
    table.name = {text_member(described, "schema"), text_member(described, "name")};
    table.columns = texts_of(member(described, "columns"), "columns");
    table.total = {count_member(described, "rows"), digest_member(described, "digest")};
    if (!names_.insert(table.name).second)
      throw Fault{0, fmt::format("the table '{}' is listed twice", excerpt(table.name.name))};
    if (!member(described, "stream").is_null())
      table.stream = take_stream(text_member(described, "stream"));
    return table;
  }

 private:
  std::size_t take_stream(const std::string& folder) {
    const auto at = free_.find(folder);
    if (at == free_.end())
      throw Fault{0,
                  fmt::format("there is no stream '{}', or two tables have it", excerpt(folder))};
    return free_.extract(at).mapped();
  }

  std::map<std::string, std::size_t> free_;
  std::set<TableName> names_;
};

std::vector<BackupTable> tables_of(const json& list, const std::vector<BackupStream>& streams) {
  Tables tables(streams);
  std::vector<BackupTable> out;
  for (const json& described : list) out.push_back(tables.take(described));
  return out;
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::vector<BackupMember> members_of(const json& list, const std::vector<BackupStream>& streams) {
  MemberNames names(streams);
  std::vector<BackupMember> members;
  for (const json& described : list) {
    BackupMember member;
    member.name = text_member(described, "name");
    member.stream = names.take(member.name);
    member.size = count_member(described, "size", "size");
    member.sha256 = text_member(described, "sha256");
    if (member.size > kLargestMember || !is_sha256(member.sha256))
      throw Fault{0, fmt::format("size or SHA-256 of '{}' can't be", excerpt(member.name))};
    members.push_back(std::move(member));
  }
  return members;
}

void set_schema_version(BackupDescription& description, const json& manifest) {
  const json* version = find_member(manifest, "schema_version");
  if (!version || version->is_null()) return;
  description.tool = text_member(*version, "tool");
  description.tool_version = text_member(*version, "version");
}

// All but streams and tables.
BackupDescription description_of(const json& manifest) {
  BackupDescription out;
  out.engine = text_member(manifest, "engine");
  out.server_version = text_member(manifest, "server_version");
  out.database = text_member(manifest, "database");
  out.dbkeeper_version = text_member(manifest, "dbkeeper_version");
  out.time = text_member(manifest, "time");
  out.label = text_member(manifest, "label");
  if (const json* source = find_member(manifest, "source_id"); source && !source->is_null())
    out.source_id = text_member(manifest, "source_id");
  set_schema_version(out, manifest);
  if (const json* properties = find_member(manifest, "properties"))
    out.properties = plain_value(*properties);
  out.schema = schema_of(member(manifest, "schema"), text_member(manifest, "default_schema"));
  out.data_bytes = count_member(manifest, "data_bytes", "number of bytes");
  return out;
}

}  // namespace

Manifest parse_manifest(std::string_view text) {
  const json manifest = strict_json(text);
  check_version(manifest);
  Manifest out;
  BackupDescription& description = out.description = description_of(manifest);
  description.streams = streams_of(list_member(manifest, "streams"));
  out.members = members_of(list_member(manifest, "members"), description.streams);
  description.tables = tables_of(list_member(manifest, "tables"), description.streams);
  if (description.rows() != count_member(manifest, "rows"))
    throw Fault{0, "'rows' is not the sum over the tables"};
  return out;
}

}  // namespace dbkeeper::backup
