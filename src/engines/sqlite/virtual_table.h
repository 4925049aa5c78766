// What the texts of CREATE VIRTUAL TABLE and CREATE TRIGGER say about virtual tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dbkeeper::sqlite {

struct VirtualTable {
  std::string module;   // "fts5"
  std::string content;  // the table that holds what it indexes, if it is another one
};

VirtualTable parse_virtual_table(std::string_view sql);

// Whether a module keeps its data in a table of this name, the part after "<its own name>_". Known
// of those modules that are common: an application's own is anybody's guess.
bool keeps_data_in(std::string_view module, std::string_view suffix);

// Why a virtual table's rows are not exported.
std::string reason_not_to_export(const VirtualTable& table);

// The tables into which a trigger's body writes, as named there.
std::vector<std::string> tables_written_by(std::string_view trigger_sql);

}  // namespace dbkeeper::sqlite
