#include "core/archive_parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/error.h"

namespace dbkeeper {
namespace {

// Carries out what concerns a member; its errors don't say of which they are.
template <class Work>
void about(const BackupArchive& archive, std::string_view member, Work work) {
  try {
    work();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::input) throw;
    throw Error(error.kind(), fmt::format("'{}' of '{}' is damaged: {}", member,
                                          archive.path().string(), error.message()))
        .hint(error.hint());
  }
}

std::vector<std::uint64_t> sizes_of_streams(const BackupArchive& archive) {
  std::vector<std::uint64_t> sizes(archive.description().streams.size());
  for (const BackupMember& member : archive.members())
    if (member.stream) sizes[*member.stream] += member.size;
  return sizes;
}

}  // namespace

std::vector<ArchivePart> parts_of(const BackupArchive& archive) {
  const std::vector<BackupStream>& streams = archive.description().streams;
  std::vector<ArchivePart> parts;
  for (std::size_t i = 0; i < streams.size(); ++i)
    if (streams[i].packing == Packing::continuous) parts.push_back({i, {}});
  const std::size_t continuous = parts.size();
  for (const BackupMember& member : archive.members()) {
    if (!member.stream) continue;
    if (streams[*member.stream].packing == Packing::pieces) {
      parts.push_back({*member.stream, {&member}});
      continue;
    }
    const auto end = parts.begin() + static_cast<std::ptrdiff_t>(continuous);
    std::find_if(parts.begin(), end, [&](const ArchivePart& part) {
      return part.stream == *member.stream;
    })->members.push_back(&member);
  }
  std::stable_sort(parts.begin() + static_cast<std::ptrdiff_t>(continuous), parts.end(),
                   [sizes = sizes_of_streams(archive)](const ArchivePart& a, const ArchivePart& b) {
                     return sizes[a.stream] > sizes[b.stream];
                   });
  return parts;
}

void PartReader::read(const ArchivePart& part, const BackupUnpacker::Take& take) {
  const BackupStream& stream = archive_.description().streams[part.stream];
  if (stream.packing == Packing::pieces) {
    for (const BackupMember* member : part.members) {
      const std::string packed = archive_.read(*member);
      about(archive_, member->name, [&] { pieces_.add(packed, take); });
    }
    return;
  }
  BackupUnpacker unpacker(Packing::continuous);
  for (const BackupMember* member : part.members) {
    const std::string packed = archive_.read(*member);
    about(archive_, member->name, [&] { unpacker.add(packed, take); });
  }
  about(archive_, stream.folder, [&] { unpacker.finish(); });
}

}  // namespace dbkeeper
