#include "engines/sqlite/file_header.h"

#include "support/catch.h"

namespace dbkeeper::sqlite {
namespace {

// A header as the file format describes it.
std::string header(char version, std::string_view page_size, char pages) {
  std::string bytes("SQLite format 3\0", 16);
  bytes += page_size;
  bytes.resize(100, '\0');
  bytes[18] = bytes[19] = version;
  bytes[31] = pages;
  return bytes;
}

}  // namespace

TEST_CASE("a header tells page size, pages and journal mode") {
  const FileHeader plain = parse_header(header(1, std::string_view("\x10\x00", 2), 7));
  CHECK(plain.valid);
  CHECK_FALSE(plain.wal);
  CHECK(plain.page_size == 4096);
  CHECK(plain.pages == 7);
  const FileHeader wal = parse_header(header(2, std::string_view("\x00\x01", 2), 1));
  CHECK(wal.wal);
  CHECK(wal.page_size == 65536);
}

TEST_CASE("a number of pages from before the last change doesn't count") {
  std::string bytes = header(1, std::string_view("\x10\x00", 2), 7);
  bytes[27] = 5;  // the change counter has moved on, the number's has not
  CHECK(parse_header(bytes).pages == 0);
}

TEST_CASE("what is no SQLite file has no valid header") {
  CHECK_FALSE(parse_header("").valid);
  CHECK_FALSE(parse_header("SQLite format 3").valid);
  CHECK_FALSE(parse_header(std::string(200, 'x')).valid);
}

TEST_CASE("a foreign file is told by its first bytes") {
  using dbkeeper::testing::contains;
  const auto file = [](std::string start) {
    start.resize(200, '\x01');
    return start;
  };
  CHECK_THAT(guess_content(file("\x28\xb5\x2f\xfd")), contains("zstd"));
  CHECK_THAT(guess_content(file("\x1f\x8b")), contains("gunzip"));
  CHECK_THAT(guess_content(file("PGDMP")), contains("pg_restore"));
  CHECK_THAT(guess_content(file("\x37\x7f\x06\x82")), contains("-wal"));
  CHECK_THAT(guess_content(file("SQLite")), contains("cut off"));
  CHECK_THAT(guess_content("short"), contains("cut off"));
  CHECK_THAT(guess_content(file("\x9c\x11")), contains("encrypted"));
  CHECK_THAT(guess_content(std::string(50, '-') + std::string(60, ' ') + "CREATE TABLE\n"),
             contains("text file"));
}

}  // namespace dbkeeper::sqlite
