#include <fmt/format.h>

#include "formats/backup/archive_file.h"
#include "formats/backup/tar.h"
#include "formats/backup/trailer.h"

namespace dbkeeper::backup {
namespace {

// Goes from header to header as far as they are sound.
class Walk {
 public:
  explicit Walk(const ArchiveFile& file) : file_(file) {}

  std::string finding() {
    if (file_.size() == 0) return "is empty";
    while (last_ != kTrailerName) {
      if (file_.size() - at_ < kTarBlock) return truncated();
      const auto entry = parse_tar_header(file_.read(at_, kTarBlock));
      if (!entry) return bad_header();
      last_ = entry->name;
      if (tar_room(entry->size) > file_.size() - at_)
        return fmt::format("is truncated: it ends within '{}'", last_);
      at_ += tar_room(entry->size);
    }
    return bad_end();
  }

 private:
  std::string truncated() const {
    if (last_.empty()) return "is truncated: it ends within its first header";
    return fmt::format("is truncated: it ends behind '{}'", last_);
  }

  std::string bad_header() const {
    if (last_.empty()) return "is no dbkeeper backup";
    if (file_.size() - at_ == kTailSize) return "is damaged in the header of 'trailer'";
    return fmt::format("is damaged: the header behind '{}', at byte {}, is none of dbkeeper's",
                       last_, at_);
  }

  std::string bad_end() const {
    const std::uint64_t left = file_.size() - at_;
    if (left < kTarEnd) return "is truncated: it ends behind 'trailer'";
    if (left > kTarEnd) return "has something behind its end, which follows 'trailer'";
    if (!is_zeros(file_.read(at_, kTarEnd))) return "is damaged behind 'trailer'";
    return "is damaged in 'trailer'";
  }

  const ArchiveFile& file_;
  std::uint64_t at_ = 0;
  std::string last_;  // the member before that place
};

}  // namespace

std::string what_ails(const ArchiveFile& file) {
  return fmt::format("{} {}", file.shown(), Walk(file).finding());
}

}  // namespace dbkeeper::backup
