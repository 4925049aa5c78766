// Reads that fail during a restore, one after the other: the old content or the new, and never
// success with another.
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

#include "engines/sqlite/backup_run.h"
#include "support/catch.h"

namespace {

std::atomic<int> until_fault{0};  // the read that gives nothing, counted down to; 0: none

}  // namespace

// Stands before the system's in this binary.
extern "C" ssize_t pread(int fd, void* to, size_t size, off_t at) {
  if (until_fault > 0 && --until_fault == 0) return 0;
  return syscall(SYS_pread64, fd, to, size, at);
}

namespace dbkeeper::testing {
namespace {

std::string words(const std::string& mode, const std::string& word) {
  return "PRAGMA journal_mode = " + mode +
         "; CREATE TABLE t(a TEXT); CREATE INDEX t_a ON t(a); "
         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 60) "
         "INSERT INTO t SELECT '" +
         word + "' || i || hex(zeroblob(150)) FROM n";
}

}  // namespace

TEST_CASE("whichever read of a restore gives nothing, the database is the old one or the new") {
  const std::string mode = GENERATE(as<std::string>{}, "DELETE", "WAL", "none");
  const ScratchSqlite source(words("DELETE", "new"));
  const Copy copy = copy_of(source.url());
  const std::string wanted = content_of(source.path());
  const ScratchSqlite old(words(mode == "none" ? "DELETE" : mode, "old"));
  const std::string before = content_of(old.path());
  int failed = 0;
  for (int fault = 1;; ++fault) {
    CAPTURE(mode, fault);
    const ScratchFolder folder;
    const std::filesystem::path file = folder / "test.db";
    if (mode != "none") std::filesystem::copy_file(old.path(), file);
    bool restored = true;
    until_fault = fault;
    try {
      restore_to(file.string(), copy);
    } catch (const Error&) {
      restored = false;
    }
    const bool reached = until_fault.exchange(0) == 0;
    failed += restored ? 0 : 1;
    if (restored)
      REQUIRE(content_of(file) == wanted);
    else if (mode == "none")
      REQUIRE_FALSE(std::filesystem::exists(file));
    else
      REQUIRE(content_of(file) == before);
    if (!reached) break;
  }
  CHECK(failed > 10);
}

}  // namespace dbkeeper::testing
