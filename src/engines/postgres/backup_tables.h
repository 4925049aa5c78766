// Which tables' rows a backup has, and how they are copied.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/model/name.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

struct CopiedTable {
  TableName name;
  std::vector<std::string> columns;
  bool binary = true;     // its binary form is the same in every version and database
  std::string condition;  // "WHERE …" for rows of an extension's table that are the user's
};

std::vector<CopiedTable> copied_tables(Session& session);

// "public.users (id, email)", as \copy takes it.
std::string copied_columns(const TableName& table, const std::vector<std::string>& columns);

}  // namespace dbkeeper::postgres
