#include "formats/backup/member_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/backup/tar.h"
#include "formats/backup/trailer.h"
#include "formats/json/fault.h"

namespace dbkeeper::backup {
namespace {

std::string_view suffix_of(const BackupStream& stream) {
  if (stream.packing == Packing::continuous) return "";
  switch (stream.format) {
    case StreamFormat::copy_binary:
      return ".bin.zst";
    case StreamFormat::copy_text:
      return ".copy.zst";
    case StreamFormat::sql:
      return ".sql.zst";
    case StreamFormat::database_image:
      return ".part.zst";
  }
  return "";
}

}  // namespace

bool is_plain_path(std::string_view name) {
  if (name.empty() || name.size() > kLongestName) return false;
  const auto is_odd = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\\'; };
  if (std::any_of(name.begin(), name.end(), is_odd)) return false;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('/', at), name.size());
    const std::string_view part = name.substr(at, end - at);
    if (part.empty() || part == "." || part == "..") return false;
    at = end + 1;
  }
  return true;
}

std::string member_name(const BackupStream& stream, std::uint64_t number) {
  return fmt::format("{}/{:08}{}", stream.folder, number, suffix_of(stream));
}

MemberNames::MemberNames(const std::vector<BackupStream>& streams)
    : streams_(streams), taken_(streams.size()) {
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const std::string& folder = streams[i].folder;
    if (!is_plain_path(member_name(streams[i], 1)))
      throw Fault{0, fmt::format("'{}' can't be a stream's folder", excerpt(folder))};
    if (!folders_.emplace(folder, i).second)
      throw Fault{0, fmt::format("two streams have the folder '{}'", excerpt(folder))};
  }
  for (const BackupStream& stream : streams)
    if (stream_around(stream.folder))
      throw Fault{0,
                  fmt::format("the stream '{}' lies within another one", excerpt(stream.folder))};
}

// The stream in whose folder, or in a folder within that, the path lies.
std::optional<std::size_t> MemberNames::stream_around(std::string_view path) const {
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    const auto at = folders_.find(path.substr(0, slash));
    if (at != folders_.end()) return at->second;
  }
  return std::nullopt;
}

std::optional<std::size_t> MemberNames::take(const std::string& name) {
  if (!is_plain_path(name) || name == kManifestName || name == kTrailerName)
    throw Fault{0, fmt::format("'{}' can't be a member's name", excerpt(name))};
  const auto stream = stream_around(name);
  if (!stream) {
    if (!files_.insert(name).second)
      throw Fault{0, fmt::format("the member '{}' is listed twice", excerpt(name))};
    return std::nullopt;
  }
  const std::string expected = member_name(streams_[*stream], ++taken_[*stream]);
  if (name != expected)
    throw Fault{0,
                fmt::format("there is a member '{}' where '{}' belongs", excerpt(name), expected)};
  return stream;
}

}  // namespace dbkeeper::backup
