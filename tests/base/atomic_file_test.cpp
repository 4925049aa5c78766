#include "dbkeeper/base/atomic_file.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/file_use.h"
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

TEST_CASE("a file that appears meanwhile is let be where it may not be replaced") {
  const testing::ScratchFolder folder;
  const fs::path path = folder.path() / "out.json";
  {
    AtomicFile file(path);
    file.write("new");
    std::ofstream(path) << "meanwhile";
    CHECK_FALSE(file.commit_if_free());
  }
  CHECK(content(path) == "meanwhile");
  CHECK(files_in(folder.path()) == 1);
  fs::remove(path);
  AtomicFile file(path);
  file.write("new");
  CHECK(file.commit_if_free());
  CHECK(content(path) == "new");
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

TEST_CASE("a file of any size is the bytes that were written, in whatever pieces") {
  const testing::ScratchFolder folder;
  constexpr std::size_t kMegabyte = 1 << 20;
  for (const std::size_t size : {std::size_t{0}, kMegabyte - 1, kMegabyte, kMegabyte + 1,
                                 3 * kMegabyte, 3 * kMegabyte + 4096 + 17}) {
    CAPTURE(size);
    std::string bytes(size, 'x');
    for (std::size_t i = 0; i < size; i += 999) bytes[i] = static_cast<char>(i % 251);
    AtomicFile file(folder.path() / "out.json");
    for (std::size_t at = 0; at < size; at += 300'000)
      file.write(std::string_view(bytes).substr(at, 300'000));
    file.commit();
    CHECK(content(folder.path() / "out.json") == bytes);
  }
}

TEST_CASE("a large file that isn't committed leaves nothing either") {
  const testing::ScratchFolder folder;
  {
    AtomicFile file(folder.path() / "out.json");
    file.write(std::string(5 << 20, 'x'));
  }
  CHECK(files_in(folder.path()) == 0);
}

TEST_CASE("a new file takes the first name that is free") {
  const testing::ScratchFolder folder;
  for (const char* name : {"e.json", "e-2.json", "e-3.json"}) {
    AtomicFile file(folder.path() / "e.json");
    file.write(name);
    CHECK(file.commit_as_new() == folder.path() / name);
  }
  CHECK(content(folder.path() / "e.json") == "e.json");
  CHECK(content(folder.path() / "e-3.json") == "e-3.json");
}

TEST_CASE("a symbolic link is followed where the user gave its name, and else replaced itself") {
  const testing::ScratchFolder folder;
  const fs::path file = folder.write("real", "old"), link = folder / "link.json";
  fs::create_symlink(file, link);
  const auto write = [&](Links links) {
    AtomicFile out(link, links);
    out.write("new");
    return out.commit();
  };
  write(Links::follow);
  CHECK(fs::is_symlink(link));
  CHECK(content(file) == "new");

  folder.write("real", "old");
  write(Links::replace);
  CHECK_FALSE(fs::is_symlink(link));
  CHECK(content(link) == "new");
  CHECK(content(file) == "old");
}

TEST_CASE("a link under the name of a new file diverts nothing") {
  const testing::ScratchFolder folder;
  fs::create_symlink(folder / "elsewhere", folder / "e.json");
  AtomicFile file(folder / "e.json");
  file.write("mine");
  CHECK(file.commit_as_new() == folder / "e-2.json");
  CHECK_FALSE(fs::exists(folder / "elsewhere"));
}

TEST_CASE("a file can be read back before it has its name") {
  const testing::ScratchFolder folder;
  AtomicFile file(folder.path() / "out.dbk");
  file.write(std::string(2 << 20, 'x'));
  file.write("end");
  file.sync();
  CHECK(content(file.before_commit()).ends_with("xend"));
  CHECK(files_in(folder.path()) == 0);
  file.commit();
  CHECK(fs::file_size(folder.path() / "out.dbk") == (2 << 20) + 3);
}

TEST_CASE("what a killed process left behind is told from what is being written") {
  const testing::ScratchFolder folder;
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (const char* name :
       {".a.dbk.4711.part", ".b.dbk.4712.part", ".c.txt.4713.part", ".d.dbk.part", ".e.dbk.x1.part",
        "f.dbk.4714.part", ".g.dbk.4715.part"}) {
    folder.write(name, "half");
    fs::last_write_time(folder / name, old);
  }
  fs::last_write_time(folder / ".g.dbk.4715.part", fs::file_time_type::clock::now());
  const FileUse writing(folder / ".b.dbk.4712.part");
  const auto stale = stale_temporaries(
      folder.path(), [](const std::string& target) { return target.ends_with(".dbk"); });
  CHECK(stale == std::vector<fs::path>{folder / ".a.dbk.4711.part"});
  CHECK(stale_temporaries(folder / "absent", [](const std::string&) { return true; }).empty());
}

TEST_CASE("a file is in use as long as somebody reads it") {
  const testing::ScratchFolder folder;
  const fs::path path = folder.write("a.dbk", "x");
  CHECK_FALSE(in_use(path));
  {
    const FileUse one(path), two(path);
    CHECK(in_use(path));
  }
  CHECK_FALSE(in_use(path));
  CHECK_FALSE(in_use(folder / "absent"));
  const FileUse nothing(folder / "absent");
}
