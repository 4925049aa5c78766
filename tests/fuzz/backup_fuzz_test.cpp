// Backups broken at random, and at every place: each is found, named by its member, and never a
// crash.
#include <fstream>

#include "support/backups.h"
#include "support/catch.h"
#include "support/scratch.h"
#include "support/seed.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

void put_byte(const std::filesystem::path& file, std::size_t at, char byte) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(static_cast<std::streamoff>(at));
  stream.put(byte);
  REQUIRE(stream.flush());
}

}  // namespace

TEST_CASE("a bit flipped in any byte of a backup is found, and its member named") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  const std::string archive = written(small_backup(dice));
  const ScratchFolder folder;
  const auto file = folder.write("shop.dbk", archive);
  REQUIRE_FALSE(verdict(file));
  for (std::size_t at = 0; at < archive.size(); ++at) {
    put_byte(file, at, static_cast<char>(archive[at] ^ (1 << dice() % 8)));
    const auto error = verdict(file);
    put_byte(file, at, archive[at]);
    CAPTURE(at);
    REQUIRE(error);
    REQUIRE(error->kind() == ErrorKind::input);
    const std::string member = member_at(archive, at);
    CAPTURE(member, error->message());
    // Of a header that could be anything only its place can be told.
    const bool named = error->message().find("'" + member + "'") != std::string::npos ||
                       error->message().find(", at byte ") != std::string::npos;
    REQUIRE(named);
  }
  REQUIRE_FALSE(verdict(file));
}

TEST_CASE("a backup cut off anywhere, or continued, is found") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  const std::string archive = written(small_backup(dice));
  const ScratchFolder folder;
  const auto file = folder.write("shop.dbk", archive);
  for (std::size_t size = archive.size(); size-- > 0;) {
    std::filesystem::resize_file(file, size);
    const auto error = verdict(file);
    CAPTURE(size);
    REQUIRE(error);
    REQUIRE(error->kind() == ErrorKind::input);
    REQUIRE_THAT(error->message(), contains(size == 0 ? "is empty" : "is truncated"));
  }
  for (const std::size_t more : {1, 512, 10'240})
    CHECK_THAT(verdict(folder.write("longer.dbk", archive + std::string(more, '\0')))->message(),
               contains("something behind its end"));
  CHECK_THAT(verdict(folder.write("twice.dbk", archive + archive))->message(),
             contains("'trailer'"));
}

TEST_CASE("a manifest changed at random, its checksum right again, never crashes its reader") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  const std::string archive = written(random_backup(dice));
  const std::string manifest = manifest_in(archive);
  const ScratchFolder folder;
  for (int round = 0; round < rounds(1500); ++round) {
    std::string text = manifest;
    for (std::size_t times = 1 + dice() % 3; times > 0; --times) {
      const std::size_t at = dice() % text.size(), other = dice() % text.size();
      const std::size_t length = 1 + dice() % 30;
      switch (dice() % 4) {
        case 0:
          text[at] = static_cast<char>(text[at] ^ (1 << dice() % 8));
          break;
        case 1:
          text.erase(at, length);
          break;
        case 2:
          text.insert(at, text.substr(other, length));
          break;
        default:
          text.replace(at, 1, std::to_string(dice()));
      }
      if (text.empty()) text = "{";
    }
    const auto error = verdict(folder.write("shop.dbk", with_manifest(archive, text)), 2);
    CAPTURE(round, text);
    if (error) REQUIRE(error->kind() == ErrorKind::input);
  }
}
