#include "dbkeeper/formats/backup.h"

#include <algorithm>
#include <sstream>

#include "dbkeeper/base/error.h"
#include "formats/backup/tar.h"
#include "formats/backup/trailer.h"
#include "support/backups.h"
#include "support/catch.h"
#include "support/scratch.h"
#include "support/seed.h"

using namespace dbkeeper;
using namespace dbkeeper::backup;
using namespace dbkeeper::testing;

namespace {

std::vector<std::string> names_in(const std::string& archive) {
  std::vector<std::string> names;
  for (std::size_t at = 0; archive[at] != '\0';) {
    const TarEntry entry = *parse_tar_header(std::string_view(archive).substr(at, kTarBlock));
    names.push_back(entry.name);
    at += tar_room(entry.size);
  }
  return names;
}

std::string expanded(Packing packing, const std::vector<std::string>& packed) {
  BackupUnpacker unpacker(packing);
  std::string out;
  for (const std::string& bytes : packed)
    unpacker.add(bytes, [&](std::string_view piece) { out += piece; });
  unpacker.finish();
  return out;
}

// The members' bytes that a packer makes of pieces.
std::vector<std::string> packed(Packing packing, const std::vector<std::string>& pieces) {
  const BackupStream stream{"s", StreamFormat::sql, packing};
  std::string archive;
  BackupWriter writer([&](std::string_view bytes) { archive += bytes; }, {stream});
  BackupPacker packer(writer, 0, packing);
  for (const std::string& piece : pieces) packer.add(piece);
  packer.finish();
  std::vector<std::string> out;
  for (std::size_t at = 0; at < archive.size();) {
    const TarEntry entry = *parse_tar_header(std::string_view(archive).substr(at, kTarBlock));
    out.push_back(archive.substr(at + kTarBlock, entry.size));
    at += tar_room(entry.size);
  }
  return out;
}

bool is_input_error(const std::function<void()>& work) {
  try {
    work();
    return false;
  } catch (const Error& error) {
    return error.kind() == ErrorKind::input;
  }
}

}  // namespace

TEST_CASE("a tar header has one form, and any other is refused") {
  const TarEntry entry{"data/000001/00000001.bin.zst", 16'777'216};
  const std::string header = tar_header(entry);
  REQUIRE(header.size() == kTarBlock);
  CHECK(header.substr(100, 8) == std::string("0000600\0", 8));
  CHECK(header.substr(124, 12) == std::string("00100000000\0", 12));
  CHECK(header.substr(257, 8) == std::string("ustar\0"
                                             "00",
                                             8));
  const auto parsed = parse_tar_header(header);
  REQUIRE(parsed);
  CHECK(parsed->name == entry.name);
  CHECK(parsed->size == entry.size);
  for (std::size_t at = 0; at < kTarBlock; ++at) {
    std::string other = header;
    other[at] = static_cast<char>(other[at] ^ 1);
    CAPTURE(at);
    CHECK_FALSE(parse_tar_header(other));
  }
  CHECK(parse_tar_header(tar_header({std::string(kLongestName, 'n'), kLargestMember})));
  CHECK_FALSE(parse_tar_header(std::string(kTarBlock, '\0')));
  CHECK_FALSE(parse_tar_header(header.substr(1)));
}

TEST_CASE("a trailer has one form, of one size, whatever it says") {
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{4096}, UINT64_MAX}) {
    const Trailer trailer{number, number / 2, std::string(64, 'a')};
    const std::string text = trailer_text(trailer);
    CHECK(text.size() == kTrailerSize);
    const auto parsed = parse_trailer(text);
    REQUIRE(parsed);
    CHECK(parsed->offset == number);
    CHECK(parsed->length == number / 2);
    CHECK(parsed->sha256 == trailer.sha256);
  }
  std::string text = trailer_text({1, 2, std::string(64, 'a')});
  text[text.find("  ")] = '0';
  CHECK_FALSE(parse_trailer(text));
}

TEST_CASE("members stand in order: files, streams as they came, manifest, trailer") {
  std::mt19937_64 dice(1);
  MemoryBackup backup = random_backup(dice);
  backup.units = {{0, {"a", "b"}}, {2, {"c"}}, {0, {"d"}}, {4, {"e"}}, {5, {"f"}}};
  std::string archive;
  BackupWriter writer([&](std::string_view bytes) { archive += bytes; },
                      backup.description.streams);
  for (const BackupFile& file : backup.files) writer.add(file);
  for (const auto& unit : backup.units) {
    BackupPacker packer(writer, unit.stream, backup.description.streams[unit.stream].packing);
    for (const std::string& piece : unit.pieces) packer.add(piece);
    packer.finish();
  }
  writer.finish(backup.description);
  CHECK(writer.bytes() == archive.size());
  CHECK(archive.size() % kTarBlock == 0);
  CHECK(is_backup(archive.substr(0, 512)));
  CHECK_FALSE(is_backup(archive.substr(0, 511)));
  CHECK(names_in(archive) ==
        std::vector<std::string>{"schema/pre-data.sql", "schema/post-data.sql", "data/INDEX.txt",
                                 "data/000001/00000001.bin.zst", "data/000001/00000002.bin.zst",
                                 "data/000003/00000001.copy.zst", "data/000001/00000003.bin.zst",
                                 "large/00000001.sql.zst", "image.zst/00000001", "manifest.json",
                                 "trailer"});
}

TEST_CASE("a manifest gives members, tables and properties a line each") {
  std::mt19937_64 dice(2);
  const MemoryBackup backup = random_backup(dice);
  const std::string archive = written(backup);
  std::istringstream lines(manifest_in(archive));
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  const auto has = [&](const char* start) {
    return std::any_of(all.begin(), all.end(),
                       [&](const std::string& line) { return line.starts_with(start); });
  };
  CHECK(all.front() == "{");
  CHECK(all.back() == "}");
  CHECK(has("  \"engine\": \"memory\","));
  CHECK(has("    \"limit\": -1,"));
  CHECK(has("    {\"name\":\"schema/pre-data.sql\",\"size\":"));
  CHECK(has("    {\"schema\":\"public\",\""));
}

TEST_CASE("pieces come back one by one, a continuous stream as a whole") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  for (const Packing packing : {Packing::pieces, Packing::continuous}) {
    std::vector<std::string> pieces = {"", "x", std::string(3'000'000, 'y')};
    for (int i = 0; i < 5; ++i)
      pieces.push_back(std::string(dice() % 100'000, static_cast<char>(dice())));
    std::string all;
    for (const std::string& piece : pieces) all += piece;
    const std::vector<std::string> members = packed(packing, pieces);
    CHECK(members.size() == (packing == Packing::pieces ? pieces.size() : 1));
    CHECK((expanded(packing, members) == all));
  }
  CHECK(expanded(Packing::continuous, packed(Packing::continuous, {})).empty());
}

TEST_CASE("compressed bytes that were changed, cut or continued are refused") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  std::string text;
  for (int i = 0; i < 3000; ++i) text += std::to_string(dice() % 1000) + ",";
  for (const Packing packing : {Packing::pieces, Packing::continuous}) {
    const std::string whole = packed(packing, {text}).front();
    for (int round = 0; round < rounds(200); ++round) {
      std::string broken = whole;
      if (round % 3 == 0)
        broken.resize(dice() % whole.size());
      else if (round % 3 == 1)
        broken += static_cast<char>(dice());
      else
        broken[dice() % whole.size()] ^= static_cast<char>(1 << dice() % 7);
      CAPTURE(round);
      bool same = false;
      const bool refused = is_input_error([&] { same = expanded(packing, {broken}) == text; });
      // Of a frame's descriptor one bit means nothing.
      REQUIRE((refused || same));
    }
    CHECK(is_input_error([&] { expanded(packing, {whole + whole}); }));
  }
}

TEST_CASE("a frame that claims more than it can hold gets no room for it") {
  using namespace std::string_literals;
  // A frame whose header says 1 TiB, with a content size of 8 bytes and one empty last block.
  const std::string huge = "\x28\xb5\x2f\xfd\xe0\0\0\0\0\0\1\0\0\1\0\0"s;
  CHECK(is_input_error([&] { expanded(Packing::pieces, {huge}); }));
  // One that doesn't say it.
  const std::string silent = "\x28\xb5\x2f\xfd\0\x58\1\0\0"s;
  CHECK(is_input_error([&] { expanded(Packing::pieces, {silent}); }));
  CHECK(expanded(Packing::continuous, {silent}).empty());
  CHECK(is_input_error([&] { expanded(Packing::pieces, {""}); }));
  CHECK(is_input_error([&] { expanded(Packing::pieces, {"no zstd at all"}); }));
  // A window of 2 GiB is more than zstd's own command takes without being asked.
  const std::string window = "\x28\xb5\x2f\xfd\0\xa8\1\0\0"s;
  CHECK(is_input_error([&] { expanded(Packing::continuous, {window}); }));
}

TEST_CASE("a file's name that no archive can hold is refused when it is written") {
  BackupWriter writer([](std::string_view) {}, {});
  for (const std::string& name :
       {std::string("/etc/passwd"), std::string("../x"), std::string("a/../b"), std::string("a//b"),
        std::string("a/"), std::string(), std::string(101, 'n'), std::string("a\nb")})
    CHECK_THROWS_AS(writer.add({name, "x"}), Error);
}
