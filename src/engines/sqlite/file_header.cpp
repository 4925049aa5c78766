#include "engines/sqlite/file_header.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <utility>

#include "dbkeeper/base/big_endian.h"

namespace dbkeeper::sqlite {
namespace {

using namespace std::string_view_literals;

constexpr auto kMagic = "SQLite format 3\0"sv;

}  // namespace

FileHeader parse_header(std::string_view bytes) {
  FileHeader header;
  if (bytes.size() < FileHeader::kSize || !bytes.starts_with(kMagic)) return header;
  header.valid = true;
  header.wal = bytes[18] == 2 || bytes[19] == 2;
  header.page_size = big_endian_at<std::uint16_t>(&bytes[16]);
  if (header.page_size == 1) header.page_size = 65536;
  header.changes = big_endian_at<std::uint32_t>(&bytes[24]);
  // The number of pages was written by this change, not left over from a program before 3.7.0.
  if (header.changes == big_endian_at<std::uint32_t>(&bytes[92]))
    header.pages = big_endian_at<std::uint32_t>(&bytes[28]);
  return header;
}

bool is_database_file(const std::filesystem::path& path) {
  // A look into a pipe would take what is in it.
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  std::string bytes(FileHeader::kSize, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return parse_header(bytes).valid;
}

std::string guess_content(std::string_view first_bytes) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kKnown = {{
      {"\x28\xb5\x2f\xfd"sv, "it is compressed: unpack it first with zstd -d"},
      {"\x1f\x8b"sv, "it is compressed: unpack it first with gunzip"},
      {"PK\x03\x04"sv, "it is a zip archive: unpack it first"},
      {"PGDMP"sv, "it is a PostgreSQL dump: load it into a server with pg_restore"},
      {"** This file contains an SQLite 2"sv, "it is of SQLite 2: dump it with sqlite 2 first"},
      {"\x37\x7f\x06\x82"sv, "it is a write-ahead log (-wal): name the database it belongs to"},
      {"\x37\x7f\x06\x83"sv, "it is a write-ahead log (-wal): name the database it belongs to"},
      {"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"sv,
       "it is a rollback journal: name the database it belongs to"},
  }};
  for (const auto& [start, meaning] : kKnown)
    if (first_bytes.starts_with(start)) return std::string(meaning);
  if (first_bytes.starts_with(kMagic.substr(0, 6)) || first_bytes.size() < FileHeader::kSize)
    return "it is cut off or overwritten: go back to a backup";
  bool text = true;
  for (const char c : first_bytes)
    text = text && (static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\r' || c == '\t');
  if (text) return "it is a text file: an SQL dump can be loaded with sqlite3 new.db < file";
  return "it is another kind of file, damaged at its start, or encrypted (by SQLCipher, say), "
         "which dbkeeper can't read";
}

}  // namespace dbkeeper::sqlite
