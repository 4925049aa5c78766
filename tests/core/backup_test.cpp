#include "dbkeeper/core/backup.h"

#include <stdexcept>

#include "core/crew.h"
#include "support/backups.h"
#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"
#include "support/seed.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

// Writes a backup, opens what was written, and has what a test needs around it.
struct Trial {
  explicit Trial(const MemoryBackup& backup, int jobs)
      : path(folder.write("shop.dbk", written(backup, jobs))), archive(path) {}

  ScratchFolder folder;
  std::filesystem::path path;
  BackupArchive archive;
  SilentReporter reporter;
  Stop stop;
};

RowTotal total_of(const MemoryBackup& backup, const BackupDescription& description,
                  std::size_t table) {
  SilentReporter reporter;
  const Stop stop;
  BackupFromMemory source(backup);
  RowTotal total = description.tables[table].total;
  for (std::size_t unit = 0; unit < backup.units.size(); ++unit)
    for (const UnitRows& rows : source.reader()->read(unit, [](std::string_view) {}))
      if (rows.table == table) total += rows.total;
  return total;
}

}  // namespace

TEST_CASE("a backup holds what its source gave, whatever the number of jobs") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  for (int round = 0; round < rounds(20); ++round) {
    const MemoryBackup backup = random_backup(dice);
    const int jobs = 1 + static_cast<int>(dice() % 4);
    CAPTURE(round, jobs);
    Trial trial(backup, jobs);
    const BackupDescription& description = trial.archive.description();
    CHECK(trial.archive.bytes() == std::filesystem::file_size(trial.path));
    REQUIRE(description.tables.size() == backup.description.tables.size());
    std::uint64_t bytes = 0;
    for (const auto& unit : backup.units)
      for (const std::string& piece : unit.pieces) bytes += piece.size();
    CHECK(description.data_bytes == bytes);
    for (std::size_t i = 0; i < description.tables.size(); ++i)
      CHECK(description.tables[i].total == total_of(backup, backup.description, i));

    CHECK_NOTHROW(verify_backup(trial.archive, jobs, trial.reporter, trial.stop));
    RestoreToMemory target(description, 1 + static_cast<int>(dice() % 3));
    restore_backup(trial.archive, target, jobs, trial.reporter, trial.stop);
    CHECK(target.content() == backup.content());
    CHECK(target.writers <= std::min(jobs, target.most_writers()));
    CHECK(target.steps == std::vector<std::string>{"begin", "complete", "commit"});
    REQUIRE(target.files.size() == backup.files.size());
    for (std::size_t i = 0; i < target.files.size(); ++i) {
      CHECK(target.files[i].name == backup.files[i].name);
      CHECK(target.files[i].bytes == backup.files[i].bytes);
    }
  }
}

TEST_CASE("what a backup tells of its database is what was known of it") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  const MemoryBackup backup = random_backup(dice);
  Trial trial(backup, 2);
  const BackupDescription &read = trial.archive.description(), &given = backup.description;
  CHECK(read.label == "manual");
  CHECK(read.dbkeeper_version == DBKEEPER_VERSION);
  CHECK(read.engine == given.engine);
  CHECK(read.server_version == given.server_version);
  CHECK(read.database == given.database);
  CHECK(read.time == given.time);
  CHECK(read.source_id == given.source_id);
  CHECK(read.tool == given.tool);
  CHECK(read.tool_version == given.tool_version);
  const auto property = [](const BackupDescription& description, std::size_t at) {
    return std::get<Value::Object>(description.properties.data()).at(at);
  };
  CHECK(property(read, 1).first == "limit");  // in the order of their names
  CHECK(std::get<std::int64_t>(property(read, 1).second.data()) == -1);
  REQUIRE(read.schema.tables.size() == given.schema.tables.size());
  CHECK(read.schema.default_schema == "public");
  for (std::size_t i = 0; i < read.schema.tables.size(); ++i) {
    CHECK(read.schema.tables[i].name == given.schema.tables[i].name);
    CHECK(read.schema.tables[i].kind == given.schema.tables[i].kind);
    CHECK(read.schema.tables[i].partition_of == given.schema.tables[i].partition_of);
    CHECK(read.schema.tables[i].foreign_keys.size() == given.schema.tables[i].foreign_keys.size());
  }
  CHECK(read.schema.find({"public", "lines"})->foreign_keys[0].references ==
        TableName{"public", "users"});
  for (std::size_t i = 0; i < read.tables.size(); ++i) {
    CHECK(read.tables[i].name == given.tables[i].name);
    CHECK(read.tables[i].columns == given.tables[i].columns);
    CHECK(read.tables[i].stream == given.tables[i].stream);
  }
}

TEST_CASE("a large image is cut into members, which are one stream of zstd's") {
  std::mt19937_64 dice(1);
  const MemoryBackup backup = random_backup(dice, 17'000'000);
  Trial trial(backup, 2);
  std::vector<std::uint64_t> sizes;
  for (const BackupMember& member : trial.archive.members())
    if (member.name.starts_with("image.zst/")) sizes.push_back(member.size);
  REQUIRE(sizes.size() == 3);
  CHECK(sizes[0] == 8 << 20);
  CHECK(sizes[1] == 8 << 20);
  CHECK_NOTHROW(verify_backup(trial.archive, 2, trial.reporter, trial.stop));
  RestoreToMemory target(trial.archive.description(), 2);
  restore_backup(trial.archive, target, 2, trial.reporter, trial.stop);
  CHECK((target.content() == backup.content()));
}

TEST_CASE("a source's failure ends the backup, and nothing of it can be opened") {
  std::mt19937_64 dice(2);
  const MemoryBackup backup = random_backup(dice);
  for (int jobs = 1; jobs <= 3; ++jobs) {
    BackupFromMemory source(backup);
    source.before_piece = [](std::size_t unit) {
      if (unit == 1) throw Error(ErrorKind::failed, "the disk is on fire");
    };
    SilentReporter reporter;
    const Stop stop;
    std::string bytes;
    CHECK_THROWS_WITH(
        write_backup(
            source, "manual", [&](std::string_view more) { bytes += more; }, jobs, reporter, stop),
        "the disk is on fire");
    CHECK_FALSE(source.finished);
    const ScratchFolder folder;
    CHECK(verdict(folder.write("half.dbk", bytes))->kind() == ErrorKind::input);
  }
}

TEST_CASE("an output that can't be written ends the backup, image included") {
  std::mt19937_64 dice(3);
  const MemoryBackup backup = random_backup(dice, 19'000'000);
  for (int jobs = 1; jobs <= 2; ++jobs) {
    BackupFromMemory source(backup);
    SilentReporter reporter;
    const Stop stop;
    std::size_t bytes = 0;
    CHECK_THROWS_WITH(write_backup(
                          source, "manual",
                          [&](std::string_view more) {
                            if ((bytes += more.size()) > 10'000'000)
                              throw Error(ErrorKind::failed, "no space left on device");
                          },
                          jobs, reporter, stop),
                      "no space left on device");
  }
}

TEST_CASE("a writer's failure ends the restore before anything is final") {
  std::mt19937_64 dice(4);
  Trial trial(random_backup(dice), 1);
  for (int jobs = 1; jobs <= 3; ++jobs) {
    RestoreToMemory target(trial.archive.description(), 3);
    std::atomic<int> pieces = 0;
    target.before_piece = [&] {
      if (++pieces == 3) throw Error(ErrorKind::conflict, "a key twice");
    };
    CHECK_THROWS_WITH(restore_backup(trial.archive, target, jobs, trial.reporter, trial.stop),
                      "a key twice");
    CHECK(target.steps == std::vector<std::string>{"begin"});
  }
}

TEST_CASE("a stop ends backup, verification and restore") {
  std::mt19937_64 dice(5);
  const MemoryBackup backup = random_backup(dice);
  Trial trial(backup, 2);
  for (int jobs = 1; jobs <= 2; ++jobs) {
    const auto interrupted = [](auto work) {
      try {
        work();
        return false;
      } catch (const Error& error) {
        return error.kind() == ErrorKind::interrupted;
      }
    };
    SilentReporter reporter;
    Stop while_reading, while_writing, before;
    BackupFromMemory source(backup);
    source.before_piece = [&](std::size_t) { while_reading.request(2); };
    CHECK(interrupted([&] {
      write_backup(
          source, "manual", [](auto) {}, jobs, reporter, while_reading);
    }));
    CHECK_FALSE(source.finished);
    RestoreToMemory target(trial.archive.description(), 2);
    target.before_piece = [&] { while_writing.request(15); };
    CHECK(
        interrupted([&] { restore_backup(trial.archive, target, jobs, reporter, while_writing); }));
    CHECK(target.steps == std::vector<std::string>{"begin"});
    before.request(2);
    CHECK(interrupted([&] { verify_backup(trial.archive, jobs, reporter, before); }));
  }
}

TEST_CASE("a restore checks each member again as it reads it") {
  std::mt19937_64 dice(6);
  const std::string bytes = written(random_backup(dice));
  const ScratchFolder folder;
  const BackupArchive sound(folder.write("sound.dbk", bytes));
  for (const BackupMember& member : sound.members()) {
    if (member.size == 0) continue;
    CAPTURE(member.name);
    std::string broken = bytes;
    broken[member.offset + member.size / 2] ^= 1;
    const BackupArchive archive(folder.write("broken.dbk", broken));
    RestoreToMemory target(archive.description(), 2);
    SilentReporter reporter;
    const Stop stop;
    CHECK_THROWS_WITH(restore_backup(archive, target, 2, reporter, stop), contains(member.name));
    CHECK(target.steps.size() <= 1);
  }
}

TEST_CASE("rows and digests that the manifest gives wrongly are found, and the table named") {
  std::mt19937_64 dice(7);
  const std::string archive = written(random_backup(dice));
  const ScratchFolder folder;
  const std::string manifest = manifest_in(archive);
  const auto judged = [&](const std::string& text) {
    return verdict(folder.write("other.dbk", with_manifest(archive, text)));
  };
  const auto restored = [&] {
    const BackupArchive other(folder / "other.dbk");
    RestoreToMemory target(other.description(), 2);
    SilentReporter reporter;
    const Stop stop;
    CHECK_NOTHROW(verify_checksums(other, 2, reporter, stop));
    CHECK_THROWS_AS(restore_backup(other, target, 2, reporter, stop), Error);
    CHECK(target.steps == std::vector<std::string>{"begin"});
  };
  CHECK_FALSE(judged(manifest));
  std::string other = manifest;
  const std::size_t at = other.find("xxh3-128:") + 9;
  other[at] = other[at] == '0' ? '1' : '0';
  const auto error = judged(other);
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::input);
  CHECK(error->table() == "users");
  CHECK_THAT(error->message(), contains("'users'") && contains("the manifest says"));
  restored();

  other = manifest;
  other.insert(other.find("\"data_bytes\": ") + 14, "9");
  CHECK_THAT(judged(other)->message(), contains("bytes of data"));
  restored();
}

TEST_CASE("a member that isn't what was written fails the checksums, whichever it is") {
  std::mt19937_64 dice(8);
  const std::string bytes = written(random_backup(dice));
  const ScratchFolder folder;
  const BackupArchive sound(folder.write("sound.dbk", bytes));
  SilentReporter reporter;
  const Stop stop;
  for (int jobs = 1; jobs <= 3; ++jobs)
    CHECK_NOTHROW(verify_checksums(sound, jobs, reporter, stop));
  for (const BackupMember& member : sound.members()) {
    if (member.size == 0) continue;
    CAPTURE(member.name);
    std::string broken = bytes;
    broken[member.offset + member.size - 1] ^= 1;
    const BackupArchive archive(folder.write("broken.dbk", broken));
    CHECK_THROWS_WITH(verify_checksums(archive, 2, reporter, stop), contains(member.name));
  }
}

TEST_CASE("the first failure of a crew is the one that counts, and ends everybody's work") {
  const Stop stop;
  Crew crew(1000, stop);
  std::atomic<int> parts = 0;
  const auto work = [&] {
    while (crew.take()) {
      if (++parts == 5) throw std::runtime_error("fifth");
      while (parts >= 5) crew.check();  // until it throws
    }
  };
  CHECK_THROWS_WITH(crew.run({work, work, work}), "fifth");
  CHECK(parts <= 7);
}
