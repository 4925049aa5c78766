#include "dbkeeper/base/temporary_file.h"

#include <cstdlib>
#include <filesystem>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/temporary_bytes.h"
#include "support/catch.h"
#include "support/scratch.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

// TMPDIR leads elsewhere while it lives.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& path) {
    if (const char* before = std::getenv("TMPDIR")) before_ = before;
    setenv("TMPDIR", path.c_str(), 1);
  }
  ~TemporaryFolder() {
    if (before_.empty())
      unsetenv("TMPDIR");
    else
      setenv("TMPDIR", before_.c_str(), 1);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

 private:
  std::string before_;
};

std::string all_of(ByteSource& source) {
  std::string text;
  char piece[3];
  while (const std::size_t got = source.read(piece, sizeof piece)) text.append(piece, got);
  return text;
}

}  // namespace

TEST_CASE("a temporary file has no name and gives back what was written") {
  const ScratchFolder folder;
  const TemporaryFolder here(folder.path().string());
  TemporaryFile file("something");
  file.append("hello ");
  file.append("world");
  CHECK(file.size() == 11);
  char bytes[20];
  CHECK(std::string_view(bytes, file.read(6, bytes, sizeof bytes)) == "world");
  CHECK(file.read(11, bytes, sizeof bytes) == 0);
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("temporary bytes can be read as often as one likes") {
  TemporaryBytes bytes("something");
  bytes.append("hello world");
  CHECK(all_of(bytes) == "hello world");
  CHECK(all_of(bytes).empty());
  bytes.start_over();
  CHECK(all_of(bytes) == "hello world");
}

TEST_CASE("without room for a temporary file the error says what it was for, and where") {
  const TemporaryFolder nowhere("/no/such/folder");
  try {
    TemporaryFile file("the document");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::failed);
    CHECK_THAT(error.message(), contains("the document") && contains("/no/such/folder"));
    CHECK_THAT(error.hint(), contains("TMPDIR"));
  }
}
