// A connection to a database file, set up once: nothing is ever created, waiting for locks ends
// with the lock timeout or a stop, and a foreign file reaches nothing outside of itself.
//
// Threads: one at a time; a stop may be requested from any.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "dbkeeper/engines/connect.h"
#include "engines/sqlite/file_header.h"
#include "engines/sqlite/image_file.h"
#include "engines/sqlite/location.h"

namespace dbkeeper::sqlite {

// What to do about a file that is no SQLite database, or none any more.
enum class Unreadable { refuse, accept };

class Connection {
 public:
  // Throws Error(connection) if the file can't be opened or is no SQLite database, Error(refused)
  // if it stays locked. A damaged file opens: reading it fails later.
  Connection(const Location& location, const OpenOptions& options,
             Unreadable unreadable = Unreadable::refuse);
  // To an image, which outlives it. One to read counts on it that nobody writes meanwhile. `shown`:
  // what messages call the database.
  Connection(const ImageFile& image, const std::filesystem::path& shown, const OpenOptions& options,
             Unreadable unreadable = Unreadable::refuse);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs statements that give no rows.
  void run(const std::string& sql);
  // The first column of the first row; empty if there is none or it is NULL.
  std::optional<std::int64_t> number(const std::string& sql);

  // Throws the error that `code` stands for, just returned by a call on this connection.
  [[noreturn]] void fail(int code);
  // The same of a code that came with a message of its own.
  [[noreturn]] void fail(int code, std::string_view message);
  // The code with which fail() was called last.
  int last_failure() const { return last_failure_; }

  // A collation that SQLite lacks has a stand-in here, so that what needn't compare by it works.
  // Error(failed) with its name if it was asked for an order since this was called last.
  void require_exact_order();
  // The same question for who can do with any order.
  bool forget_stand_in_order() { return !std::exchange(asked_, {}).empty(); }

  // What the user has to know, and that stops nothing.
  void warn(std::string_view message) { options_.reporter->warn(message); }

  // What is wrong with the file, if its very start can't be read.
  const std::optional<Error>& damage() const { return damage_; }

  // Whether a transaction is open. Some disk errors end it.
  bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

  FileHeader header();
  // Of the content as the last transaction saw it: another one once anybody has committed since. It
  // can be another one without that.
  std::string version();
  // Sizes on disk; the log's is 0 where there is none.
  std::int64_t file_bytes() const;
  std::int64_t log_bytes() const;

  const Location& location() const { return location_; }
  const Stop& stop() const { return *options_.stop; }
  sqlite3* handle() { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  struct Interrupt {
    sqlite3* handle;
    void operator()() const noexcept { sqlite3_interrupt(handle); }
  };

  void open(const std::string& name, int flags, const char* vfs = nullptr);
  void open_unchanging();
  bool needs_unchanging();
  void guard();
  void configure();
  void probe(Unreadable unreadable);
  std::string first_bytes(std::size_t size);
  static int wait_for_lock(void* self, int attempt);
  static int stopped(void* self);
  struct StandIn;
  static void add_stand_in(void* self, sqlite3* handle, int encoding, const char* name);

  Location location_;
  OpenOptions options_;
  std::unique_ptr<sqlite3, Close> handle_;
  std::chrono::steady_clock::time_point waiting_since_;
  int last_failure_ = SQLITE_OK;
  std::optional<Error> damage_;
  std::string asked_;  // the collation whose stand-in was asked first
  std::optional<std::stop_callback<Interrupt>> interrupt_;  // gone before the handle is
};

}  // namespace dbkeeper::sqlite
