// What stands in a backup, read by itself: no server is asked, and nothing is restored.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/engines/connect.h"
#include "dbkeeper/model/backup.h"
#include "dbkeeper/model/rows.h"

namespace dbkeeper {

// The rows in a piece of a table's stream, cells as a RowSource of the database itself would give
// them, columns in the order given. Description, table and piece outlive the source. Error(input)
// for bytes that are no such rows, Error(failed) for a column whose form can't be read here.
// Requires: the table has a stream, of rows, in that description; the columns are among the
// table's.
std::unique_ptr<RowSource> rows_in_piece(const BackupDescription& description,
                                         const BackupTable& table,
                                         const std::vector<std::string>& columns,
                                         std::string_view piece);

// Gives the bytes of an image, from its first to its last.
using ImageBytes = std::function<void(const std::function<void(std::string_view)>& take)>;

// A database of the description's engine that is read where its image was written to: a file
// without a name in $TMPDIR, gone with the process, whatever ends it. It says of itself what `info`
// says. It can't be written to. Requires: the engine's backups are images.
std::unique_ptr<Database> open_image(const BackupDescription& description, const DatabaseInfo& info,
                                     const ImageBytes& bytes, const OpenOptions& options);

}  // namespace dbkeeper
