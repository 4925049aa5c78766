#include "commands/import_explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/text_line.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/natural_keys.h"

namespace dbkeeper {
namespace {

constexpr std::size_t kMatches = 100;

bool is_used(const ImportTable& table, const Key& key) {
  return std::any_of(table.keys.begin(), table.keys.end(), [&](const Key& used) {
    return used.name == key.name && describe(used) == describe(key);
  });
}

std::string why_not_used(const ImportTable& table, const Key& key, Identity identity) {
  if (std::string why = why_not_natural(*table.table, key); !why.empty()) return why;
  if (identity == Identity::key) return "--identity key takes the primary key alone";
  return "the file doesn't have all of its columns";
}

void add_keys(const ImportTable& table, Identity identity, ExplainedTable& out) {
  for (const Key& key : table.keys) out.keys.push_back(describe(key));
  std::vector<const Key*> all;
  if (table.table->primary_key) all.push_back(&*table.table->primary_key);
  for (const Key& key : table.table->unique) all.push_back(&key);
  for (const Key* key : all)
    if (!is_used(table, *key))
      out.no_keys.emplace_back(describe(*key), why_not_used(table, *key, identity));
}

}  // namespace

std::vector<ExplainedTable> explain(Import& import, const ImportPlan& plan) {
  std::vector<ExplainedTable> out;
  for (std::size_t i = 0; i < plan.tables.size(); ++i) {
    const ImportTable& table = plan.tables[i];
    ExplainedTable& explained = out.emplace_back();
    explained.name = table.name;
    explained.written = table.written;
    add_keys(table, plan.identity, explained);
    for (const ImportLink& link : table.links)
      explained.links.push_back(
          {join(link.columns, ", "),
           fmt::format("{} ({})", plan.tables[link.parent].name, join(link.to, ", ")),
           link.key == nullptr});
    explained.matches = import.matches(i, kMatches);
  }
  return out;
}

std::string rule_of(Identity identity) {
  switch (identity) {
    case Identity::same_source:
      return "by primary key, since the file comes from this database; then by natural keys";
    case Identity::other_source:
      return "by natural keys; then as an earlier import of that source mapped it; a row that no "
             "natural key can match, by its generated number, if its references agree";
    case Identity::natural:
      return "by natural keys; then as an earlier import of that source mapped it";
    case Identity::key:
      return "by primary key alone";
  }
  return {};
}

Value value_of(const ExplainedTable& table) {
  Value no_keys = Value::list(table.no_keys, [](const auto& key) {
    return Value().set("key", key.first).set("why", key.second);
  });
  Value links = Value::list(table.links, [](const auto& link) {
    return Value()
        .set("columns", link.columns)
        .set("references", link.references)
        .set("file_only", link.file_only);
  });
  Value found = Value::list(table.matches.counts, [](const auto& count) {
    return Value().set("by", count.by).set("rows", count.rows);
  });
  Value matches = Value::list(table.matches.first, [](const auto& match) {
    return Value().set("old", match.old_key).set("new", match.new_key).set("by", match.by);
  });
  return Value()
      .set("table", table.name)
      .set("written", table.written)
      .set("natural_keys", Value::list(table.keys))
      .set("other_keys", std::move(no_keys))
      .set("links", std::move(links))
      .set("found", std::move(found))
      .set("matches", std::move(matches));
}

std::string text_of(const ExplainedTable& table) {
  std::string text = "\n" + text_line("{}{}", table.name, table.written ? "" : " (only looked up)");
  for (const std::string& key : table.keys) text += text_line("  natural key: {}", key);
  for (const auto& [key, why] : table.no_keys)
    text += text_line("  no natural key: {}: {}", key, why);
  for (const ExplainedTable::Link& link : table.links)
    text += text_line("  refers: {} → {}{}", link.columns, link.references,
                      link.file_only ? ", as the file has it" : "");
  for (const auto& [by, rows] : table.matches.counts)
    text += text_line("  found: {} by {}", plural(rows, "row"), by);
  for (const ImportMatches::Match& match : table.matches.first)
    if (!match.old_key.empty())
      text += text_line("    {} → {} by {}", match.old_key, match.new_key, match.by);
  return text;
}

}  // namespace dbkeeper
