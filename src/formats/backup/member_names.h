// What a backup's members may be called.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/model/backup.h"

namespace dbkeeper::backup {

// A path that stays where it is unpacked, and fits a tar header.
bool is_plain_path(std::string_view name);

// The stream's `number`th member, counted from 1: "data/000001/00000001.bin.zst".
std::string member_name(const BackupStream& stream, std::uint64_t number);

// Names as they come in the archive's order. A Fault for one that has no place there.
class MemberNames {
 public:
  // The streams outlive it.
  explicit MemberNames(const std::vector<BackupStream>& streams);

  // The stream that the next member belongs to; none: it is a file.
  std::optional<std::size_t> take(const std::string& name);

 private:
  std::optional<std::size_t> stream_around(std::string_view path) const;

  const std::vector<BackupStream>& streams_;
  std::map<std::string, std::size_t, std::less<>> folders_;
  std::vector<std::uint64_t> taken_;  // by stream
  std::set<std::string> files_;
};

}  // namespace dbkeeper::backup
