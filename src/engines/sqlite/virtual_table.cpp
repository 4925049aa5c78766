#include "engines/sqlite/virtual_table.h"

#include <fmt/format.h>

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
