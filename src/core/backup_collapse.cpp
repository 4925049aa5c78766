// A backup that has become suspiciously small: noticed on the night it happens, not at the restore.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/new_backup.h"
#include "dbkeeper/formats/backup.h"

namespace dbkeeper {
namespace {

constexpr std::size_t kCompared = 5;

// Of an even number the larger one in the middle: of two, the better one is what is normal.
std::uint64_t median(std::vector<std::uint64_t> numbers) {
  if (numbers.empty()) return 0;
  std::ranges::sort(numbers);
  return numbers[numbers.size() / 2];
}

std::uint64_t median_of(const std::vector<BackupNumbers>& backups,
                        std::uint64_t BackupNumbers::*number) {
  std::vector<std::uint64_t> numbers;
  for (const BackupNumbers& backup : backups) numbers.push_back(backup.*number);
  return median(std::move(numbers));
}

std::vector<std::string> emptied_tables(const BackupNumbers& backup,
                                        const std::vector<BackupNumbers>& earlier) {
  std::map<std::string, std::vector<std::uint64_t>> before;
  for (const BackupNumbers& other : earlier)
    for (const auto& [table, rows] : other.tables) before[table].push_back(rows);
  std::vector<std::string> out;
  for (const auto& [table, rows] : backup.tables)
    if (const auto at = before.find(table);
        rows == 0 && at != before.end() && median(at->second) > 0)
      out.push_back(table);
  return out;
}

BackupNumbers numbers_of(const BackupDescription& description, std::uint64_t bytes) {
  BackupNumbers out{description.rows(), bytes, {}};
  for (const BackupTable& table : description.tables)
    out.tables.emplace_back(description.schema.display(table.name), table.total.rows);
  return out;
}

struct Earlier {
  std::filesystem::path file;
  BackupNumbers numbers;
};

// Newest first, at most so many.
std::vector<Earlier> earlier_ones(const NewBackup& backup, const std::vector<FolderBackup>& folder,
                                  std::size_t most, auto is_same) {
  const Moment now = std::chrono::system_clock::now();
  std::vector<Earlier> out;
  for (const FolderBackup& other : folder) {
    if (out.size() == most) break;
    if (!is_sound(other) || is_yet_to_come(other, now) || other.path == backup.file ||
        !is_same(other))
      continue;
    try {
      out.push_back({other.path, numbers_of(BackupArchive(other.path).description(), other.bytes)});
    } catch (const Error&) {  // gone meanwhile
    }
    if (other.proof->accepted) break;
  }
  return out;
}

std::vector<Earlier> earlier_ones(const NewBackup& backup, const std::vector<FolderBackup>& folder,
                                  std::size_t most) {
  const BackupDescription& what = backup.description;
  auto earlier = earlier_ones(backup, folder, most, [&](const FolderBackup& other) {
    return database_of(other) == database_of(what);
  });
  if (earlier.empty())
    earlier = earlier_ones(backup, folder, most, [&](const FolderBackup& other) {
      return other.engine == what.engine && other.database == what.database;
    });
  return earlier;
}

std::string compared_with(std::size_t count) {
  return count == 1 ? "the last backup of this database"
                    : fmt::format("the last {} backups of this database", count);
}

}  // namespace

std::vector<std::string> collapses(const BackupNumbers& backup,
                                   const std::vector<BackupNumbers>& earlier) {
  std::vector<std::string> out;
  const auto text = [](std::uint64_t number, auto shown) {
    return shown(static_cast<std::int64_t>(number));
  };
  const auto compare = [&](std::uint64_t BackupNumbers::*number, std::string_view what,
                           auto shown) {
    const std::uint64_t usual = median_of(earlier, number);
    if (backup.*number < usual - usual / 2)
      out.push_back(fmt::format("{} {}, less than half of the {} of {}", what,
                                text(backup.*number, shown), text(usual, shown),
                                compared_with(earlier.size())));
  };
  compare(&BackupNumbers::rows, "the number of rows is", human_count);
  compare(&BackupNumbers::bytes, "the size of the backup is", human_size);
  for (const std::string& table : emptied_tables(backup, earlier))
    out.push_back(fmt::format("the table '{}' is empty, and had rows in {}", table,
                              compared_with(earlier.size())));
  return out;
}

std::vector<std::string> collapses(const NewBackup& backup,
                                   const std::vector<FolderBackup>& folder) {
  std::vector<BackupNumbers> numbers;
  for (Earlier& earlier : earlier_ones(backup, folder, kCompared))
    numbers.push_back(std::move(earlier.numbers));
  return collapses(numbers_of(backup.description, backup.bytes), numbers);
}

std::filesystem::path last_before_collapse(const NewBackup& backup,
                                           const std::vector<FolderBackup>& folder) {
  const BackupNumbers numbers = numbers_of(backup.description, backup.bytes);
  for (const Earlier& earlier : earlier_ones(backup, folder, folder.size()))
    if (!collapses(numbers, {earlier.numbers}).empty()) return earlier.file;
  return {};
}

}  // namespace dbkeeper
