// A database that is read out of a backup: its image in a file without a name.
#pragma once

#include <memory>

#include "dbkeeper/engines/backup_reading.h"

namespace dbkeeper::sqlite {

// As engines/backup_reading.h says.
std::unique_ptr<Database> open_image(const BackupDescription& description, const DatabaseInfo& info,
                                     const ImageBytes& bytes, const OpenOptions& options);

}  // namespace dbkeeper::sqlite
