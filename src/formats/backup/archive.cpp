#include <fmt/format.h>

#include <system_error>

#include "dbkeeper/base/digest.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/formats/backup.h"
#include "formats/backup/archive_file.h"
#include "formats/backup/manifest.h"
#include "formats/backup/tar.h"
#include "formats/backup/trailer.h"
#include "formats/json/fault.h"

namespace dbkeeper {

using namespace backup;

namespace {

[[noreturn]] void fail(std::string what) {
  throw Error(ErrorKind::input, std::move(what)).hint("use another copy");
}

// What another member says of one.
struct Claim {
  TarEntry entry;
  const std::string& sha256;
  const char* by;
};

// The member whose header stands at a place; every byte of it is proven.
std::string read_proven(const ArchiveFile& file, std::uint64_t header_at, const Claim& claim) {
  const std::uint64_t at = header_at + kTarBlock, size = claim.entry.size;
  const auto fail_in_member = [&](const std::string& what) {
    fail(fmt::format("'{}' of {} is damaged: {}", claim.entry.name, file.shown(), what));
  };
  if (file.read(header_at, kTarBlock) != tar_header(claim.entry))
    fail_in_member(fmt::format("its header isn't what '{}' says", claim.by));
  if (!is_zeros(file.read(at + size, tar_padding(size))))
    fail_in_member("what fills up its last block isn't zero");
  std::string bytes = file.read(at, static_cast<std::size_t>(size));
  if (const std::string sha256 = sha256_hex(bytes); sha256 != claim.sha256)
    fail_in_member(fmt::format("its SHA-256 is {}, '{}' says {}", sha256, claim.by, claim.sha256));
  return bytes;
}

Trailer read_trailer(const ArchiveFile& file) {
  if (file.size() >= kTailSize) {
    const std::string tail = file.read(file.size() - kTailSize, kTailSize);
    const auto trailer = parse_trailer(std::string_view(tail).substr(kTarBlock, kTrailerSize));
    if (trailer &&
        tail == tar_member(kTrailerName, trailer_text(*trailer)) + std::string(kTarEnd, '\0'))
      return *trailer;
  }
  fail(what_ails(file));
}

std::string read_manifest(const ArchiveFile& file, const Trailer& trailer) {
  const std::uint64_t end = file.size() - kTailSize;
  if (trailer.length > kLargestManifest || trailer.offset < kTarBlock || trailer.offset > end ||
      trailer.offset + trailer.length + tar_padding(trailer.length) != end)
    fail(fmt::format("'{}' of {} is damaged: the manifest can't be where it says", kTrailerName,
                     file.shown()));
  return read_proven(file, trailer.offset - kTarBlock,
                     {{kManifestName, trailer.length}, trailer.sha256, kTrailerName});
}

Manifest parsed(const ArchiveFile& file, std::string_view text) {
  try {
    return parse_manifest(text);
  } catch (const Fault& fault) {
    throw Error(ErrorKind::input,
                fmt::format("'{}' of {}: {}", kManifestName, file.shown(), fault.what))
        .hint("a newer dbkeeper may be able to read it");
  }
}

}  // namespace

bool is_backup(std::string_view beginning) {
  using namespace std::string_view_literals;
  constexpr std::size_t kMagicAt = 257;
  const bool is_of_pg_dump = beginning.starts_with("toc.dat\0"sv);
  return beginning.size() >= kTarBlock && !is_of_pg_dump &&
         beginning.substr(kMagicAt).starts_with(
             "ustar\0"
             "00"sv);
}

bool is_backup_file(const std::filesystem::path& path) {
  std::error_code unknown;
  // A pipe isn't opened: its writer would notice.
  if (!std::filesystem::is_regular_file(path, unknown)) return false;
  try {
    const ArchiveFile file(path);
    return file.size() >= kTarBlock && is_backup(file.read(0, kTarBlock));
  } catch (const Error&) {
    return false;
  }
}

class BackupArchive::Contents {
 public:
  explicit Contents(std::filesystem::path path) : file_(std::move(path)) {
    const Trailer trailer = read_trailer(file_);
    manifest_ = parsed(file_, read_manifest(file_, trailer));
    place_members(trailer.offset - kTarBlock);
  }

  const ArchiveFile& file() const { return file_; }
  const Manifest& manifest() const { return manifest_; }

  std::string read(const BackupMember& member) const {
    return read_proven(file_, member.offset - kTarBlock,
                       {{member.name, member.size}, member.sha256, kManifestName});
  }

 private:
  // They stand one behind another from the first byte to the manifest's header.
  void place_members(std::uint64_t manifest_at) {
    std::uint64_t at = 0;
    for (BackupMember& member : manifest_.members) {
      member.offset = at + kTarBlock;
      at += tar_room(member.size);
      if (at > manifest_at) break;
    }
    if (at != manifest_at)
      fail(fmt::format("'{}' of {}: its members have {} bytes in all, those before it are {}",
                       kManifestName, file_.shown(), at, manifest_at));
  }

  const ArchiveFile file_;
  Manifest manifest_;
};

BackupArchive::BackupArchive(std::filesystem::path path)
    : contents_(std::make_unique<Contents>(std::move(path))) {}
BackupArchive::~BackupArchive() = default;
BackupArchive::BackupArchive(BackupArchive&&) noexcept = default;

const std::filesystem::path& BackupArchive::path() const { return contents_->file().path(); }
std::uint64_t BackupArchive::bytes() const { return contents_->file().size(); }
bool BackupArchive::is_untouched() const { return contents_->file().is_untouched(); }
std::string BackupArchive::raw(std::uint64_t offset, std::size_t size) const {
  return contents_->file().read(offset, size);
}
const BackupDescription& BackupArchive::description() const {
  return contents_->manifest().description;
}
const std::vector<BackupMember>& BackupArchive::members() const {
  return contents_->manifest().members;
}

std::vector<BackupFile> BackupArchive::files() const {
  std::vector<BackupFile> files;
  for (const BackupMember& member : members())
    if (!member.stream) files.push_back({member.name, read(member)});
  return files;
}

std::string BackupArchive::read(const BackupMember& member) const {
  return contents_->read(member);
}

}  // namespace dbkeeper
