// An SQLite database on its way back: its image into a file that nobody else can reach, a check of
// that, and then all of its pages over those of the file that applications may have open. A file
// that doesn't exist, or can't be a database's any more, is replaced by the image.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "dbkeeper/base/text.h"
#include "dbkeeper/engines/run_mark.h"
#include "engines/sqlite/catalog.h"
#include "engines/sqlite/image_check.h"
#include "engines/sqlite/image_file.h"
#include "engines/sqlite/overwriting.h"
#include "engines/sqlite/put_aside.h"
#include "engines/sqlite/run_mark.h"
#include "engines/sqlite/sqlite.h"

namespace dbkeeper::sqlite {
namespace {

namespace fs = std::filesystem;

// The permissions and the owner of a file.
struct Ownership {
  mode_t mode = 0;
  std::optional<std::pair<uid_t, gid_t>> owner;
};

// Those of the old file; a new one gets what SQLite would have given it, had the application made
// it: that has to be able to open it.
Ownership ownership_of(const fs::path& old) {
  struct stat facts = {};
  if (::stat(old.c_str(), &facts) == 0)
    return {facts.st_mode & mode_t{0777}, {{facts.st_uid, facts.st_gid}}};
  const mode_t mask = ::umask(077);  // the only way to learn it is to set it
  ::umask(mask);
  return {mode_t{0644} & ~mask, {}};
}

// Without the right to give a file away it stays one's own.
void apply(const Ownership& ownership, const ImageFile& image) {
  bool given = true;
  if (ownership.owner)
    given = ::fchown(image.descriptor(), ownership.owner->first, ownership.owner->second) == 0;
  ::fchmod(image.descriptor(), given ? ownership.mode : ownership.mode & mode_t{0700});
}

std::int64_t bytes_of(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(path, error);
  return error ? 0 : static_cast<std::int64_t>(bytes);
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

Error unfit(std::string what) {
  return Error(ErrorKind::input, std::move(what))
      .hint("take another backup; dbkeeper list shows them");
}

class FileTarget final : public RestoreTarget {
 public:
  FileTarget(Destination destination, const BackupDescription& description,
             const RestoreOptions& restore, const OpenOptions& options)
      : location_(std::move(destination.location)),
        exists_(destination.exists),
        description_(description),
        restore_(restore),
        options_(options) {
    options_.access = Access::write;
    look();
  }

  const RestorePlace& place() const override { return place_; }
  bool keeps_old() const override { return anew_; }
  bool leaves_old_in_use() const override { return true; }
  int most_writers() const override { return 1; }

  void put_old_aside() override {
    anew_ = true;
    overwriting_.reset();
  }

  void hold_old() override { overwriting().hold(); }
  bool copy_has_all() override { return overwriting().take(); }

  void check(const std::vector<BackupFile>&) override {
    require_writable();
    require_room(image_place(), room_for(description_.data_bytes));
  }

  void begin(const std::vector<BackupFile>&) override {
    image_ = std::make_unique<ImageFile>(image_place());
  }

  std::unique_ptr<RestoreWriter> writer() override { return std::make_unique<Writer>(*image_); }

  void complete() override {
    options_.reporter->progress({.activity = "restore: reading back"});
    if (!image_->holds_what_was_appended())
      throw Error(ErrorKind::failed,
                  fmt::format("what was written into '{}', read back, isn't what is in the backup",
                              image_->place().folder.string()))
          .hint("nothing was changed; check the disk and the memory of this machine");
    const OpenOptions reading = with(Access::read);
    Connection image(*image_, image_->place().content, reading, Unreadable::accept);
    if (image.damage()) throw unfit("the backup's image is no sound database");
    const Health health = quick_check(image);
    if (!health.damage.empty())
      throw unfit(fmt::format("the backup's image is damaged: {}", health.damage.front()));
    image.run("BEGIN");
    compare(read_schema(image));
  }

  std::string mark() override {
    if (!exists_) return kNoDatabaseYet;
    return anew_ ? mark_of_file(location_.canonical)
                 : mark_of_schema(overwriting().schema_version());
  }

  RestoreReport commit() override {
    RestoreReport report;
    if (!anew_) {
      overwriting().finish();
      report.in_place = true;
    } else {
      report.put_aside = replace();
    }
    overwriting_.reset();
    image_.reset();
    // What has just been put aside has no other copy.
    const int keep = std::max(restore_.keep_old, report.put_aside.empty() ? 0 : 1);
    report.dropped = drop_put_aside(location_.canonical, keep);
    return report;
  }

 private:
  class Writer final : public RestoreWriter {
   public:
    explicit Writer(ImageFile& image) : image_(image) {}
    void write(std::size_t, std::string_view piece) override { image_.append(piece); }

   private:
    ImageFile& image_;
  };

  // What is there now. A file that can't be read as a database gives way to a new one.
  void look() {
    place_.name = location_.path.stem().string();
    place_.location = location_.path.string();
    place_.exists = exists_;
    anew_ = !exists_;
    if (!exists_) return;
    Connection old(location_, with(Access::read), Unreadable::accept);
    place_.bytes = old.file_bytes() + old.log_bytes();
    anew_ = old.damage().has_value();
    // It is to be kept as it stands: closing it would bring what is in a log into the file.
    if (anew_) sqlite3_db_config(old.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }

  Overwriting& overwriting() {
    if (!overwriting_) overwriting_.emplace(location_, options_, image_);
    return *overwriting_;
  }

  OpenOptions with(Access access) const {
    OpenOptions options = options_;
    options.access = access;
    return options;
  }

  // Beside the target: there is its own room anyway, and only there it can take the target's name.
  ImagePlace image_place() const {
    return {location_.canonical.parent_path(),
            fmt::format("the backup of '{}'", description_.database),
            "free some space there; nothing was changed",
            fmt::format(".{}.restoring", location_.canonical.filename().string())};
  }

  // The image, and what a transaction that replaces everything writes beside the database: its old
  // pages, or in a log its new ones.
  std::uint64_t room_for(std::uint64_t image) const {
    if (anew_) return image;
    const auto old = static_cast<std::uint64_t>(bytes_of(location_.canonical));
    return image + std::max(old, image) + (image > old ? image - old : 0);
  }

  void require_writable() const {
    const auto refuse = [](const fs::path& what, std::string_view why) {
      throw Error(ErrorKind::failed,
                  fmt::format("'{}' cannot be written to, which {}", what.string(), why))
          .hint("run dbkeeper as a user who may write the file and its folder");
    };
    const fs::path folder = location_.canonical.parent_path();
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
      refuse(folder, "a restore needs for the database's journal");
    if (!anew_ && ::access(location_.canonical.c_str(), W_OK) != 0)
      refuse(location_.path, "a restore needs");
  }

  void compare(const Schema& schema) const {
    for (const BackupTable& table : description_.tables) {
      const Table* found = schema.find(table.name);
      if (found && found->given_columns() == table.columns) continue;
      throw unfit(fmt::format("the backup's image {} table '{}' as its manifest describes it",
                              found ? "doesn't have" : "lacks the", table.name.name))
          .table(table.name.name);
    }
  }

  // The image under the database's name. The name under which the old one, or what a deleted one
  // has left, now stands; empty if there was nothing.
  std::string replace() {
    apply(ownership_of(location_.canonical), *image_);
    const auto companions = companions_of(location_.canonical);
    const bool anything = exists_ || std::any_of(companions.begin(), companions.end(), is_there);
    const fs::path aside = anything ? put_aside(location_.canonical) : fs::path();
    image_->take_name(location_.canonical, exists_);
    return aside.string();
  }

  Location location_;
  bool exists_;
  const BackupDescription& description_;
  RestoreOptions restore_;
  OpenOptions options_;
  RestorePlace place_;
  bool anew_ = false;  // as a new file
  std::unique_ptr<ImageFile> image_;
  std::optional<Overwriting> overwriting_;
};

}  // namespace

std::unique_ptr<RestoreTarget> begin_restore(const std::string& text,
                                             const BackupDescription& description,
                                             const RestoreOptions& restore,
                                             const OpenOptions& options) {
  const Address address = parse_address(text);
  Destination destination = locate_destination(address);
  if (destination.location.read_only)
    throw Error(ErrorKind::usage, fmt::format("'{}' is to be written to, but its address says "
                                              "mode=ro",
                                              destination.location.path.string()))
        .hint("take mode=ro off the address");
  return std::make_unique<FileTarget>(std::move(destination), description, restore, options);
}

}  // namespace dbkeeper::sqlite
