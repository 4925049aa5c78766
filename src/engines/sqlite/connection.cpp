#include "engines/sqlite/connection.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

#include "engines/sqlite/descriptor_vfs.h"
#include "engines/sqlite/errors.h"
#include "engines/sqlite/statement.h"

namespace dbkeeper::sqlite {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// How many steps of SQLite's machine lie between two looks at the stop.
constexpr int kStepsBetweenLooks = 20'000;

// Counting every allocation under a lock costs a sixth of a scan's time. And no memory maps: a file
// that another program cuts off meanwhile would end this one with SIGBUS. Where the library is in
// use already, it stays as it is.
void configure_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_MMAP_SIZE, sqlite3_int64{0}, sqlite3_int64{0});
  });
}

std::int64_t size_of(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  return error ? 0 : static_cast<std::int64_t>(size);
}

fs::path beside(const Location& location, std::string_view ending) {
  return location.canonical.string() + std::string(ending);
}

}  // namespace

Connection::Connection(const Location& location, const OpenOptions& options, Unreadable unreadable)
    : location_(location), options_(options) {
  options_.stop->check();
  configure_library();
  // Even to read, a writable handle: only that can roll back what a crashed program left half done,
  // and remove the -wal and -shm files again that reading a WAL database makes.
  open(location_.canonical.string(), SQLITE_OPEN_READWRITE);
  if (options_.access == Access::read && needs_unchanging()) open_unchanging();
  guard();
  configure();
  probe(unreadable);
}

Connection::Connection(const ImageFile& image, const fs::path& shown, const OpenOptions& options,
                       Unreadable unreadable)
    : location_{shown, fmt::format("/proc/self/fd/{}", image.descriptor()), false},
      options_(options) {
  options_.stop->check();
  configure_library();
  open(descriptor_name(image.descriptor()),
       options_.access == Access::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE,
       descriptor_vfs());
  guard();
  configure();
  probe(unreadable);
}

void Connection::open(const std::string& name, int flags, const char* vfs) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, vfs);
  handle_.reset(handle);
  if (!handle_) throw Error(ErrorKind::failed, "out of memory");
  sqlite3_extended_result_codes(handle_.get(), 1);
  if (code != SQLITE_OK) fail(code);
  if (options_.access == Access::write && sqlite3_db_readonly(handle_.get(), "main") != 0)
    throw Error(ErrorKind::connection, fmt::format("'{}' cannot be written to: permission denied",
                                                   location_.path.string()))
        .hint("run dbkeeper as a user who may write the file and its folder");
}

// Whether reading would leave files behind, or fail since they can't be made: a WAL database needs
// its -wal and -shm, and only a writable handle in a writable folder makes and removes them.
// Without a -wal nobody is writing, and the file can be read as one that doesn't change.
bool Connection::needs_unchanging() {
  const bool tidy = sqlite3_db_readonly(handle_.get(), "main") == 0 &&
                    access(location_.canonical.parent_path().c_str(), W_OK | X_OK) == 0;
  return !tidy && header().wal && !fs::exists(beside(location_, "-wal"));
}

void Connection::open_unchanging() {
  open("file:" + uri_path(location_.canonical) + "?immutable=1",
       SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

// Whatever blocks or takes long ends when the user asks to stop.
void Connection::guard() {
  sqlite3_busy_handler(handle_.get(), wait_for_lock, this);
  sqlite3_collation_needed(handle_.get(), this, add_stand_in);
  // An interrupt only reaches what is running; the look at the stop also catches what begins later.
  sqlite3_progress_handler(handle_.get(), kStepsBetweenLooks, stopped, this);
  interrupt_.emplace(options_.stop->token(), Interrupt{handle_.get()});
}

void Connection::configure() {
  sqlite3* const handle = handle_.get();
  const bool write = options_.access == Access::write;
  // A file from elsewhere may carry page structures that lead outside, and a schema edited by hand.
  // What is only read isn't trusted; what is written is the user's own, and trusted as applications
  // trust it, whatever the library was built with. Untrusted, JSON functions in checks, indexes and
  // generated columns were an error before SQLite 3.41, a slip of its own; there, too, no function
  // of this connection does more than compute.
  constexpr int kJsonIsHarmless = 3041000;
  const bool trusted = write || sqlite3_libversion_number() < kJsonIsHarmless;
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, trusted ? 1 : 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, write ? 1 : 0, nullptr);
  // Else a misspelt "name" in a condition is a text, and true or false for every row. (What stands
  // in the schema of checks, indexes and generated columns is read as ever.)
  if (!write) sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  // Only pragmas that don't read the schema, which may be damaged.
  run("PRAGMA cell_size_check=ON");
  if (!write) run("PRAGMA query_only=ON");
}

// The first look at the file itself; takes and gives back a read lock.
void Connection::probe(Unreadable unreadable) {
  try {
    number("PRAGMA schema_version");
  } catch (const Error& error) {
    if (!is_damage(last_failure_)) throw;
    damage_ = error;
    if ((last_failure_ & 0xff) == SQLITE_CORRUPT) return;
    damage_->hint(guess_content(first_bytes(4096)));
    if (unreadable == Unreadable::refuse) throw Error(*damage_);
  }
}

void Connection::run(const std::string& sql) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
  require_exact_order();
}

std::optional<std::int64_t> Connection::number(const std::string& sql) {
  Statement statement(*this, sql);
  if (!statement.step() || statement.is_null(0)) return std::nullopt;
  return statement.integer(0);
}

void Connection::fail(int code) { fail(code, sqlite3_errmsg(handle_.get())); }

void Connection::fail(int code, std::string_view message) {
  last_failure_ = code;
  const int family = code & 0xff;
  const bool of_system = family == SQLITE_IOERR || family == SQLITE_CANTOPEN;
  throw translate(code, message,
                  {.path = location_.path.string(),
                   .lock_timeout = options_.lock_timeout,
                   .stopping = options_.stop->requested(),
                   .system_error = of_system ? sqlite3_system_errno(handle_.get()) : 0});
}

// Read through SQLite's own file handle: closing another one of the same file in this process would
// drop the locks of every connection to it (https://www.sqlite.org/howtocorrupt.html, 2.2).
std::string Connection::first_bytes(std::size_t size) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (!file || !file->pMethods) return {};
  std::string bytes(std::min(size, static_cast<std::size_t>(file_bytes())), '\0');
  if (file->pMethods->xRead(file, bytes.data(), static_cast<int>(bytes.size()), 0) != SQLITE_OK)
    return {};
  return bytes;
}

FileHeader Connection::header() { return parse_header(first_bytes(FileHeader::kSize)); }

// SQLite's own count also changes with the size of a handle's pages; a header's, which is right
// without a log, doesn't (https://www.sqlite.org/fileformat2.html#file_change_counter).
std::string Connection::version() {
  const FileHeader header = this->header();
  if (!header.wal) return fmt::format("{} changes", header.changes);
  unsigned count = 0;
  sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_DATA_VERSION, &count);
  return fmt::format("{} in the log", count);
}

std::int64_t Connection::file_bytes() const { return size_of(location_.canonical); }

std::int64_t Connection::log_bytes() const { return size_of(beside(location_, "-wal")); }

int Connection::wait_for_lock(void* self, int attempt) {
  static constexpr std::array<std::chrono::milliseconds, 6> kPauses = {1ms,  2ms,  5ms,
                                                                       10ms, 20ms, 50ms};
  Connection& connection = *static_cast<Connection*>(self);
  if (connection.options_.stop->requested()) return 0;
  const auto now = std::chrono::steady_clock::now();
  if (attempt == 0) connection.waiting_since_ = now;
  const auto left = connection.waiting_since_ + connection.options_.lock_timeout - now;
  if (left <= 0ms) return 0;
  const auto pause = kPauses[std::min<std::size_t>(static_cast<std::size_t>(attempt), 5)];
  std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(left, pause));
  return 1;
}

// One of the application's own collations: bytes are compared, and that it was asked is noted.
struct Connection::StandIn {
  Connection& connection;
  std::string name;

  static int compare(void* self, int a_size, const void* a, int b_size, const void* b) {
    StandIn& stand_in = *static_cast<StandIn*>(self);
    if (stand_in.connection.asked_.empty()) stand_in.connection.asked_ = stand_in.name;
    const auto size = static_cast<std::size_t>(std::min(a_size, b_size));
    const int order = size == 0 ? 0 : std::memcmp(a, b, size);
    return order != 0 ? order : a_size - b_size;
  }
};

void Connection::add_stand_in(void* self, sqlite3* handle, int encoding, const char* name) {
  auto stand_in = std::make_unique<StandIn>(*static_cast<Connection*>(self), name);
  sqlite3_create_collation_v2(handle, name, encoding, stand_in.release(), StandIn::compare,
                              [](void* one) { delete static_cast<StandIn*>(one); });
}

void Connection::require_exact_order() {
  if (asked_.empty()) return;
  throw Error(ErrorKind::failed,
              fmt::format("'{}' orders by the collation '{}', which its application has and SQLite "
                          "itself lacks",
                          location_.path.string(), std::exchange(asked_, {})))
      .hint(
          "what compares by it can't be done; backup, restore, and an export of whole tables "
          "don't");
}

int Connection::stopped(void* self) {
  return static_cast<Connection*>(self)->options_.stop->requested() ? 1 : 0;
}

}  // namespace dbkeeper::sqlite
