// A lock on a database: a file beside it, which needn't be there itself yet.
#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "engines/sqlite/location.h"
#include "engines/sqlite/lock_file.h"
#include "engines/sqlite/sqlite.h"

namespace dbkeeper::sqlite {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookAgain{50};

class FileLock final : public DatabaseLock {
 public:
  FileLock(const Location& location, const OpenOptions& options)
      : file_(lock_file_of(location.canonical)) {
    const auto give_up = Clock::now() + options.lock_timeout;
    while (!file_.take()) {
      if (Clock::now() >= give_up)
        throw Error(ErrorKind::refused, fmt::format("the database '{}' is being changed by {}",
                                                    location.path.string(), file_.holder()))
            .hint("try again once it is done; --lock-timeout sets how long to wait");
      options.stop->check();
      std::this_thread::sleep_for(kLookAgain);
    }
  }

 private:
  LockFile file_;
};

}  // namespace

std::unique_ptr<DatabaseLock> lock_database(const std::string& address,
                                            const OpenOptions& options) {
  return std::make_unique<FileLock>(locate_destination(parse_address(address)).location, options);
}

}  // namespace dbkeeper::sqlite
