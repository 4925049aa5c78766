// Temporary tables that hold a file's rows as the database would hold them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engines/sqlite/connection.h"
#include "engines/staging/dialect.h"

namespace dbkeeper::sqlite {

void create_stage(Connection& connection, const staging::Stage& stage);

void add_generated(Connection& connection, const staging::Stage& stage, const Column& column);

std::unique_ptr<RowSink> fill_stage(Connection& connection, const staging::Stage& stage, Rows rows,
                                    const std::vector<std::string>& columns,
                                    staging::Dialect::Refuse refuse);

// The same straight into the table itself, which then refuses what contradicts its keys.
std::unique_ptr<RowSink> fill_table(Connection& connection, const Table& table,
                                    const std::vector<std::string>& columns,
                                    staging::Dialect::Refuse refuse);

}  // namespace dbkeeper::sqlite
