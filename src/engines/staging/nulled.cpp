#include "engines/staging/nulled.h"

#include <algorithm>

namespace dbkeeper::staging {
namespace {

bool shared(const ImportTable& table, const ImportLink& link, const std::string& column) {
  return std::any_of(table.links.begin(), table.links.end(), [&](const ImportLink& other) {
    return &other != &link &&
           std::find(other.columns.begin(), other.columns.end(), column) != other.columns.end();
  });
}

}  // namespace

std::vector<std::string> nulled_columns(const ImportTable& table, const ImportLink& link) {
  std::vector<std::string> own, any;
  for (const std::string& column : link.columns) {
    const Column& of_table = *table.table->find_column(column);
    if (!of_table.nullable || of_table.generated()) continue;
    any.push_back(column);
    if (!shared(table, link, column)) own.push_back(column);
  }
  return own.empty() ? any : own;
}

bool becomes_null(const ImportPlan& plan, const ImportTable& table, const ImportLink& link) {
  return link.key && plan.on_missing == MissingReference::null &&
         !nulled_columns(table, link).empty();
}

}  // namespace dbkeeper::staging
