// What lies in a backup folder: names, proofs, and files that don't belong there.
#include "dbkeeper/core/backup_folder.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/file_use.h"
#include "dbkeeper/base/utc.h"
#include "dbkeeper/core/cleanup.h"
#include "support/backup_files.h"
#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

const Moment kTime = *parse_rfc3339("2026-01-02T03:04:05Z");

std::string read_file(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

CleanupReport clean(const fs::path& folder, const CleanupOptions& options) {
  SilentReporter reporter;
  const Stop stop;
  return clean_up(folder, options, 1, reporter, stop);
}

std::size_t removed_by(const CleanupReport& report) {
  return static_cast<std::size_t>(
      std::ranges::count_if(report.files, [](const CleanedFile& file) { return file.removed; }));
}

}  // namespace

TEST_CASE("a name tells database, label and time") {
  const auto parts = parts_of_backup_name("my_shop_manual_20260102T030405Z.dbk");
  REQUIRE(parts);
  CHECK(parts->database == "my_shop");
  CHECK(parts->label == "manual");
  CHECK(parts->time == kTime);
  CHECK(parts_of_backup_name("shop_manual_20260102T030405Z-2.dbk"));
  CHECK(parts_of_backup_name("shop_export_20260102T030405Z.json.zst"));
  CHECK(backup_name("a/b", "nightly", kTime) == "a_b_nightly_20260102T030405Z");
  for (const char* name :
       {"", ".dbk", "_", "shop.dbk", "shop_20260102T030405Z.dbk", "_manual_20260102T030405Z.dbk",
        "shop__20260102T030405Z.dbk", "shop_manual_20260102T030405.dbk",
        "shop_manual_20261302T030405Z.dbk", "shop_manual_20260102T030405Z-.dbk",
        "shop_manual_20260102T030405Z copy.dbk"})
    CHECK_FALSE(parts_of_backup_name(name));
}

TEST_CASE("a proof counts as long as the file is the same, and adds up") {
  const ScratchFolder folder;
  const fs::path file = folder.write("a.dbk", "bytes");
  CHECK_FALSE(read_proof(file));
  record_verified(file, kTime);
  REQUIRE(read_proof(file));
  CHECK(read_proof(file)->verified == kTime);
  CHECK_FALSE(read_proof(file)->restored);
  record_restored(file, kTime + 1h, 41.5);
  CHECK(read_proof(file)->verified == kTime);
  CHECK(read_proof(file)->restored == kTime + 1h);
  CHECK(read_proof(file)->restore_seconds == 41.5);
  struct stat info {};
  REQUIRE(::stat(proof_file_of(file).c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);

  SECTION("another size") { std::ofstream(file, std::ios::app) << "more"; }
  SECTION("another time") { fs::last_write_time(file, fs::last_write_time(file) + 1s); }
  SECTION("gone") { fs::remove(file); }
  SECTION("forgotten") { forget_proof(file); }
  CHECK_FALSE(read_proof(file));
}

TEST_CASE("a proof that is garbage proves nothing and stops nothing") {
  const ScratchFolder folder;
  const fs::path file = folder.write("a.dbk", "bytes");
  record_verified(file, kTime);
  const std::string good = read_file(proof_file_of(file));
  for (const std::string& bad :
       {std::string(), std::string("{"), std::string("[]"), std::string("null"),
        good.substr(0, good.size() / 2), std::string(200'000, ' ') + good,
        std::string("{\"size\":\"5\",\"mtime_ns\":true}"), std::string("\xff\xfe\0x", 4)}) {
    folder.write("a.dbk.proof", bad);
    CHECK_FALSE(read_proof(file));
  }
  folder.write("a.dbk.proof", good);
  CHECK(read_proof(file));
  fs::remove(proof_file_of(file));
  fs::create_directory(proof_file_of(file));
  CHECK_FALSE(read_proof(file));
  CHECK_THROWS_AS(record_verified(folder / "absent.dbk", kTime), Error);
}

TEST_CASE("an absent folder has no backups, and a file is no folder") {
  const ScratchFolder folder;
  CHECK(list_backups(folder / "absent").empty());
  CHECK(list_exports(folder / "absent").empty());
  CHECK_THROWS_AS(list_backups(folder.write("file", "")), Error);
}

TEST_CASE("the folder is made for the user alone, whatever way it is written") {
  const ScratchFolder folder;
  for (const char* name : {"one", "two/", "three/four"}) {
    const std::string path = folder.path().string() + "/" + name;
    make_backup_folder(path);
    make_backup_folder(path);
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0700);
  }
  CHECK_THROWS_AS(make_backup_folder(folder.write("file", "").string() + "/inside"), Error);
}

TEST_CASE("backups are listed newest first with what they say of themselves") {
  const ScratchFolder folder;
  const fs::path old = write_backup_file(folder.path(), {.time = kTime, .rows = 7});
  const fs::path young = write_backup_file(folder.path(), {.time = kTime + 1h, .label = "nightly"});
  record_verified(old, kTime);
  folder.write("shop_manual_20260102T030405Z.json.zst", "beside it");
  const auto backups = list_backups(folder.path());
  REQUIRE(backups.size() == 2);
  CHECK(backups[0].path == young);
  CHECK(backups[0].label == "nightly");
  CHECK_FALSE(is_sound(backups[0]));
  const FolderBackup& backup = backups[1];
  CHECK(backup.path == old);
  CHECK(backup.problem.empty());
  CHECK(backup.time == kTime);
  CHECK(backup.rows == 7);
  CHECK(backup.tables == 1);
  CHECK(backup.engine == "memory");
  CHECK(backup.database == "shop");
  CHECK(backup.bytes == fs::file_size(old));
  CHECK(backup.json == (folder / "shop_manual_20260102T030405Z.json.zst").string());
  CHECK(is_sound(backup));
  CHECK(has_given_name(backup));
}

TEST_CASE("files that are foreign, corrupt, cut, or no files at all don't stop the list") {
  const ScratchFolder folder;
  const fs::path good = write_backup_file(folder.path(), {.time = kTime});
  const std::string bytes = read_file(good);
  folder.write("foreign.dbk", "not a backup at all");
  folder.write("empty_manual_20260102T030405Z.dbk", "");
  folder.write("cut_manual_20260102T030406Z.dbk", bytes.substr(0, bytes.size() / 2));
  folder.write("notes.txt", "foreign");
  folder.write(".shop_manual_20260102T030405Z.dbk.4711.part", "half");
  fs::create_directory(folder / "folder.dbk");
  fs::create_symlink("nowhere", folder / "dangling.dbk");
  REQUIRE(::mkfifo((folder / "pipe.dbk").c_str(), 0600) == 0);
  std::size_t broken = 0;
  const auto backups = list_backups(folder.path());
  CHECK(backups.size() == 7);
  for (const FolderBackup& backup : backups) {
    CAPTURE(backup.path.string());
    if (backup.path == good) {
      CHECK(backup.problem.empty());
      continue;
    }
    ++broken;
    CHECK_FALSE(backup.problem.empty());
    CHECK_FALSE(is_sound(backup));
    CHECK(backup.unreadable == (backup.path.filename() == "dangling.dbk"));
  }
  CHECK(broken == 6);
  const auto cut = std::ranges::find(backups, "cut", &FolderBackup::database);
  REQUIRE(cut != backups.end());
  CHECK(cut->label == "manual");
  CHECK(cut->time == kTime + 1s);
}

TEST_CASE("a proof that is a symbolic link isn't believed, and is replaced, not followed") {
  const ScratchFolder folder;
  const fs::path backup = write_backup_file(folder.path(), {.time = kTime});
  record_verified(backup, kTime);
  const fs::path proof = proof_file_of(backup), elsewhere = folder / "elsewhere";
  fs::rename(proof, elsewhere);
  const std::string before = read_file(elsewhere);
  fs::create_symlink(elsewhere, proof);
  CHECK_FALSE(read_proof(backup));

  record_verified(backup, kTime + 1h);
  CHECK(fs::is_regular_file(fs::symlink_status(proof)));
  CHECK(read_file(elsewhere) == before);
  CHECK(read_proof(backup)->verified == kTime + 1h);
}

TEST_CASE("cleanup removes a backup with its export and its proof") {
  const ScratchFolder folder;
  for (int i = 0; i < 3; ++i)
    record_verified(write_backup_file(folder.path(), {.time = kTime + i * 1h}), kTime);
  folder.write("shop_manual_20260102T030405Z.json.zst", "beside it");
  folder.write("notes.txt", "foreign");
  const CleanupOptions options{.rules = {.newest = 1}};
  CleanupOptions dry = options;
  dry.dry_run = true;
  CHECK(removed_by(clean(folder.path(), dry)) == 0);
  CHECK(clean(folder.path(), dry).bytes_freed > 0);
  CHECK(removed_by(clean(folder.path(), options)) == 2);
  CHECK(removed_by(clean(folder.path(), options)) == 0);
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder.path()))
    left.push_back(entry.path().filename());
  std::ranges::sort(left);
  CHECK(left == std::vector<std::string>{"notes.txt", "shop_manual_20260102T050405Z.dbk",
                                         "shop_manual_20260102T050405Z.dbk.proof"});
}

TEST_CASE("cleanup sweeps up what killed runs left, and nothing else") {
  const ScratchFolder folder;
  for (const char* name :
       {"gone_manual_20260102T030405Z.dbk.proof", ".shop_manual_20260102T030405Z.dbk.1.part",
        "mine.dbk.proof", "notes.part", ".hidden.txt.1.part"}) {
    folder.write(name, "x");
    fs::last_write_time(folder / name, fs::file_time_type::clock::now() - 1h);
  }
  CHECK(clean(folder.path(), {}).leftovers.size() == 2);
  CHECK(clean(folder.path(), {}).leftovers.empty());
  CHECK(fs::exists(folder / "mine.dbk.proof"));
  CHECK(fs::exists(folder / "notes.part"));
  CHECK(fs::exists(folder / ".hidden.txt.1.part"));
}

TEST_CASE("a backup that is being read stays") {
  const ScratchFolder folder;
  const fs::path oldest = write_backup_file(folder.path(), {.time = kTime});
  record_verified(oldest, kTime);
  record_verified(write_backup_file(folder.path(), {.time = kTime + 1h}), kTime);
  const CleanupOptions options{.rules = {.newest = 1}};
  {
    const FileUse reading(oldest);
    const CleanupReport report = clean(folder.path(), options);
    CHECK(removed_by(report) == 0);
    CHECK(report.files[1].verdict.rule == "another dbkeeper is reading it");
  }
  CHECK(removed_by(clean(folder.path(), options)) == 1);
}

TEST_CASE("a cleanup that verifies counts what it has read, and distrusts what has changed") {
  const ScratchFolder folder;
  std::vector<fs::path> files;
  for (int i = 0; i < 4; ++i)
    files.push_back(write_backup_file(folder.path(), {.time = kTime + i * 1h}));
  CHECK(removed_by(clean(folder.path(), {.rules = {.newest = 1}})) == 0);

  record_verified(files[3], kTime);
  const auto time = fs::last_write_time(files[3]);
  flip_a_bit(files[3]);
  fs::last_write_time(files[3], time);  // as bit rot does it
  REQUIRE(read_proof(files[3]));
  const CleanupReport report = clean(folder.path(), {.rules = {.newest = 1}, .verify = true});
  CHECK(removed_by(report) == 2);
  CHECK(fs::exists(files[2]));
  CHECK(fs::exists(files[3]));
  CHECK_FALSE(read_proof(files[3]));
  CHECK(read_proof(files[2]));
}
