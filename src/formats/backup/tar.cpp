#include "formats/backup/tar.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace dbkeeper::backup {
namespace {

// Source of the layout: POSIX, pax, "ustar Interchange Format". A field's offset and its length.
struct Field {
  std::size_t at;
  std::size_t length;
};
constexpr Field kName = {0, kLongestName}, kMode = {100, 8}, kUser = {108, 8}, kGroup = {116, 8},
                kSize = {124, 12}, kTime = {136, 12}, kChecksum = {148, 8}, kType = {156, 1},
                kMagic = {257, 8}, kDeviceMajor = {329, 8}, kDeviceMinor = {337, 8};

void put(std::string& header, const Field& field, std::string_view bytes) {
  header.replace(field.at, bytes.size(), bytes);
}

// Octal digits and a NUL fill the field.
std::string octal(const Field& field, std::uint64_t number) {
  return fmt::format("{:0{}o}", number, field.length - 1);
}

// Over the header with eight spaces in the checksum's place.
std::uint64_t checksum_of(std::string_view header) {
  std::uint64_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  return sum;
}

std::string_view text_in(std::string_view block, const Field& field) {
  const std::string_view bytes = block.substr(field.at, field.length);
  return bytes.substr(0, bytes.find('\0'));
}

}  // namespace

std::string tar_header(const TarEntry& entry) {
  using namespace std::string_view_literals;
  std::string header(kTarBlock, '\0');
  put(header, kName, entry.name);
  put(header, kMode, octal(kMode, 0600));
  put(header, kUser, octal(kUser, 0));
  put(header, kGroup, octal(kGroup, 0));
  put(header, kSize, octal(kSize, entry.size));
  put(header, kTime, octal(kTime, 0));
  put(header, kChecksum, "        ");
  put(header, kType, "0");
  put(header, kMagic,
      "ustar\0"
      "00"sv);
  put(header, kDeviceMajor, octal(kDeviceMajor, 0));
  put(header, kDeviceMinor, octal(kDeviceMinor, 0));
  put(header, kChecksum, fmt::format("{:06o}\0 "sv, checksum_of(header)));
  return header;
}

std::optional<TarEntry> parse_tar_header(std::string_view block) {
  if (block.size() != kTarBlock) return std::nullopt;
  TarEntry entry{std::string(text_in(block, kName)), 0};
  const std::string_view size = text_in(block, kSize);
  std::from_chars(size.data(), size.data() + size.size(), entry.size, 8);
  if (entry.name.empty() || entry.size > kLargestMember || tar_header(entry) != block)
    return std::nullopt;
  return entry;
}

std::string tar_member(const std::string& name, std::string_view bytes) {
  std::string member = tar_header({name, bytes.size()});
  member += bytes;
  member.append(tar_padding(bytes.size()), '\0');
  return member;
}

bool is_zeros(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == '\0'; });
}

}  // namespace dbkeeper::backup
