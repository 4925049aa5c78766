#include "engines/sqlite/integrity.h"

#include <fmt/format.h>

#include <unordered_map>

#include "dbkeeper/base/text.h"
#include "engines/sqlite/errors.h"
#include "engines/sqlite/statement.h"
#include "engines/sqlite/unjudged.h"

namespace dbkeeper::sqlite {
namespace {

constexpr int kMostFindings = 100;
constexpr const char* kHint =
    "go back to a backup from before; if an index alone is off, REINDEX in the sqlite3 shell "
    "repairs it";

Finding finding(std::string message) {
  return {"integrity", std::nullopt, {}, std::move(message), kHint, 0};
}

// Which table a line of the check is about, by the names of indexes and the numbers of the pages at
// which trees begin.
class Places {
 public:
  Places(Connection& connection, const Schema& schema) : schema_(schema) {
    Statement rows(connection, "SELECT name, tbl_name, rootpage FROM main.sqlite_master");
    while (rows.step()) {
      const TableName table{schema.default_schema, std::string(rows.text(1))};
      by_index_.emplace(rows.text(0), table);
      by_root_.emplace(rows.integer(2), table);
    }
  }

  // Lines name an index last ("row 3 missing from index users_email"), a table's column before a
  // dot ("NULL value in users.email"), a tree first ("Tree 5 page 9: …").
  void locate(Finding& found) const {
    const std::string_view line = found.message;
    if (const std::size_t at = line.rfind(" index "); at != std::string_view::npos) {
      const auto index = by_index_.find(std::string(line.substr(at + 7)));
      if (index == by_index_.end()) return;
      found.table = index->second;
      found.object = index->first;
    } else if (line.starts_with("Tree ")) {
      const auto root = by_root_.find(std::atoll(std::string(line.substr(5)).c_str()));
      if (root != by_root_.end()) found.table = root->second;
    } else if (const std::size_t in = line.find(" in "); in != std::string_view::npos) {
      for (const Table& table : schema_.tables)
        if (line.substr(in + 4) == table.name.name ||
            line.substr(in + 4).starts_with(table.name.name + "."))
          found.table = table.name;
    }
  }

 private:
  const Schema& schema_;
  std::unordered_map<std::string, TableName> by_index_;
  std::unordered_map<std::int64_t, TableName> by_root_;
};

// Trouble with the pages comes as one text of several lines under a title.
void add_lines(std::string_view text, const Unjudged& unjudged, const Places& places,
               std::vector<Finding>& findings) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.empty() || line == "ok" || line.starts_with("*** in database")) continue;
    if (unjudged.is_about(line)) continue;
    findings.push_back(finding(std::string(line)));
    places.locate(findings.back());
  }
}

void check_everything(Connection& connection, const Schema& schema,
                      std::vector<Finding>& findings) {
  const Places places(connection, schema);
  const Unjudged unjudged(connection);
  for (const std::string& reason : unjudged.reasons()) connection.warn("not checked: " + reason);
  // A function that is missing in one place ends the check of all.
  if (unjudged.for_want_of_functions()) connection.run("PRAGMA ignore_check_constraints=ON");
  Statement rows(connection,
                 fmt::format("PRAGMA main.{}({})",
                             unjudged.for_want_of_functions() ? "quick_check" : "integrity_check",
                             kMostFindings),
                 Order::any);
  while (rows.step()) add_lines(rows.text(0), unjudged, places, findings);
}

// Pages that are still in the log may be missing from the file.
void check_length(Connection& connection, std::vector<Finding>& findings) {
  const FileHeader header = connection.header();
  const auto promised = static_cast<std::int64_t>(header.pages * header.page_size);
  if (!header.valid || connection.log_bytes() > 0 || connection.file_bytes() >= promised) return;
  findings.push_back(finding(
      fmt::format("the file is cut off: by its header it has {} bytes, on the disk it has {}",
                  promised, connection.file_bytes())));
}

}  // namespace

std::vector<Finding> check_integrity(Connection& connection, const Schema& schema, Depth depth) {
  std::vector<Finding> findings;
  check_length(connection, findings);
  if (depth == Depth::quick) return findings;
  try {
    check_everything(connection, schema, findings);
  } catch (const Error& error) {
    if (!is_damage(connection.last_failure())) throw;
    findings.push_back(finding(error.message()));
  }
  connection.forget_stand_in_order();
  return findings;
}

}  // namespace dbkeeper::sqlite
