#include "dbkeeper/base/digest.h"

#include "support/catch.h"

using namespace dbkeeper;

TEST_CASE("a digest is XXH3 with 128 bits, written with its most significant digit first") {
  // The reference implementation's own: XXH3_128bits of nothing and of "a".
  CHECK(digest_of("").text() == "xxh3-128:99aa06d3014798d86001c324468d497f");
  CHECK(digest_of("a").text() == "xxh3-128:a96faf705af16834e6c632b61e964e1f");
}

TEST_CASE("digests add up in any order, carries included") {
  const Digest a{0x1, 0xffffffffffffffff}, b{0xfffffffffffffffe, 2};
  Digest sum = a;
  sum += b;
  CHECK(sum == Digest{0, 1});
  Digest other = b;
  other += a;
  CHECK(other == sum);
}

TEST_CASE("a digest's text is read back, and nothing else is taken for one") {
  const Digest digest = digest_of("some row");
  CHECK(Digest::parse(digest.text()) == digest);
  for (const char* text :
       {"", "xxh3-128:", "99aa06d3014798d86001c324468d497f",
        "xxh3-128:99aa06d3014798d86001c324468d497", "xxh3-128:99aa06d3014798d86001c324468d497ff",
        "xxh3-128:99AA06D3014798D86001C324468D497F", "xxh3-128:+9aa06d3014798d86001c324468d497f"})
    CHECK_FALSE(Digest::parse(text));
}

TEST_CASE("bytes that come in pieces have the same digest") {
  DigestStream stream;
  for (int round = 0; round < 2; ++round) {
    stream.add("some ");
    stream.add("");
    stream.add("row");
    CHECK(stream.finish() == digest_of("some row"));
  }
}

TEST_CASE("a SHA-256 is the one that sha256sum prints") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
