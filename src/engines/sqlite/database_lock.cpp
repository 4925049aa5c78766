// A lock on a database: a file beside it, which needn't be there itself yet.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "dbkeeper/base/error.h"
#include "engines/sqlite/connection.h"
#include "engines/sqlite/location.h"
#include "engines/sqlite/lock_file.h"
#include "engines/sqlite/sqlite.h"

namespace dbkeeper::sqlite {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookAgain{50};

class FileLock final : public DatabaseLock {
 public:
  FileLock(const Location& location, const OpenOptions& options,
           const std::vector<std::string>& tokens)
      : file_(lock_file_of(location.canonical)), token_(file_.token()) {
    const auto give_up = Clock::now() + options.lock_timeout;
    while (!is_taken(location, options)) {
      const auto lent = std::ranges::find_if(
          tokens, [this](const std::string& token) { return file_.is_holders(token); });
      if (lent != tokens.end()) {
        token_ = *lent;
        return;
      }
      if (Clock::now() >= give_up)
        throw Error(ErrorKind::refused, fmt::format("the database '{}' is being changed by {}",
                                                    location.path.string(), file_.holder()))
            .hint("try again once it is done; --lock-timeout sets how long to wait");
      options.stop->check();
      std::this_thread::sleep_for(kLookAgain);
    }
  }

  const std::string& token() const override { return token_; }

 private:
  bool is_taken(const Location& location, const OpenOptions& options) {
    const LockFile::State state = file_.take();
    if (state == LockFile::State::none)
      options.reporter->warn(fmt::format(
          "the file system of '{}' has no locks: nothing keeps two destructive runs on it apart",
          location.path.string()));
    return state != LockFile::State::anothers;
  }

  LockFile file_;
  std::string token_;
};

// SQLite's own lock of one that is about to write, and never does.
class OpenTransaction final : public WriteHold {
 public:
  OpenTransaction(const Location& location, const OpenOptions& options)
      : connection_(location, options) {
    connection_.run("BEGIN IMMEDIATE");
  }

 private:
  Connection connection_;
};

}  // namespace

std::unique_ptr<WriteHold> hold_writers(const std::string& address, const OpenOptions& options) {
  try {
    return std::make_unique<OpenTransaction>(locate(parse_address(address)), options);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted) throw;
    return nullptr;
  }
}

std::unique_ptr<DatabaseLock> lock_database(const std::string& address, const OpenOptions& options,
                                            const std::vector<std::string>& tokens) {
  return std::make_unique<FileLock>(locate_destination(parse_address(address)).location, options,
                                    tokens);
}

}  // namespace dbkeeper::sqlite
