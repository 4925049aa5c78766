// A database that stands in a file: of an engine that keeps one so, or in a backup.
#pragma once

#include <memory>
#include <string>

#include "dbkeeper/base/file_use.h"
#include "dbkeeper/commands/command.h"
#include "dbkeeper/formats/backup.h"

namespace dbkeeper {

struct FileDatabase {
  // Of a backup; else null. No cleanup removes it meanwhile.
  std::unique_ptr<const FileUse> use;
  std::unique_ptr<const BackupArchive> archive;
  std::unique_ptr<Database> database;
};

// Whether the file is one: a backup or a database, by its content, or a backup by its name alone,
// which says what it was to be. Standard input (-) and files that aren't there are none.
bool holds_database(const std::string& file);

// Opens it to be read; a backup is proven first, to its last byte: Error(input) if it is damaged.
// Requires: holds_database().
FileDatabase open_file_database(const std::string& file, Context& context);

}  // namespace dbkeeper
