#include "engines/sqlite/virtual_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "dbkeeper/base/text.h"
#include "engines/sqlite/tokens.h"

namespace dbkeeper::sqlite {

VirtualTable parse_virtual_table(std::string_view sql) {
  VirtualTable table;
  const Tokens tokens(sql);
  const std::size_t module = tokens.find("USING") + 1;
  if (module >= tokens.size()) return table;
  table.module = tokens[module].name();
  if (module + 1 >= tokens.size() || !tokens[module + 1].is('(')) return table;
  for (const auto& [begin, end] : tokens.split(module + 2, tokens.closing(module + 1)))
    if (end - begin == 3 && tokens[begin].is("content") && tokens[begin + 1].is('='))
      table.content = tokens[begin + 2].name();
  return table;
}

bool keeps_data_in(std::string_view module, std::string_view suffix) {
  using Names = std::vector<std::string_view>;
  static const std::map<std::string_view, Names> kTables = {
      {"fts3", {"content", "segments", "segdir", "docsize", "stat"}},
      {"fts4", {"content", "segments", "segdir", "docsize", "stat"}},
      {"fts5", {"data", "idx", "content", "docsize", "config"}},
      {"rtree", {"node", "rowid", "parent"}},
      {"rtree_i32", {"node", "rowid", "parent"}},
      {"geopoly", {"node", "rowid", "parent"}},
      {"spellfix1", {"vocab"}},
      {"vec0",
       {"info", "chunks", "rowids", "auxiliary", "vector_chunks", "metadatachunks",
        "metadatatext"}},
      {"vss0", {"index", "data"}}};
  const auto names = kTables.find(lower_ascii(module));
  if (names == kTables.end()) return false;
  // vec0 numbers them: docs_vector_chunks00.
  const std::string lower = lower_ascii(suffix);
  const std::string_view word(lower.data(), lower.find_last_not_of("0123456789") + 1);
  return std::find(names->second.begin(), names->second.end(), word) != names->second.end();
}

std::string reason_not_to_export(const VirtualTable& table) {
  if (table.content.empty()) return fmt::format("a virtual table ({})", table.module);
  return fmt::format("a virtual table ({}): rebuilt from '{}'", table.module, table.content);
}

std::vector<std::string> tables_written_by(std::string_view trigger_sql) {
  std::vector<std::string> names;
  const Tokens tokens(trigger_sql);
  const auto add = [&](std::size_t at) {
    if (at < tokens.size()) names.push_back(tokens[at].name());
  };
  for (std::size_t i = tokens.find("BEGIN"); i < tokens.size(); ++i) {
    if (tokens[i].is("INTO") || (tokens[i].is("FROM") && tokens[i - 1].is("DELETE")))
      add(i + 1);
    else if (tokens[i].is("UPDATE"))  // perhaps OR IGNORE and the like
      add(i + 1 < tokens.size() && tokens[i + 1].is("OR") ? i + 3 : i + 1);
  }
  return names;
}

}  // namespace dbkeeper::sqlite
