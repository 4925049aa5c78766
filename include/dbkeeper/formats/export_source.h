// The bytes of an export, however they come: a file or a pipe, plain or compressed with zstd.
#pragma once

#include <memory>

#include "dbkeeper/base/byte_source.h"

namespace dbkeeper {

// The document's text. What compresses it is told by its first bytes, not by a name. What is
// evidently something else, a database say, is Error(input) that says what it seems to be.
std::unique_ptr<ByteSource> export_source(std::unique_ptr<ByteSource> bytes);

}  // namespace dbkeeper
