// Archives that nobody wrote by accident: their checksums hold, what they say doesn't.
#include "dbkeeper/base/digest.h"
#include "dbkeeper/formats/backup.h"
#include "formats/backup/tar.h"
#include "formats/backup/trailer.h"
#include "support/backups.h"
#include "support/catch.h"
#include "support/documents.h"
#include "support/scratch.h"

using namespace dbkeeper;
using namespace dbkeeper::backup;
using namespace dbkeeper::testing;

namespace {

struct Sample {
  Sample() {
    std::mt19937_64 dice(11);
    archive = written(random_backup(dice));
    manifest = manifest_in(archive);
  }

  std::optional<Error> judged(const std::string& bytes) const {
    return verdict(folder.write("x.dbk", bytes));
  }
  std::string message(const std::string& bytes) const {
    const auto error = judged(bytes);
    if (!error) return "nothing wrong";
    CHECK(error->kind() == ErrorKind::input);
    return error->message();
  }
  // With one piece of the manifest replaced, and the checksum right again.
  std::string message(std::string_view from, std::string_view to) const {
    return message(with_manifest(archive, replaced(manifest, from, to)));
  }

  ScratchFolder folder;
  std::string archive, manifest;
};

std::string with_trailer(const std::string& archive, const Trailer& trailer) {
  return archive.substr(0, archive.size() - kTailSize) +
         tar_member(kTrailerName, trailer_text(trailer)) + std::string(kTarEnd, '\0');
}

}  // namespace

TEST_CASE("another major version is refused by its number, a newer minor one is read") {
  const Sample sample;
  CHECK_THAT(sample.message("\"version\": \"1.0\"", "\"version\": \"2.0\""),
             contains("format version 2.0; this dbkeeper reads 1.x"));
  CHECK(sample.message("\"version\": \"1.0\"", "\"version\": \"1.7\", \"news\": [{\"a\": 1}]") ==
        "nothing wrong");
  CHECK_THAT(sample.message("\"version\": \"1.0\"", "\"version\": \"one\""),
             contains("is no version"));
  CHECK_THAT(sample.message("dbkeeper-backup", "dbkeeper"), contains("not a dbkeeper backup"));
}

TEST_CASE("names that lead elsewhere, stand twice or are out of order are refused") {
  const Sample sample;
  const auto renamed = [&](std::string_view from, std::string_view to) {
    return sample.message("{\"name\":\"" + std::string(from), "{\"name\":\"" + std::string(to));
  };
  for (const char* name : {"/data/INDEX.txt", "../INDEX.txt", "data/../INDEX.txt", "data//x", "",
                           "manifest.json", "trailer", "a\\\\b", "a\\nb", "a\\u0000b"})
    CHECK_THAT(renamed("data/INDEX.txt", name), contains("can't be a member's name"));
  CHECK_THAT(renamed("data/INDEX.txt", "schema/pre-data.sql"), contains("listed twice"));
  CHECK_THAT(renamed("data/INDEX.txt", "data/000001/INDEX.txt"), contains("belongs"));
  CHECK_THAT(renamed("data/000001/00000001.bin.zst", "data/000001/00000002.bin.zst"),
             contains("where 'data/000001/00000001.bin.zst' belongs"));
  CHECK_THAT(renamed("data/000001/00000001.bin.zst", "data/000001/00000001.bin"),
             contains("belongs"));
  // A name that could be, but isn't the one in the archive.
  CHECK_THAT(renamed("data/INDEX.txt", "data/index.txt"), contains("header"));
}

TEST_CASE("sizes and places that can't be are refused") {
  const Sample sample;
  CHECK_THAT(sample.message("\"name\":\"schema/post-data.sql\",\"size\":512",
                            "\"name\":\"schema/post-data.sql\",\"size\":8589934592"),
             contains("size or SHA-256"));
  CHECK_THAT(sample.message("\"name\":\"schema/post-data.sql\",\"size\":512",
                            "\"name\":\"schema/post-data.sql\",\"size\":8589934591"),
             contains("members have"));
  CHECK_THAT(sample.message("\"name\":\"schema/post-data.sql\",\"size\":512",
                            "\"name\":\"schema/post-data.sql\",\"size\":511"),
             contains("header"));
  CHECK_THAT(sample.message("\"size\":512", "\"size\":-1"), contains("no size"));
  CHECK_THAT(sample.message("\"size\":512", "\"size\":18446744073709551616"),
             contains("manifest.json"));
  CHECK_THAT(sample.message("\"size\":512", "\"size\":\"512\""), contains("no size"));

  const std::string sha(64, '0');
  for (const Trailer& trailer : std::vector<Trailer>{{0, 1, sha},
                                                     {512, UINT64_MAX, sha},
                                                     {UINT64_MAX, 512, sha},
                                                     {512, std::uint64_t{1} << 40, sha},
                                                     {sample.archive.size(), 0, sha},
                                                     {1024, 100, sha}})
    CHECK_THAT(sample.message(with_trailer(sample.archive, trailer)), contains("'trailer'"));
}

TEST_CASE("streams and tables that contradict each other are refused") {
  const Sample sample;
  CHECK_THAT(sample.message("\"folder\":\"data/000002\"", "\"folder\":\"data/000001\""),
             contains("two streams"));
  CHECK_THAT(sample.message("\"folder\":\"data/000002\"", "\"folder\":\"data/000001/x\""),
             contains("within another"));
  CHECK_THAT(sample.message("\"folder\":\"data/000002\"", "\"folder\":\"../x\""),
             contains("can't be a stream's folder"));
  CHECK_THAT(sample.message("\"stream\":\"data/000002\"", "\"stream\":\"data/000001\""),
             contains("two tables have it"));
  CHECK_THAT(sample.message("\"stream\":\"data/000002\"", "\"stream\":\"data/000009\""),
             contains("no stream"));
  CHECK_THAT(sample.message("\"format\":\"copy_text\"", "\"format\":\"parquet\""),
             contains("'parquet'"));
  CHECK_THAT(sample.message("\"packing\":\"continuous\"", "\"packing\":\"loose\""),
             contains("'loose'"));
  CHECK_THAT(sample.message("\"name\":\"empty\"", "\"name\":\"users\""), contains("listed twice"));
  CHECK_THAT(sample.message("\"rows\": ", "\"rows\": 1"), contains("'rows' is not the sum"));
  CHECK_THAT(sample.message("\"engine\"", "\"motor\""), contains("'engine' is missing"));
}

TEST_CASE("a manifest that isn't strict JSON is refused") {
  const Sample sample;
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{"), std::string("{}"),
        sample.manifest + "x", "{\"format\": 1, " + sample.manifest.substr(1),
        std::string(2'000'000, '['),
        replaced(sample.manifest, "\"limit\": -1",
                 "\"limit\": " + std::string(5000, '[') + std::string(5000, ']'))})
    CHECK_THAT(sample.message(with_manifest(sample.archive, text)), contains("manifest.json"));
}

TEST_CASE("members that the manifest doesn't list are found") {
  const Sample sample;
  const std::string extra = tar_member("extra", "more");
  // In front of all, and shifted accordingly.
  const std::size_t end = sample.archive.size() - kTailSize;
  const std::size_t manifest_at = sample.archive.find(sample.manifest) - kTarBlock;
  const std::string body = sample.archive.substr(0, manifest_at);
  for (const std::string& members : {extra + body, body + extra}) {
    const std::string archive =
        members + sample.archive.substr(manifest_at, end - manifest_at) +
        tar_member(kTrailerName, trailer_text({members.size() + kTarBlock, sample.manifest.size(),
                                               sha256_hex(sample.manifest)})) +
        std::string(kTarEnd, '\0');
    CHECK_THAT(sample.message(archive), contains("members have"));
  }
}

TEST_CASE("what is no backup at all is told as what it seems to be") {
  const Sample sample;
  const auto message = [&](const std::string& bytes) { return sample.message(bytes); };
  CHECK_THAT(message(""), contains("is empty"));
  CHECK_THAT(message("short"), contains("truncated"));
  CHECK_THAT(message(std::string(100'000, 'x')), contains("no dbkeeper backup"));
  CHECK_THAT(message(std::string(100'000, '\0')), contains("no dbkeeper backup"));
  CHECK_THAT(verdict(sample.folder.path())->message(), contains("is not a file"));
  CHECK_THAT(verdict(sample.folder / "absent.dbk")->message(), contains("cannot read"));
}
