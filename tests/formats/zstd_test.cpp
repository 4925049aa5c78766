#include "dbkeeper/formats/zstd.h"

#include "dbkeeper/base/error.h"
#include "support/catch.h"
#include "support/seed.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

std::string compressed(const std::string& text) {
  std::string out;
  ZstdWriter writer([&](std::string_view bytes) { out += bytes; });
  for (std::size_t at = 0; at < text.size(); at += 70'000)
    writer.write(std::string_view(text).substr(at, 70'000));
  writer.finish();
  return out;
}

std::string expanded(const std::string& bytes, std::size_t piece, std::size_t buffer_size) {
  std::size_t at = 0;
  ZstdReader reader([&](char* buffer, std::size_t size) {
    const std::size_t count = std::min({piece, size, bytes.size() - at});
    std::copy_n(bytes.data() + at, count, buffer);
    at += count;
    return count;
  });
  std::string out, buffer(buffer_size, '\0');
  while (const std::size_t count = reader.read(buffer.data(), buffer.size()))
    out.append(buffer, 0, count);
  return out;
}

std::string sample_text() {
  std::string text;
  for (int i = 0; i < 60'000; ++i) text += "{\"id\":" + std::to_string(i) + "},\n";
  return text;
}

}  // namespace

TEST_CASE("what was compressed comes back, at any pace") {
  const std::string text = sample_text();
  const std::string bytes = compressed(text);
  CHECK(is_zstd(bytes));
  CHECK(bytes.size() < text.size() / 3);
  CHECK(expanded(bytes, 1 << 20, 1 << 16) == text);
  CHECK(expanded(bytes, 777, 1000) == text);
  CHECK(expanded(compressed(""), 10, 10).empty());
  CHECK(expanded(bytes + compressed("more"), 1 << 20, 1 << 16) == text + "more");
  CHECK_FALSE(is_zstd("{\n\"export"));
}

TEST_CASE("a cut or changed stream is an error of the file") {
  const std::string bytes = compressed(sample_text());
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  for (int i = 0; i < rounds(60); ++i) {
    std::string bad = bytes;
    if (i % 2 == 0)
      bad.resize(1 + dice() % (bad.size() - 1));
    else
      bad[dice() % bad.size()] ^= static_cast<char>(1 << dice() % 8);
    try {
      const std::string text = expanded(bad, 4096, 4096);
      CHECK(text == sample_text());  // the change told nothing new
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::input);
    }
  }
}
