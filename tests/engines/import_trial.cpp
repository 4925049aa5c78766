#include "engines/import_trial.h"

#include "dbkeeper/base/text.h"

namespace dbkeeper::testing {

std::string said(const ImportCounts& counts) {
  std::vector<std::string> parts;
  const auto add = [&](std::int64_t number, const char* what) {
    if (number != 0) parts.push_back(std::to_string(number) + " " + what);
  };
  add(counts.inserted, "inserted");
  add(counts.updated, "updated");
  add(counts.unchanged, "unchanged");
  add(counts.skipped, "skipped");
  add(counts.dropped, "dropped");
  add(counts.remapped, "remapped");
  add(counts.removed, "removed");
  add(counts.nulled, "nulled");
  add(counts.same_number_alone, "by number alone");
  return std::to_string(counts.rows) + ": " + join(parts, ", ");
}

ImportOutcome imported(ImportTarget& target, const ImportFile& file, const ImportChoice& choice) {
  ImportOutcome out = run_import(target, file, choice);
  if (out.error) FAIL(out.error->message());
  return out;
}

std::string conflict_of(ImportTarget& target, const ImportFile& file, const ImportChoice& choice,
                        const std::string& table) {
  const RowsByTable before = target.rows();
  const ImportOutcome out = run_import(target, file, choice);
  REQUIRE(out.error);
  INFO(out.error->message());
  CHECK(out.error->kind() == ErrorKind::conflict);
  CHECK(out.error->table() == table);
  CHECK(target.rows() == before);
  return out.error->message();
}

void import_again(ImportTarget& target, const ImportFile& file, const ImportChoice& choice) {
  const RowsByTable before = target.rows();
  const ImportOutcome out = imported(target, file, choice);
  for (const auto& [table, counts] : out.counts) {
    INFO(table << ": " << said(counts));
    CHECK(counts.inserted == 0);
    CHECK(counts.updated == 0);
  }
  CHECK(target.rows() == before);
}

}  // namespace dbkeeper::testing
