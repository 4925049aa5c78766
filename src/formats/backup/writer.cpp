#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>

#include "dbkeeper/base/digest.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/formats/backup.h"
#include "formats/backup/manifest.h"
#include "formats/backup/member_names.h"
#include "formats/backup/tar.h"
#include "formats/backup/trailer.h"

namespace dbkeeper {

using namespace backup;

class BackupWriter::Archive {
 public:
  Archive(Output output, std::vector<BackupStream> streams)
      : output_(std::move(output)), streams_(std::move(streams)), members_of_(streams_.size()) {}

  void add(const BackupFile& file) {
    if (!is_plain_path(file.name))
      throw Error(ErrorKind::failed, fmt::format("'{}' can't be a file of a backup", file.name));
    const std::string sha256 = sha256_hex(file.bytes);
    const std::lock_guard lock(mutex_);
    add_member({.name = file.name, .size = file.bytes.size(), .sha256 = sha256}, file.bytes);
  }

  void add_packed(std::size_t stream, std::string_view packed) {
    const std::string sha256 = sha256_hex(packed);
    const std::lock_guard lock(mutex_);
    add_member({.name = member_name(streams_[stream], ++members_of_[stream]),
                .size = packed.size(),
                .sha256 = sha256,
                .stream = stream},
               packed);
  }

  void finish(const BackupDescription& description) {
    const std::string manifest = manifest_text(description, members_);
    if (manifest.size() > kLargestManifest)
      throw Error(ErrorKind::failed,
                  fmt::format("the backup's manifest would have {} bytes, {} at most can be read",
                              manifest.size(), kLargestManifest));
    const Trailer trailer{bytes_ + kTarBlock, manifest.size(), sha256_hex(manifest)};
    put(tar_member(kManifestName, manifest));
    put(tar_member(kTrailerName, trailer_text(trailer)));
    put(std::string(kTarEnd, '\0'));
  }

  std::uint64_t bytes() const { return bytes_; }

 private:
  void add_member(BackupMember member, std::string_view bytes) {
    if (member.size > kLargestMember)
      throw Error(ErrorKind::failed, fmt::format("'{}' has {} bytes: more than a backup can hold",
                                                 member.name, member.size));
    put(tar_header({member.name, member.size}));
    member.offset = bytes_;
    put(bytes);
    put(std::string(tar_padding(member.size), '\0'));
    members_.push_back(std::move(member));
  }

  void put(std::string_view bytes) {
    if (bytes.empty()) return;
    output_(bytes);
    bytes_ += bytes.size();
  }

  const Output output_;
  const std::vector<BackupStream> streams_;
  std::mutex mutex_;                       // for all that follows
  std::vector<std::uint64_t> members_of_;  // how many, by stream
  std::vector<BackupMember> members_;
  std::atomic<std::uint64_t> bytes_ = 0;
};

BackupWriter::BackupWriter(Output output, std::vector<BackupStream> streams)
    : archive_(std::make_unique<Archive>(std::move(output), std::move(streams))) {}
BackupWriter::~BackupWriter() = default;
void BackupWriter::add(const BackupFile& file) { archive_->add(file); }
void BackupWriter::add_packed(std::size_t stream, std::string_view packed) {
  archive_->add_packed(stream, packed);
}
void BackupWriter::finish(const BackupDescription& description) { archive_->finish(description); }
std::uint64_t BackupWriter::bytes() const { return archive_->bytes(); }

}  // namespace dbkeeper
