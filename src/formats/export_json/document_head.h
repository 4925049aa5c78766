// The sections that hold no rows, gathered in whatever order the document has them: metadata,
// schema, summary, and those that this version doesn't know.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dbkeeper/formats/export_reader.h"
#include "formats/export_json/head.h"
#include "formats/export_json/scanner.h"

namespace dbkeeper::export_json {

class DocumentHead {
 public:
  // The options outlive it.
  explicit DocumentHead(const ReaderOptions& options);
  ~DocumentHead();

  // Takes a section's value: of one that is known already, from a first pass, without a look.
  void take(const std::string& section, Scanner& scanner);

  bool has_schema() const { return metadata_ && schema_; }
  // Requires: has_schema().
  const Metadata& metadata() const { return *metadata_; }
  const Schema& schema() const { return *schema_; }

  const std::optional<Summary>& summary() const { return summary_; }
  // Of the summary; Requires: there is one.
  const Scanner::Place& summary_place() const { return summary_place_; }

 private:
  struct Unknown {
    std::string what;
    Scanner::Place place;
  };

  void take_metadata(Scanner& scanner);
  void take_schema(Scanner& scanner);
  void take_summary(Scanner& scanner);
  void judge_unknown();
  void check_header() const;

  const ReaderOptions& options_;
  std::optional<Version> version_;
  std::optional<Metadata> metadata_;
  std::optional<Schema> schema_;
  std::optional<Summary> summary_;
  Scanner::Place summary_place_;
  std::unique_ptr<nlohmann::json> metadata_json_, schema_json_;  // until the header is checked
  std::vector<Unknown> unknown_;
};

}  // namespace dbkeeper::export_json
