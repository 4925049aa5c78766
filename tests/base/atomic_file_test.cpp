#include "dbkeeper/base/atomic_file.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "dbkeeper/base/error.h"
#include "support/catch.h"
#include "support/scratch.h"

using namespace dbkeeper;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

}  // namespace

TEST_CASE("a file appears whole at commit, readable by its owner alone") {
  const testing::ScratchFolder folder;
  const fs::path path = folder.path() / "out.json";
  AtomicFile file(path);
  file.write("one ");
  file.write("two");
  CHECK_FALSE(fs::exists(path));
  file.commit();
  CHECK(content(path) == "one two");
  CHECK(files_in(folder.path()) == 1);
  struct stat info;
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("a file that isn't committed leaves nothing, and what was there stays") {
  const testing::ScratchFolder folder;
  const fs::path path = folder.path() / "out.json";
  std::ofstream(path) << "before";
  {
    AtomicFile file(path);
    file.write("half");
  }
  CHECK(content(path) == "before");
  CHECK(files_in(folder.path()) == 1);
  AtomicFile file(path);
  file.write("after");
  file.commit();
  CHECK(content(path) == "after");
}

TEST_CASE("a folder that isn't there is named") {
  try {
    AtomicFile file("/no/such/folder/out.json");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::failed);
    CHECK(error.message().find("/no/such/folder/out.json") != std::string::npos);
    CHECK_FALSE(error.hint().empty());
  }
}
