// Rows in the bytes of a COPY that a backup has kept. No server, no libpq.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/model/backup.h"
#include "dbkeeper/model/rows.h"

namespace dbkeeper::postgres {

// As engines/backup_reading.h says of rows_in_piece().
std::unique_ptr<RowSource> rows_in_piece(const BackupDescription& description,
                                         const BackupTable& table,
                                         const std::vector<std::string>& columns,
                                         std::string_view piece);

}  // namespace dbkeeper::postgres
