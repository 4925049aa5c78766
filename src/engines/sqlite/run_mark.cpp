#include "engines/sqlite/run_mark.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "engines/sqlite/connection.h"
#include "engines/sqlite/location.h"
#include "engines/sqlite/overwriting.h"

namespace dbkeeper::sqlite {
namespace {

constexpr std::string_view kSchema = "schema ";

}  // namespace

std::string mark_of_schema(std::int64_t version) { return fmt::format("{}{}", kSchema, version); }

std::string mark_of_file(const std::filesystem::path& file) {
  struct stat facts = {};
  return ::stat(file.c_str(), &facts) == 0 ? fmt::format("file {}", facts.st_ino) : "";
}

// Writing over all pages raises the schema's version, and so does whoever changes the schema:
// only where it stands as it stood is anything told.
std::optional<bool> has_happened(const std::string& mark, const std::string& address,
                                 const OpenOptions& options) {
  const Location location = locate(parse_address(address));
  if (!mark.starts_with(kSchema)) {
    if (mark.empty()) return std::nullopt;
    return mark != mark_of_file(location.canonical);
  }
  Connection connection(location, options);
  if (mark == mark_of_schema(connection.number(kSchemaVersion).value_or(0))) return false;
  return std::nullopt;
}

}  // namespace dbkeeper::sqlite
