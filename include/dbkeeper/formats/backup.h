// The backup archive, version 1.0 (docs/backup-format.md): a tar of a database's files and streams,
// with a manifest that has the SHA-256 of each, and a trailer that has that of the manifest.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/base/stop.h"
#include "dbkeeper/model/backup.h"

namespace dbkeeper {

// Whether a file that begins like this is such an archive, by its first tar header.
bool is_backup(std::string_view beginning);
// The same of a file; false for what is none, or can't be read.
bool is_backup_file(const std::filesystem::path& path);

// A member of the archive, the manifest and the trailer left out.
struct BackupMember {
  std::string name;
  std::uint64_t offset = 0;  // of its first byte
  std::uint64_t size = 0;
  std::string sha256;                 // 64 hexadecimal digits
  std::optional<std::size_t> stream;  // that it belongs to; none: a file
};

// Writes an archive from front to back; a pipe will do.
class BackupWriter {
 public:
  using Output = std::function<void(std::string_view)>;
  // The streams' members get their names by it.
  BackupWriter(Output output, std::vector<BackupStream> streams);
  ~BackupWriter();

  void add(const BackupFile& file);
  // The next member of a stream, compressed already. Threads: any.
  void add_packed(std::size_t stream, std::string_view packed);
  // The manifest and the trailer: the archive is whole.
  void finish(const BackupDescription& description);
  std::uint64_t bytes() const;

 private:
  class Archive;
  std::unique_ptr<Archive> archive_;
};

// Compresses the pieces of a stream on their way into the archive. One thread at a time; several
// packers may work for one stream, unless it is continuous.
class BackupPacker {
 public:
  BackupPacker(BackupWriter& writer, std::size_t stream, Packing packing);
  ~BackupPacker();
  void add(std::string_view piece);
  // Without it a continuous stream is truncated.
  void finish();

 private:
  class Stream;
  std::unique_ptr<Stream> stream_;
};

// An archive in a file, its trailer and manifest read and proven. Error(input) that says what is
// wrong, and where. Threads: all but the constructor may be called from any.
class BackupArchive {
 public:
  explicit BackupArchive(std::filesystem::path path);
  ~BackupArchive();
  BackupArchive(BackupArchive&&) noexcept;

  const std::filesystem::path& path() const;
  std::uint64_t bytes() const;
  // Whether its path still leads to this very file, and nobody has written to it since. Where it
  // doesn't, the rest goes on with the file that was opened.
  bool is_untouched() const;
  // So many bytes of the file as it stands. Requires: offset + size <= bytes().
  std::string raw(std::uint64_t offset, std::size_t size) const;
  const BackupDescription& description() const;
  // In the order in which they stand; together with manifest and trailer all of the file.
  const std::vector<BackupMember>& members() const;
  // The members that are files, read and proven.
  std::vector<BackupFile> files() const;
  // A member's bytes, once its header, padding and SHA-256 are proven.
  std::string read(const BackupMember& member) const;

 private:
  class Contents;
  std::unique_ptr<Contents> contents_;
};

// Expands members of a stream, given in order. One thread at a time. Error(input) if they are
// damaged.
class BackupUnpacker {
 public:
  // What comes out: of Packing::pieces whole pieces, else whatever there is.
  using Take = std::function<void(std::string_view piece)>;
  explicit BackupUnpacker(Packing packing);
  ~BackupUnpacker();
  void add(std::string_view packed, const Take& take);
  // A continuous stream has come to its end.
  void finish();

 private:
  class Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace dbkeeper
