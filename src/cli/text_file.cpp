#include "cli/text_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "dbkeeper/base/error.h"

namespace dbkeeper::cli {
namespace {

constexpr std::size_t kLargest = 8 << 20;

Error unreadable(const std::filesystem::path& path, int cause) {
  return Error(ErrorKind::usage,
               fmt::format("cannot read {}: {}", path.string(), std::strerror(cause)));
}

}  // namespace

std::string read_text_file(const std::filesystem::path& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"),
                                                             std::fclose);
  if (!file) throw unreadable(path, errno);
  std::string text;
  char buffer[4096];
  while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, file.get())) {
    text.append(buffer, size);
    if (text.size() > kLargest) throw unreadable(path, EFBIG);
  }
  if (std::ferror(file.get()) != 0) throw unreadable(path, errno);
  return text;
}

}  // namespace dbkeeper::cli
