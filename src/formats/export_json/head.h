// What stands around the rows: metadata, schema and summary, each small enough to hold.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "dbkeeper/formats/export_json.h"
#include "formats/json/version.h"

namespace dbkeeper::export_json {

// Each is a Fault where the section lacks what the format demands, or has what it doesn't know.
Version version_of(const nlohmann::json& metadata);
Metadata metadata_of(const nlohmann::json& metadata);

struct Summary {
  using Totals = std::map<std::string, RowTotal>;
  Totals tables;
  Totals references;
  std::uint64_t rows = 0;
  Digest header;
};

// `unknown` is told of each key that the format doesn't have.
Summary summary_of(const nlohmann::json& summary,
                   const std::function<void(const std::string& key)>& unknown);

// The digest of the two sections, as the summary has it.
Digest header_digest(const nlohmann::json& metadata, const nlohmann::json& schema);

}  // namespace dbkeeper::export_json
