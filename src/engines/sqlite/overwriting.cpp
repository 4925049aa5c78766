#include "engines/sqlite/overwriting.h"

#include <fmt/format.h>

#include "engines/sqlite/image_check.h"

namespace dbkeeper::sqlite {
namespace {

// Where the header says how the database is written to: 1 by a rollback journal, 2 by a log.
constexpr std::uint64_t kWriteVersion = 18;

// As far as nobody reads what it holds; the restore is done whether that works or not.
void shorten_log(Connection& target) {
  sqlite3_busy_timeout(target.handle(), 0);
  sqlite3_wal_checkpoint_v2(target.handle(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

Error other_than_image(const Connection& target) {
  return Error(ErrorKind::failed,
               fmt::format("what was written to '{}', read back, isn't what is in the backup",
                           target.location().path.string()))
      .hint("it was taken back; check the disk and the memory of this machine");
}

OpenOptions reading(OpenOptions options) {
  options.access = Access::read;
  return options;
}

}  // namespace

Overwriting::Overwriting(const Location& location, const OpenOptions& options,
                         std::unique_ptr<ImageFile>& image)
    : options_(options), target_(location, options, Unreadable::accept), image_(image) {
  if (target_.damage()) throw Error(*target_.damage());
  schema_version_ = target_.number(kSchemaVersion).value_or(0);
}

void Overwriting::hold() {
  target_.run("BEGIN IMMEDIATE");
  held_ = target_.version();
  schema_version_ = target_.number(kSchemaVersion).value_or(0);
}

bool Overwriting::take() {
  prepare();
  // The backup API wants no transaction to be open, and COMMIT, even of nothing, counts as a
  // change.
  target_.run("ROLLBACK");
  begin_copy();
  if (target_.version() == held_) return true;
  proof_.reset();
  pages_.reset();
  from_.reset();
  return false;
}

void Overwriting::finish() {
  if (!pages_) {
    prepare();
    begin_copy();
  }
  try {
    while (pages_->step()) continue;
  } catch (const Error&) {
    if (proof_->broken()) throw other_than_image(target_);
    throw;
  }
  const bool proven = proof_->holds();
  proof_.reset();
  // On a file system to which nothing is synced nobody has asked for the proof.
  if (!proven) require_sound(quick_check(target_), target_.location().path);
  if (target_.header().wal) shorten_log(target_);
}

void Overwriting::begin_copy() {
  // Where the library was built to sync less, nobody would ask for the proof.
  target_.run("PRAGMA main.synchronous=FULL");
  pages_.emplace(*from_, target_);
  pages_->lock();
  proof_.emplace(*pages_, target_, *image_, target_.header().wal);
}

// How the database is written to stays as it was: that is a property of the file that applications
// have open, who can't be made to leave a log, nor may be able to use one.
void Overwriting::prepare() {
  const bool log = target_.header().wal;
  // The pages of a log can't change their size
  // (https://www.sqlite.org/pragma.html#pragma_page_size), so those of the image have to.
  const auto page = target_.number("PRAGMA page_size").value_or(0);
  if (log && page != image_page()) resize_pages(page);
  image_->overwrite(kWriteVersion, log ? "\2\2" : "\1\1");

  // Each time that the cache is full, the journal has to reach the disk.
  target_.run("PRAGMA cache_size=-32000");
  from_.emplace(*image_, target_.location().path, reading(options_));
}

std::int64_t Overwriting::image_page() const {
  std::string bytes(FileHeader::kSize, '\0');
  bytes.resize(image_->read(0, bytes.data(), bytes.size()));
  return static_cast<std::int64_t>(parse_header(bytes).page_size);
}

// VACUUM INTO keeps rowids, unlike VACUUM, and all settings but the size.
void Overwriting::resize_pages(std::int64_t bytes) {
  auto resized = std::make_unique<ImageFile>(image_->place());
  // A writable one: of a file that can't change SQLite keeps the page size. For that it is no
  // log's meanwhile: an image has none.
  image_->overwrite(kWriteVersion, "\1\1");
  vacuum_into(*resized, bytes);
  image_ = std::move(resized);
}

void Overwriting::vacuum_into(const ImageFile& resized, std::int64_t page) {
  Connection image(*image_, image_->place().content, options_);
  try {
    image.run(fmt::format("PRAGMA page_size={}", page));
    image.run(fmt::format("VACUUM INTO '{}'", resized.descriptor()));
  } catch (Error& error) {
    if ((image.last_failure() & 0xff) == SQLITE_FULL) throw resized.no_room();
    error.during(fmt::format("giving the backup's pages the size that '{}' has in its log: {}",
                             target_.location().path.string(), page));
    if (error.hint().empty())
      error.hint("stop the programs that have it open, move it away, and run it again");
    throw;
  }
}

}  // namespace dbkeeper::sqlite
