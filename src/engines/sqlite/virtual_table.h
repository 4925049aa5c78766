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

// Why a virtual table's rows are not exported.
std::string reason_not_to_export(const VirtualTable& table);

// The tables into which a trigger's body writes, as named there.
std::vector<std::string> tables_written_by(std::string_view trigger_sql);

}  // namespace dbkeeper::sqlite
