// What every use of libzstd has in common: a level, a limit, and who frees its contexts.
#pragma once

#include <zstd.h>

#include <memory>
#include <string_view>

#include "dbkeeper/base/error.h"

namespace dbkeeper {

struct FreeZstd {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};
using ZstdCompression = std::unique_ptr<ZSTD_CCtx, FreeZstd>;
using ZstdExpansion = std::unique_ptr<ZSTD_DCtx, FreeZstd>;

// Level 1, each frame with a checksum of its content.
ZstdCompression new_compression();
// A file may not ask for more memory than zstd's own command takes without being asked.
ZstdExpansion new_expansion();

// The result, or an error that begins with `what`.
std::size_t zstd_checked(std::size_t result, ErrorKind kind, std::string_view what);

}  // namespace dbkeeper
