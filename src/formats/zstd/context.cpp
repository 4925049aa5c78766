#include "formats/zstd/context.h"

#include <fmt/format.h>

namespace dbkeeper {
namespace {

constexpr int kLevel = 1;
constexpr int kWindowLog = 27;

template <class Context>
Context checked(Context context) {
  if (!context) throw Error(ErrorKind::failed, "out of memory");
  return context;
}

}  // namespace

ZstdCompression new_compression() {
  auto context = checked(ZstdCompression(ZSTD_createCCtx()));
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  return context;
}

ZstdExpansion new_expansion() {
  auto context = checked(ZstdExpansion(ZSTD_createDCtx()));
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kWindowLog);
  return context;
}

std::size_t zstd_checked(std::size_t result, ErrorKind kind, std::string_view what) {
  if (ZSTD_isError(result))
    throw Error(kind, fmt::format("{}: {}", what, ZSTD_getErrorName(result)));
  return result;
}

}  // namespace dbkeeper
