#include "engines/sqlite/table_definition.h"

#include <algorithm>

#include "engines/sqlite/tokens.h"

namespace dbkeeper::sqlite {
namespace {

// Reads the parts of the definition one after the other. Only words that SQLite reserves are looked
// for, and only outside of quotes and parentheses: none of them can be a name or a type there.
class TableParser {
 public:
  explicit TableParser(std::string_view sql) : tokens_(sql) {}

  TableDefinition parse() {
    const std::size_t open = tokens_.find('(');
    for (const auto& [begin, end] : tokens_.split(open + 1, tokens_.closing(open))) {
      if (is_constraint(tokens_[begin]))
        read_constraints(begin, end, {});
      else
        read_constraints(begin + 1, end, tokens_[begin].name());
    }
    return std::move(definition_);
  }

 private:
  static bool is_constraint(const Token& token) {
    return token.is("CONSTRAINT") || token.is("PRIMARY") || token.is("UNIQUE") ||
           token.is("CHECK") || token.is("FOREIGN");
  }

  // The constraints of a column, or a table's own, which have `column` empty.
  void read_constraints(std::size_t begin, std::size_t end, const std::string& column) {
    std::string name;
    std::vector<std::string> columns;
    for (std::size_t i = begin; i < end; ++i) {
      const Token& token = tokens_[i];
      if (token.is("CONSTRAINT") && i + 1 < end) {
        name = tokens_[++i].name();
      } else if (token.is("PRIMARY") || token.is("UNIQUE")) {
        definition_.keys.push_back({std::exchange(name, {}), columns_of(column, i, end)});
      } else if (token.is("FOREIGN")) {
        columns = columns_of({}, i, end);
      } else if (token.is("REFERENCES")) {
        if (!column.empty()) columns = {column};
        definition_.references.push_back({std::exchange(name, {}), columns, false, false});
        ++i;  // the parent's name, whatever it is
      } else if (token.is("DEFERRABLE")) {
        read_deferral(begin, i, end);
      } else if (token.is("AS") && i + 1 < end && tokens_[i + 1].is('(')) {
        definition_.generated[column] = tokens_.text(i + 2, tokens_.closing(i + 1));
      } else if (token.is("CONFLICT") && tokens_[i - 1].is("ON")) {
        definition_.settles_conflicts = true;
      } else if (token.is("CHECK") || token.is("DEFAULT") || token.is("COLLATE")) {
        name.clear();
      }
      if (tokens_[i].is('(')) i = std::min(tokens_.closing(i), end);
    }
  }

  // A column's constraint is about it; a table's names columns in the next parentheses, perhaps
  // with a collation and an order.
  std::vector<std::string> columns_of(const std::string& column, std::size_t at, std::size_t end) {
    if (!column.empty()) return {column};
    std::vector<std::string> columns;
    const std::size_t open = tokens_.find('(', at);
    if (open >= end) return columns;
    for (const auto& part : tokens_.split(open + 1, tokens_.closing(open)))
      columns.push_back(tokens_[part.first].name());
    return columns;
  }

  // [NOT] DEFERRABLE [INITIALLY DEFERRED|IMMEDIATE], of the foreign key before it.
  void read_deferral(std::size_t begin, std::size_t at, std::size_t end) {
    if (definition_.references.empty() || (at > begin && tokens_[at - 1].is("NOT"))) return;
    TableDefinition::Reference& reference = definition_.references.back();
    reference.deferrable = true;
    reference.initially_deferred =
        at + 2 < end && tokens_[at + 1].is("INITIALLY") && tokens_[at + 2].is("DEFERRED");
  }

  Tokens tokens_;
  TableDefinition definition_;
};

}  // namespace

TableDefinition parse_table(std::string_view sql) { return TableParser(sql).parse(); }

}  // namespace dbkeeper::sqlite
