#include "engines/sqlite/image_database.h"

#include <fmt/format.h>

#include "engines/sqlite/image_file.h"
#include "engines/sqlite/snapshot.h"

namespace dbkeeper::sqlite {
namespace {

class ImageDatabase final : public Database {
 public:
  ImageDatabase(const BackupDescription& description, DatabaseInfo info, const ImageBytes& bytes,
                const OpenOptions& options)
      : info_(std::move(info)),
        options_(options),
        image_(place_with_room(info_, description.data_bytes)) {
    options_.access = Access::read;
    bytes([&](std::string_view piece) {
      options_.stop->check();
      image_.append(piece);
    });
  }

  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  DatabaseInfo info() override { return info_; }
  std::unique_ptr<Snapshot> snapshot() override {
    return begin_snapshot(std::make_unique<Connection>(image_, info_.location, options_));
  }
  std::unique_ptr<Transaction> begin() override { refuse_to_write(); }
  std::unique_ptr<Import> begin_import() override { refuse_to_write(); }

 private:
  static ImagePlace place_with_room(const DatabaseInfo& info, std::uint64_t bytes) {
    ImagePlace place{temporary_folder(),
                     fmt::format("the database in '{}'", info.location),
                     "set TMPDIR to a folder with room for it",
                     {}};
    require_room(place, bytes);
    return place;
  }

  [[noreturn]] void refuse_to_write() const {
    throw Error(ErrorKind::failed,
                fmt::format("'{}' is a backup: it is only read", info_.location));
  }

  const DatabaseInfo info_;
  OpenOptions options_;
  ImageFile image_;
};

}  // namespace

std::unique_ptr<Database> open_image(const BackupDescription& description, const DatabaseInfo& info,
                                     const ImageBytes& bytes, const OpenOptions& options) {
  return std::make_unique<ImageDatabase>(description, info, bytes, options);
}

}  // namespace dbkeeper::sqlite
