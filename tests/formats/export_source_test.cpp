#include "dbkeeper/formats/export_source.h"

#include <zstd.h>

#include <random>

#include "dbkeeper/formats/foreign_file.h"
#include "dbkeeper/formats/zstd.h"
#include "support/catch.h"
#include "support/documents.h"
#include "support/scratch.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

constexpr std::size_t kLength = 400'000;

// Compressed still larger than what is read of it at once.
std::string document() {
  std::mt19937 dice(1);
  std::string text = "{";
  while (text.size() < kLength) text += std::to_string(dice()) + "\n";
  text.resize(kLength);
  return text;
}

// As the command zstd compresses a file: its head tells the length.
std::string compressed_file(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 1));
  return out;
}

std::string compressed_stream(const std::string& text) {
  std::string out;
  ZstdWriter writer([&](std::string_view bytes) { out += bytes; });
  writer.write(text);
  writer.finish();
  return out;
}

std::optional<double> share_at_half(ByteSource& source) {
  std::string buffer(kLength / 2, '\0');
  for (std::size_t at = 0; at < buffer.size();)
    at += source.read(buffer.data() + at, buffer.size() - at);
  return source.share_read();
}

std::unique_ptr<ByteSource> piped(std::string bytes) {
  return export_source(std::make_unique<TextSource>(std::move(bytes), SIZE_MAX, true));
}

}  // namespace

TEST_CASE("how much of a document has been read is told where anything tells its length") {
  const ScratchFolder folder;
  const std::string text = document();
  const Stop stop;
  const auto near_half = [](std::optional<double> share) {
    return share && *share > 0.4 && *share < 0.9;
  };
  const auto named = [&](const std::string& bytes) {
    return export_source(open_bytes(folder.write("document", bytes), stop));
  };
  CHECK(near_half(share_at_half(*named(text))));
  CHECK(near_half(share_at_half(*named(compressed_stream(text)))));
  CHECK(near_half(share_at_half(*piped(compressed_file(text)))));
  CHECK_FALSE(share_at_half(*piped(text)));
  CHECK_FALSE(share_at_half(*piped(compressed_stream(text))));
}

TEST_CASE("a source gives its text from the first byte to the last, twice if it can start over") {
  const std::string text = document();
  for (const std::string& bytes : {text, compressed_file(text), compressed_stream(text)}) {
    const auto source = export_source(std::make_unique<TextSource>(bytes, 1000));
    for (int pass = 0; pass < 2; ++pass) {
      std::string read, buffer(3000, '\0');
      while (const std::size_t got = source->read(buffer.data(), buffer.size()))
        read.append(buffer, 0, got);
      CHECK(read == text);
      source->start_over();
    }
  }
}

TEST_CASE("what isn't dbkeeper's is told from what is") {
  const auto meaning = [](const std::string& beginning) {
    const auto file = foreign_file({beginning});
    return file ? file->meaning : std::string();
  };
  CHECK(meaning("-- a comment\n\n  Create TABLE t(id int);") == "an SQL script");
  CHECK(meaning("\\connect shop\n") == "an SQL script");
  CHECK(meaning("\xEF\xBB\xBFSET client_encoding = 'UTF8';\n") == "an SQL script");
  CHECK(meaning(R"([{"pk": 1, "model": "a.b", "fields": {}}])") ==
        "a fixture of Django's dumpdata");
  for (const char* ours_or_unknown :
       {"{\n\"export_metadata\": {\"format\": \"dbkeeper\"}}", "", "[]", "-- only a comment",
        R"({"data": {"model": []}})", R"([{"id": 1, "fields": {"model": 1}}])", "settings: 1"})
    CHECK(meaning(ours_or_unknown).empty());
}

TEST_CASE("a hint has the file's name as a shell takes it, and unpacks what is packed") {
  const auto hint = [](bool compressed, const std::string& name) {
    return foreign_file({"--\n-- PostgreSQL database dump\n--\n", compressed}, name)->hint;
  };
  CHECK_THAT(hint(false, "my dump.sql"), contains("-f 'my dump.sql' '{url}'"));
  CHECK_THAT(hint(true, "d.sql.zst"),
             contains("unpack it first, zstd -d d.sql.zst; ") && contains("-f d.sql '{url}'"));
  CHECK_THAT(hint(true, ""), contains("zstd -d FILE.zst; ") && contains("-f FILE '{url}'"));
}
