#include "core/record_file.h"

#include <fstream>
#include <string>

#include "dbkeeper/formats/parse_json.h"

namespace dbkeeper {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargest = 64 << 10;  // what is larger isn't ours

}  // namespace

std::optional<Value> read_record_file(const fs::path& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error) || fs::file_size(file, error) > kLargest)
    return std::nullopt;
  std::string text(kLargest, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_json(text);
}

}  // namespace dbkeeper
