#include "engines/postgres/disk_space.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>

#include "dbkeeper/base/text.h"

namespace dbkeeper::postgres {
namespace {

bool is_here(const std::string& host) {
  return host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost" ||
         host == "127.0.0.1" || host == "::1";
}

// Where the server's data lie; empty where the role may not know. What a forwarded port leads to
// has a folder of that name too, perhaps, but hardly one that was last changed in the same second.
std::string data_folder(Session& session) {
  try {
    const pqxx::result rows = session.query(
        "SELECT pg_catalog.current_setting('data_directory') AS folder, "
        "floor(extract(epoch FROM (pg_catalog.pg_stat_file('.')).modification))"
        "::pg_catalog.int8 AS changed");
    const std::string folder = rows[0]["folder"].c_str();
    struct stat here = {};
    if (::stat(folder.c_str(), &here) != 0) return {};
    return here.st_mtime == rows[0]["changed"].as<std::int64_t>() ? folder : std::string();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted || !session.alive()) throw;
    return {};
  }
}

// What rows take besides their values, and indexes beside the rows.
std::uint64_t bytes_on_disk(const BackupDescription& description) {
  constexpr std::uint64_t kRowHeader = 24;
  const std::uint64_t heap = description.data_bytes + description.rows() * kRowHeader;
  return heap + heap / 4;
}

}  // namespace

void check_disk_space(Session& session, const BackupDescription& description) {
  if (!is_here(session.target().host)) return;
  const std::string folder = data_folder(session);
  if (folder.empty()) return;
  std::error_code unknown;
  const auto space = std::filesystem::space(folder, unknown);
  const std::uint64_t needed = bytes_on_disk(description);
  if (unknown || needed <= space.available) return;
  throw Error(ErrorKind::failed,
              fmt::format("the server's disk has {} left at {}, and the restored database takes "
                          "about {}",
                          human_size(static_cast<std::int64_t>(space.available)), folder,
                          human_size(static_cast<std::int64_t>(needed))))
      .hint("make room there, or restore to another server: --to URL");
}

}  // namespace dbkeeper::postgres
