// The bytes of a database that is on its way, from a database into a backup or back, in a file that
// nobody else can reach and that is gone with the process, whatever ends it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "dbkeeper/base/digest.h"
#include "dbkeeper/base/error.h"

namespace dbkeeper::sqlite {

// Where an image lies, and what messages say of it.
struct ImagePlace {
  std::filesystem::path folder;
  std::string content;  // "a copy of '/srv/app.db'"
  std::string hint;     // where there is no room for it
  // Under which it lies in the folder as long as it has no name of its own, on a file system that
  // can't give a file without one a name. Empty: it never gets one.
  std::string provisional_name;
};

// $TMPDIR, or what stands for it.
std::filesystem::path temporary_folder();

// Error(failed) if the folder hasn't room for so many bytes. Says nothing of a folder that doesn't
// tell.
void require_room(const ImagePlace& place, std::uint64_t bytes);

class ImageFile {
 public:
  // An empty one, of mode 0600. Errors, of all calls, are Error(failed) with the folder.
  explicit ImageFile(ImagePlace place);
  ~ImageFile();
  ImageFile(const ImageFile&) = delete;
  ImageFile& operator=(const ImageFile&) = delete;

  void append(std::string_view bytes);
  void overwrite(std::uint64_t at, std::string_view bytes);
  // Fills at most `size` bytes with those from `at` on; 0 at the end. Threads: any.
  std::size_t read(std::uint64_t at, char* buffer, std::size_t size) const;
  std::uint64_t size() const;
  // Whether it holds what was appended, as it was. Requires: nothing was overwritten.
  bool holds_what_was_appended();

  int descriptor() const { return descriptor_; }
  const ImagePlace& place() const { return place_; }
  // The error where there was no room for more of it.
  Error no_room() const;

  // All of it is on the disk afterwards, and in the place of `target`, in the image's own folder.
  // Requires: a provisional name. Error(refused) if `replace` is not set and there is a file.
  void take_name(const std::filesystem::path& target, bool replace);

 private:
  void open_named();
  void take_provisional_name();
  [[noreturn]] void fail(int cause) const;

  ImagePlace place_;
  std::filesystem::path provisional_;  // while it has that name
  int descriptor_ = -1;
  std::uint64_t appended_ = 0;
  DigestStream digest_;  // of that
};

}  // namespace dbkeeper::sqlite
