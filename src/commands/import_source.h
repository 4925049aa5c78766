// Where the rows of an import come from: an export, a backup, or a database in a file.
#pragma once

#include <memory>
#include <string>

#include "dbkeeper/base/byte_source.h"
#include "dbkeeper/commands/command.h"

namespace dbkeeper {

// The text of the export `file`; of stdin if that is "-". A database in a file is exported on the
// spot, into a temporary file, as it is at this moment, and so is what a backup has of one, once
// all of the backup is proven. A file that isn't there is Error(input).
std::unique_ptr<ByteSource> import_source(const std::string& file, Context& context);

// "stdin" for -.
std::string shown_name(const std::string& file);

}  // namespace dbkeeper
