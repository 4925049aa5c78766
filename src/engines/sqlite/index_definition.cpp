#include "engines/sqlite/index_definition.h"

#include "engines/sqlite/tokens.h"

namespace dbkeeper::sqlite {

IndexDefinition parse_index(std::string_view sql) {
  IndexDefinition definition;
  const Tokens tokens(sql);
  const std::size_t open = tokens.find('(', tokens.find("ON"));
  const std::size_t close = tokens.closing(open);
  for (auto [begin, end] : tokens.split(open + 1, close)) {
    if (end - begin > 1 && (tokens[end - 1].is("ASC") || tokens[end - 1].is("DESC"))) --end;
    if (end - begin > 2 && tokens[end - 2].is("COLLATE")) end -= 2;
    definition.parts.push_back(tokens.text(begin, end));
  }
  if (close + 1 < tokens.size() && tokens[close + 1].is("WHERE"))
    definition.predicate = tokens.text(close + 2, tokens.size());
  return definition;
}

}  // namespace dbkeeper::sqlite
