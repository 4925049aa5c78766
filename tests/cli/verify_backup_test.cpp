// dbkeeper verify of backups, and what strangers with tar and zstd make of them.
#include <algorithm>
#include <filesystem>

#include "cli/json.h"
#include "support/backups.h"
#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;

namespace {

// A backup of random content in a folder of its own.
struct Archive {
  Archive() {
    std::mt19937_64 dice(21);
    backup = random_backup(dice);
    bytes = written(backup);
    file = folder.write("shop_manual_20260102T030405Z.dbk", bytes).string();
  }

  ScratchFolder folder;
  MemoryBackup backup;
  std::string bytes;
  std::string file;
};

Run tool(const char* binary, std::vector<std::string> args) {
  return run(std::move(args), {.binary = binary});
}

}  // namespace

TEST_CASE("verify reads a backup by its content, says what it holds, and notes that it did") {
  const Archive archive;
  const Run text = run({"verify", archive.file});
  INFO(text.err);
  CHECK(text.exit == 0);
  CHECK(text.err.empty());
  CHECK_THAT(text.out, contains("5 tables, ") &&
                           contains("all checksums hold; taken 2026-01-02T03:04:05.678Z from"));
  CHECK(std::filesystem::exists(archive.file + ".proof"));

  // Whoever may write to the folder can have put a link there.
  const std::string victim = archive.folder.write("victim", "precious").string();
  std::filesystem::remove(archive.file + ".proof");
  std::filesystem::create_symlink(victim, archive.file + ".proof");
  CHECK(run({"verify", archive.file}).exit == 0);
  CHECK(std::filesystem::file_size(victim) == 8);

  const std::string other = archive.folder.write("other.json", archive.bytes).string();
  const auto report = report_of(run({"verify", other, "--json", "-j", "3"}));
  CHECK(report["ok"] == true);
  const auto& result = report["result"];
  CHECK(result["kind"] == "backup");
  CHECK(result["file"] == other);
  CHECK(result["bytes"] == archive.bytes.size());
  CHECK(result["engine"] == "memory");
  CHECK(result["server_version"] == "1");
  CHECK(result["database"] == "shöp \"1\"");
  CHECK(result["label"] == "manual");
  CHECK(result["data_bytes"].get<int>() > 2000);
  CHECK(result["tables"]["app.\"odd.name\""]["rows"] == 3);
  CHECK(result["tables"]["empty"]["rows"] == 0);
  CHECK(result["seconds"].is_number());
}

TEST_CASE("a damaged backup is exit 4, with its member, and is verified no longer") {
  const Archive archive;
  REQUIRE(run({"verify", archive.file}).exit == 0);
  std::string broken = archive.bytes;
  const std::size_t at = broken.find("CREATE TABLE");
  broken[at] = 'c';
  archive.folder.write("shop_manual_20260102T030405Z.dbk", broken);
  const Run done = run({"verify", archive.file, "--json"});
  CHECK(done.exit == 4);
  const auto error = report_of(done)["error"];
  CHECK(error["kind"] == "input");
  CHECK_THAT(error["message"].get<std::string>(), contains("'schema/pre-data.sql'"));
  CHECK(error.contains("hint"));
  CHECK_FALSE(std::filesystem::exists(archive.file + ".proof"));

  for (const std::size_t size : {std::size_t{0}, std::size_t{100}, archive.bytes.size() - 1}) {
    const auto cut = archive.folder.write("cut.dbk", archive.bytes.substr(0, size)).string();
    const Run cut_off = run({"verify", cut});
    CHECK(cut_off.exit == 4);
    CHECK_THAT(cut_off.err, contains(size == 0 ? "is empty" : "is truncated"));
  }
  CHECK(run({"verify", "/no/such/file.dbk"}).exit == 4);
  CHECK(run({"verify", archive.folder.path().string()}).exit == 4);
}

TEST_CASE("tar and zstd alone open a backup") {
  const Archive archive;
  const Run list = tool("/usr/bin/tar", {"-tvf", archive.file});
  CHECK(list.exit == 0);
  CHECK(list.err.empty());
  CHECK_THAT(list.out, contains("-rw------- 0/0") && contains(" schema/pre-data.sql\n") &&
                           contains(" image.zst/00000001\n") && contains(" trailer\n"));

  const Run manifest = tool("/usr/bin/tar", {"-xOf", archive.file, "manifest.json"});
  const auto json = nlohmann::json::parse(manifest.out);
  CHECK(json["format"] == "dbkeeper-backup");
  CHECK(json["members"].size() + 2 ==
        static_cast<std::size_t>(std::count(list.out.begin(), list.out.end(), '\n')));
  CHECK(nlohmann::json::parse(
            tool("/usr/bin/tar", {"-xOf", archive.file, "trailer"}).out)["manifest"]["length"] ==
        manifest.out.size());

  const std::string folder = archive.folder.path().string();
  REQUIRE(tool("/usr/bin/tar", {"-xf", archive.file, "-C", folder}).exit == 0);
  std::vector<std::string> lines;
  for (const auto& member : json["members"]) {
    const std::string name = member["name"];
    const std::string sum = tool("/usr/bin/sha256sum", {folder + "/" + name}).out;
    CHECK(sum.substr(0, 64) == member["sha256"]);
    if (name.find(".copy.zst") != std::string::npos)
      lines.push_back(tool("/usr/bin/zstd", {"-dc", folder + "/" + name}).out);
  }
  std::sort(lines.begin(), lines.end());
  CHECK(lines == archive.backup.content()[2]);
  CHECK(tool("/usr/bin/zstd", {"-dc", folder + "/image.zst/00000001"}).out ==
        archive.backup.content()[5].front());
}
