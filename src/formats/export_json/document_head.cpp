#include "formats/export_json/document_head.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "dbkeeper/base/error.h"
#include "formats/json/fault.h"
#include "formats/json/schema_json.h"
#include "formats/json/strict_json.h"

namespace dbkeeper::export_json {
namespace {

constexpr Version kOwn = {1, 0};
static_assert(kVersion == "1.0");

// Works on the text of the value that comes next; what is wrong with it is told with its place.
template <class Work>
auto with_value(Scanner& scanner, Work work) {
  const std::string_view text = scanner.value();
  try {
    return work(strict_json(text));
  } catch (const Fault& fault) {
    Scanner::fail(fault.what, scanner.place_in_value(fault.at));
  }
}

[[noreturn]] void refuse_version(const Version& version, const Scanner::Place& place) {
  throw Error(ErrorKind::input,
              fmt::format("line {}: the export has format version {}.{}; this dbkeeper reads {}.x",
                          place.line, version.major, version.minor, kOwn.major))
      .line(place.line)
      .hint("use a dbkeeper that reads this version");
}

// CityForge's export_data.py writes {"export_metadata": {"timestamp", "version", "database"},
// "data": {…}, "relationships": {…}}.
bool is_of_export_data(const nlohmann::json& metadata) {
  return metadata.is_object() && !metadata.contains("format") && metadata.contains("timestamp") &&
         metadata.contains("database");
}

[[noreturn]] void refuse_export_data() {
  throw Error(ErrorKind::input,
              "the file is no dbkeeper export, though it looks like one: an application's own "
              "script, such as CityForge's export_data.py, wrote it")
      .hint(
          "its import_data.py takes it; with a backup before it and an undo: dbkeeper migrate -- "
          "python import_data.py --input FILE --mode merge; from then on dbkeeper export and "
          "import, which keep every value and find rows again");
}

}  // namespace

DocumentHead::DocumentHead(const ReaderOptions& options) : options_(options) {}
DocumentHead::~DocumentHead() = default;

void DocumentHead::take(const std::string& section, Scanner& scanner) {
  if (section == "export_metadata" && !metadata_) return take_metadata(scanner);
  if (section == "schema" && !schema_) return take_schema(scanner);
  if (section == "summary" && !summary_) return take_summary(scanner);
  const bool known = section == "export_metadata" || section == "schema" || section == "summary";
  if (!known) unknown_.push_back({fmt::format("section '{}'", excerpt(section)), scanner.place()});
  if (version_) judge_unknown();
  scanner.skip_value();
}

void DocumentHead::take_metadata(Scanner& scanner) {
  with_value(scanner, [&](nlohmann::json metadata) {
    if (is_of_export_data(metadata)) refuse_export_data();
    version_ = version_of(metadata);
    if (version_->major != kOwn.major) refuse_version(*version_, scanner.place_in_value(0));
    metadata_ = metadata_of(metadata);
    metadata_json_ = std::make_unique<nlohmann::json>(std::move(metadata));
  });
  judge_unknown();
  check_header();
}

void DocumentHead::take_schema(Scanner& scanner) {
  with_value(scanner, [&](nlohmann::json schema) {
    schema_ = schema_of(schema);
    schema_json_ = std::make_unique<nlohmann::json>(std::move(schema));
  });
  check_header();
}

void DocumentHead::take_summary(Scanner& scanner) {
  with_value(scanner, [&](const nlohmann::json& summary) {
    summary_place_ = scanner.place_in_value(0);
    summary_ = summary_of(summary, [&](const std::string& key) {
      unknown_.push_back({fmt::format("key '{}' of the summary", excerpt(key)), summary_place_});
    });
  });
  if (version_) judge_unknown();
  check_header();
}

// What a newer minor version may have, this one may not. Requires: the version is known.
void DocumentHead::judge_unknown() {
  const bool newer = version_->minor > kOwn.minor;
  for (const Unknown& unknown : unknown_) {
    if (!newer) Scanner::fail(fmt::format("unknown {}", unknown.what), unknown.place);
    if (options_.warn)
      options_.warn(fmt::format("line {}: the {} of format {}.{} is unknown here and left out",
                                unknown.place.line, unknown.what, version_->major,
                                version_->minor));
  }
  unknown_.clear();
}

void DocumentHead::check_header() const {
  if (!metadata_json_ || !schema_json_ || !summary_) return;
  const Digest digest = header_digest(*metadata_json_, *schema_json_);
  if (digest == summary_->header) return;
  const std::string what =
      fmt::format("metadata and schema have the digest {}, the summary says {}", digest.text(),
                  summary_->header.text());
  if (!options_.edited)
    Scanner::fail(what + ": they were changed after the file was written", summary_place_);
  if (options_.warn) options_.warn(what);
}

}  // namespace dbkeeper::export_json
