// How old a database's newest backup and the newest proof of one are.
#include "dbkeeper/core/backup_age.h"

#include "support/catch.h"

using namespace dbkeeper;
using namespace std::chrono_literals;

namespace {

const Moment kNow = Moment(400'000h);

FolderBackup backup(std::chrono::hours age, const std::string& database = "shop",
                    std::optional<std::string> source_id = "id") {
  FolderBackup out;
  out.path = database + std::to_string(age.count()) + ".dbk";
  out.time = kNow - age;
  out.engine = "memory";
  out.database = database;
  out.source_id = std::move(source_id);
  out.proof = BackupProof{.verified = kNow - age};
  return out;
}

FolderBackup proven(FolderBackup backup, std::chrono::hours age) {
  backup.proof->restored = kNow - age;
  return backup;
}

DatabaseInfo shop(std::optional<std::string> source_id = "id") {
  DatabaseInfo info;
  info.engine = "memory";
  info.name = "shop";
  info.source_id = std::move(source_id);
  return info;
}

}  // namespace

TEST_CASE("the newest sound backup counts, and the newest drill of any of them") {
  const BackupAges ages =
      ages_of(shop(), {backup(1h), proven(backup(50h), 3h), proven(backup(20h), 9h)}, kNow);
  CHECK(ages.backup == kNow - 1h);
  CHECK(ages.backup_file == "shop1.dbk");
  CHECK(ages.proof == kNow - 3h);
  CHECK(ages.proof_file == "shop50.dbk");
}

TEST_CASE("a backup that is verified alone is no proof") {
  CHECK(ages_of(shop(), {backup(1h)}, kNow).backup);
  CHECK_FALSE(ages_of(shop(), {backup(1h)}, kNow).proof);
}

TEST_CASE("what can't be read, isn't sound or is yet to come doesn't count") {
  FolderBackup damaged = backup(1h), unproven = backup(1h);
  damaged.problem = "it is cut";
  unproven.proof.reset();
  const BackupAges ages = ages_of(shop(), {damaged, unproven, proven(backup(-1h), -1h)}, kNow);
  CHECK_FALSE(ages.backup);
  CHECK_FALSE(ages.proof);
}

TEST_CASE("a database's own backups count, and those of its name where it has none") {
  const FolderBackup own = backup(9h), namesake = backup(1h, "shop", "another id"),
                     nameless = backup(5h, "shop", std::nullopt), other = backup(1h, "books");
  CHECK(ages_of(shop(), {own, namesake}, kNow).backup == kNow - 9h);
  CHECK(ages_of(shop("new id"), {own, namesake}, kNow).backup == kNow - 1h);
  CHECK(ages_of(shop(std::nullopt), {nameless}, kNow).backup == kNow - 5h);
  CHECK_FALSE(ages_of(shop("new id"), {backup(1h, "books", "theirs")}, kNow).backup);
  CHECK(ages_of(shop(), {other}, kNow).backup == kNow - 1h);  // it has been renamed
}
