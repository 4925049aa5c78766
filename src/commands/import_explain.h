// Why an import took which row for which: the keys of each table, and what was found by them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dbkeeper/base/value.h"
#include "dbkeeper/core/import_plan.h"

namespace dbkeeper {

struct ExplainedTable {
  struct Link {
    std::string columns;
    std::string references;
    bool file_only = false;  // the database has no such foreign key
  };

  std::string name;
  bool written = false;
  std::vector<std::string> keys;                             // natural ones, in order
  std::vector<std::pair<std::string, std::string>> no_keys;  // and why each of them isn't
  std::vector<Link> links;
  ImportMatches matches;
};

// Requires: find_rows() of this plan.
std::vector<ExplainedTable> explain(Import& import, const ImportPlan& plan);

// "by natural keys, then …": what holds for every table.
std::string rule_of(Identity identity);

Value value_of(const ExplainedTable& table);
std::string text_of(const ExplainedTable& table);

}  // namespace dbkeeper
