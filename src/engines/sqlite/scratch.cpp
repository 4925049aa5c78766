// A file of its own, under a name of the live one's, a purpose and a time. The lock file beside it
// says that it is in use.
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <vector>

#include "dbkeeper/base/utc.h"
#include "engines/sqlite/location.h"
#include "engines/sqlite/lock_file.h"
#include "engines/sqlite/put_aside.h"
#include "engines/sqlite/sqlite.h"

namespace dbkeeper::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".db";

void remove_database(const fs::path& database) {
  std::error_code gone_already;
  fs::remove(database, gone_already);
  for (const fs::path& companion : companions_of(database)) fs::remove(companion, gone_already);
}

class FileScratch final : public ScratchDatabase {
 public:
  FileScratch(const fs::path& folder, const std::string& prefix) {
    remove_left_over(folder, prefix);
    take_name(folder, prefix);
    name_ = path_.stem().string();
    address_ = url_of(path_);
  }

  ~FileScratch() override { remove_database(path_); }

  const std::string& address() const override { return address_; }
  const std::string& name() const override { return name_; }

 private:
  // A killed run's have a lock file that nobody holds.
  static void remove_left_over(const fs::path& folder, const std::string& prefix) {
    std::error_code error;
    const std::string ending = lock_file_of(kEnding).string();
    std::vector<fs::path> databases;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with(prefix) || !name.ends_with(ending)) continue;
      databases.push_back(folder / name.substr(0, name.size() - ending.size() + kEnding.size()));
    }
    for (const fs::path& database : databases) remove_unless_in_use(database);
  }

  static void remove_unless_in_use(const fs::path& database) try {
    LockFile lock(lock_file_of(database));
    if (lock.take() != LockFile::State::anothers) remove_database(database);
  } catch (const Error&) {
    // What can't be locked stays.
  }

  void take_name(const fs::path& folder, const std::string& prefix) {
    const std::string stamp = file_stamp(std::chrono::system_clock::now());
    for (int i = 1;; ++i) {
      path_ = folder /
              fmt::format("{}{}{}{}", prefix, stamp, i == 1 ? "" : fmt::format("-{}", i), kEnding);
      lock_ = std::make_unique<LockFile>(lock_file_of(path_));
      // Whatever has the name, a link that leads nowhere for one, isn't ours.
      std::error_code ignored;
      if (lock_->take() != LockFile::State::anothers &&
          !fs::exists(fs::symlink_status(path_, ignored)))
        return;
    }
  }

  fs::path path_;
  std::unique_ptr<LockFile> lock_;
  std::string name_, address_;
};

}  // namespace

std::unique_ptr<ScratchDatabase> make_scratch(const std::string& address, std::string_view purpose,
                                              const std::string& folder, const OpenOptions&) {
  const std::string name = database_name(address);
  std::error_code error;
  const fs::path place = fs::canonical(folder, error);
  if (error) throw Error(ErrorKind::failed, fmt::format("there is no folder '{}'", folder));
  return std::make_unique<FileScratch>(place, fmt::format("{}_{}_", name, purpose));
}

}  // namespace dbkeeper::sqlite
