// Which backups a cleanup keeps, and why.
#include "dbkeeper/core/retention.h"

#include <algorithm>
#include <map>
#include <set>

#include "dbkeeper/base/utc.h"
#include "support/catch.h"
#include "support/seed.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;
using namespace std::chrono_literals;

namespace {

const Moment kNow = *parse_file_stamp("20260315T120000Z");

FolderBackup sound(Moment time, std::string label = "manual", std::string database = "shop") {
  FolderBackup backup;
  backup.path = "backups/" + backup_name(database, label, time) + ".dbk";
  backup.time = time;
  backup.label = std::move(label);
  backup.engine = "memory";
  backup.database = std::move(database);
  backup.proof = BackupProof{.verified = time};
  return backup;
}

FolderBackup sound(const char* stamp, std::string label = "manual") {
  return sound(*parse_file_stamp(stamp), std::move(label));
}

// A backup a day, the newest an hour ago.
std::vector<FolderBackup> daily(int count, const std::string& label = "manual",
                                const std::string& database = "shop") {
  std::vector<FolderBackup> out;
  for (int i = 0; i < count; ++i) out.push_back(sound(kNow - 1h - i * 24h, label, database));
  return out;
}

std::vector<FolderBackup> operator+(std::vector<FolderBackup> a,
                                    const std::vector<FolderBackup>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// One letter a backup: k(ept) or r(emoved).
std::string outcome(const std::vector<FolderBackup>& backups, const CleanupRules& rules) {
  std::string out;
  for (const Verdict& verdict : plan_cleanup(backups, rules, kNow)) {
    CHECK_FALSE(verdict.rule.empty());
    out += verdict.keep ? 'k' : 'r';
  }
  return out;
}

std::string rule_of(const FolderBackup& backup, const CleanupRules& rules = {.newest = 0}) {
  return plan_cleanup({sound(kNow - 1min), backup}, rules, kNow)[1].rule;
}

}  // namespace

TEST_CASE("without rules the ten newest stay") {
  CHECK(outcome(daily(12), {}) == "kkkkkkkkkkrr");
  CHECK(outcome(daily(3), {}) == "kkk");
  CHECK(outcome({}, {}).empty());
}

TEST_CASE("a rule that is given takes the place of the default") {
  CHECK(outcome(daily(5), {.newest = 2}) == "kkrrr");
  CHECK(outcome(daily(5), {.daily = 3}) == "kkkrr");
  CHECK(outcome(daily(5), {.newest = 1, .daily = 3}) == "kkkrr");
  CHECK(outcome(daily(5), {.newest = 0}) == "krrrr");
}

TEST_CASE("of each day, week and month the newest stays") {
  const std::vector<FolderBackup> backups = {
      sound("20260315T110000Z"), sound("20260315T090000Z"),  // Sunday of week 11
      sound("20260309T230000Z"),                             // its Monday
      sound("20260308T230000Z"), sound("20260301T100000Z"),  // weeks 10 and 9
      sound("20260228T100000Z"), sound("20251231T100000Z")};
  CHECK(outcome(backups, {.daily = 2}) == "krkrrrr");
  CHECK(outcome(backups, {.weekly = 3}) == "krrkkrr");
  CHECK(outcome(backups, {.monthly = 3}) == "krrrrkk");
  CHECK(outcome(backups, {.newest = 2, .monthly = 2}) == "kkrrrkr");
  const auto verdicts = plan_cleanup(backups, {.weekly = 3}, kNow);
  CHECK(verdicts[0].rule == "the newest of week 2026-W11, week 1 of 3");
  CHECK(verdicts[1].rule == "no rule keeps it: 3 weeks");
}

TEST_CASE("weeks are ISO weeks, across the turn of a year too") {
  // 2025-12-29 to 2026-01-04 is one week.
  const std::vector<FolderBackup> backups = {sound("20260104T100000Z"), sound("20251229T100000Z"),
                                             sound("20251228T100000Z")};
  CHECK(outcome(backups, {.weekly = 2}) == "krk");
  CHECK(plan_cleanup(backups, {.weekly = 1}, kNow)[0].rule ==
        "the newest of week 2026-W01, week 1 of 1");
}

TEST_CASE("a maximum age removes only what no rule keeps") {
  CHECK(outcome(daily(5), {.newest = 1, .max_age = 72h}) == "kkkrr");
  CHECK(outcome(daily(5), {.newest = 4, .max_age = 1h}) == "kkkkr");
  CHECK(outcome(daily(12), {.max_age = 24h * 11}) == "kkkkkkkkkkkr");
}

TEST_CASE("slots are counted by database and class") {
  CHECK(outcome(daily(3, "nightly") + daily(3, "manual"), {.newest = 2}) == "krrkrr");
  CHECK(outcome(daily(3, "pre-migrate") + daily(3), {.newest = 2}) == "kkrkkr");
  CHECK(outcome(daily(2, "pre-restore") + daily(2, "pre-import"), {.newest = 1}) == "krkr");
  CHECK(outcome(daily(3, "manual", "shop") + daily(3, "manual", "other"), {.newest = 1}) ==
        "krrkrr");
}

TEST_CASE("a database is known by its identity, else by name and engine") {
  auto backups = daily(3);
  backups[0].source_id = "one";
  backups[1].source_id = "two";
  CHECK(outcome(backups, {.newest = 1}) == "kkk");
  backups[1].source_id = backups[2].source_id = "one";
  CHECK(outcome(backups, {.newest = 1}) == "krr");
  backups = daily(2);
  backups[1].engine = "another";
  CHECK(outcome(backups, {.newest = 1}) == "kk");
}

TEST_CASE("what isn't sound fills no slot and is never removed") {
  auto backups = daily(5);
  backups[0].proof = std::nullopt;
  backups[1].problem = "it has no trailer";
  backups[4].proof = std::nullopt;
  CHECK(outcome(backups, {.newest = 1}) == "kkkrk");
  CHECK(outcome(backups, {.newest = 0, .max_age = 0ms}) == "kkkrk");
  const auto verdicts = plan_cleanup(backups, {.newest = 1}, kNow);
  CHECK(verdicts[0].rule == "not verified: fills no slot, and is never removed");
  CHECK(verdicts[1].rule == "not readable, so not judged: it has no trailer");
}

TEST_CASE("a drill's proof is one as well") {
  auto backups = daily(2);
  for (FolderBackup& backup : backups) backup.proof = BackupProof{.restored = kNow};
  CHECK(outcome(backups, {.newest = 1}) == "kr");
}

TEST_CASE("a file that somebody renamed is his, and isn't counted") {
  auto backups = daily(4);
  backups[0].path = "backups/before-the-move.dbk";
  backups[1].path = "backups/shop_manual_20260314T110000Z (copy).dbk";
  backups[3].path = "backups/golden_20260101T000000Z.dbk";
  CHECK(outcome(backups, {.newest = 0}) == "kkkk");
  CHECK(outcome(backups + daily(1), {.newest = 1}) == "kkrkk");
}

TEST_CASE("a second backup of one second has its name from dbkeeper too") {
  FolderBackup backup = sound("20260101T000000Z");
  backup.path = "backups/shop_manual_20260101T000000Z-2.dbk";
  CHECK(has_given_name(backup));
  backup.path = "backups/shop_manual_20260101T000000Z-.dbk";
  CHECK_FALSE(has_given_name(backup));
  backup.path = "backups/shop_manual_20260101T000000Z_2.dbk";
  CHECK_FALSE(has_given_name(backup));
  backup.database = "a_b";
  backup.label = "c_d";
  backup.path = "backups/a_b_c_d_20260101T000000Z.dbk";
  CHECK(has_given_name(backup));
}

TEST_CASE("the newest sound backup of a database stays whatever the rules are") {
  auto backups = daily(3, "pre-migrate") + daily(2, "nightly");
  backups[0].proof = std::nullopt;
  CHECK(outcome(backups, {.newest = 0}) == "krrkr");
  CHECK(outcome(backups, {.newest = 0, .label = "pre-*"}) == "krrkk");
  CHECK(rule_of(sound(kNow - 1h, "manual", "other")) == "the newest sound backup of its database");
}

TEST_CASE("other labels are neither touched nor counted") {
  CHECK(outcome(daily(2, "manual") + daily(3, "nightly"), {.newest = 1, .label = "nightly"}) ==
        "kkkrr");
  CHECK(rule_of(sound(kNow - 1h, "manual"), {.newest = 0, .label = "nightly"}) ==
        "its label isn't 'nightly'");
}

TEST_CASE("what has to stay stays, whichever way its folder is written") {
  const auto backups = daily(4);
  const CleanupRules rules{
      .newest = 1, .holds = {{"./backups" / backups[3].path.filename(), "a restore reads it"}}};
  CHECK(outcome(backups, rules) == "krrk");
  CHECK(plan_cleanup(backups, rules, kNow)[3].rule == "a restore reads it");
}

TEST_CASE("a clock that was ahead once doesn't push out what is made now") {
  std::vector<FolderBackup> ahead;
  for (int i = 0; i < 12; ++i) ahead.push_back(sound(kNow + 24h * 400 + i * 24h));
  CHECK(outcome(ahead + daily(3), {.newest = 2}) == "kkkkkkkkkkkkkkr");
  CHECK(rule_of(ahead[0]) == "its time is yet to come: fills no slot");
}

TEST_CASE("the last backup from before a collapse stays until somebody accepts that") {
  auto backups = daily(4);
  backups[3].proof->before_collapse = true;
  CHECK(outcome(backups, {.newest = 1}) == "krrk");
  backups[3].proof->before_collapse = false;
  CHECK(outcome(backups, {.newest = 1}) == "krrr");
}

TEST_CASE("a clock that went back removes nothing of what was made before") {
  const Moment back = kNow - 24h * 365;
  for (const Verdict& verdict : plan_cleanup(daily(30), {.newest = 1, .max_age = 0ms}, back))
    CHECK(verdict.keep);
}

namespace {

FolderBackup random_backup(std::mt19937_64& dice) {
  const auto any = [&](int count) {
    return static_cast<int>(dice() % static_cast<unsigned>(count));
  };
  const std::vector<std::string> labels = {"manual", "nightly", "pre-migrate", "pre-restore"};
  FolderBackup backup = sound(kNow + 24h * 3 - any(2000) * 1h, labels[dice() % labels.size()],
                              any(2) ? "shop" : "other");
  if (any(3) == 0) backup.source_id = any(2) ? "one" : "two";
  if (any(5) == 0) backup.proof = std::nullopt;
  if (any(9) == 0) backup.problem = "broken";
  if (any(9) == 0) backup.path = "backups/kept" + std::to_string(any(1000)) + ".dbk";
  return backup;
}

// A folder has no two files of one name.
std::vector<FolderBackup> random_folder(std::mt19937_64& dice) {
  std::vector<FolderBackup> backups;
  for (std::size_t count = dice() % 40; count > 0; --count) {
    FolderBackup backup = random_backup(dice);
    const bool taken = std::any_of(backups.begin(), backups.end(), [&](const FolderBackup& other) {
      return other.path == backup.path;
    });
    if (!taken) backups.push_back(std::move(backup));
  }
  return backups;
}

CleanupRules random_rules(std::mt19937_64& dice) {
  const auto maybe = [&]() -> std::optional<int> {
    return dice() % 2 ? std::optional<int>(static_cast<int>(dice() % 5)) : std::nullopt;
  };
  CleanupRules rules{.newest = maybe(), .daily = maybe(), .weekly = maybe(), .monthly = maybe()};
  if (dice() % 3 == 0) rules.max_age = 1h * static_cast<int>(dice() % 2000);
  if (dice() % 4 == 0) rules.label = "n*";
  return rules;
}

bool counts(const FolderBackup& backup) {
  return is_sound(backup) && has_given_name(backup) && backup.time <= kNow;
}

// What may not happen under any rules.
void check_plan(const std::vector<FolderBackup>& backups, const std::vector<Verdict>& verdicts) {
  std::map<std::string, Moment> newest, newest_kept;
  for (std::size_t i = 0; i < backups.size(); ++i) {
    if (!verdicts[i].keep) CHECK(counts(backups[i]));
    if (!counts(backups[i])) continue;
    Moment& all = newest[database_of(backups[i])];
    all = std::max(all, backups[i].time);
    if (!verdicts[i].keep) continue;
    Moment& kept = newest_kept[database_of(backups[i])];
    kept = std::max(kept, backups[i].time);
  }
  CHECK(newest == newest_kept);
}

std::vector<FolderBackup> kept_of(const std::vector<FolderBackup>& backups,
                                  const std::vector<Verdict>& verdicts) {
  std::vector<FolderBackup> out;
  for (std::size_t i = 0; i < backups.size(); ++i)
    if (verdicts[i].keep) out.push_back(backups[i]);
  return out;
}

}  // namespace

TEST_CASE(
    "whatever the folder and the rules, the newest sound backup stays and a second cleanup "
    "removes nothing") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  for (int round = 0; round < rounds(500); ++round) {
    const std::vector<FolderBackup> backups = random_folder(dice);
    const CleanupRules rules = random_rules(dice);
    const auto verdicts = plan_cleanup(backups, rules, kNow);
    REQUIRE(verdicts.size() == backups.size());
    check_plan(backups, verdicts);
    const auto kept = kept_of(backups, verdicts);
    for (const Verdict& verdict : plan_cleanup(kept, rules, kNow)) CHECK(verdict.keep);
    // Their order in the folder is nobody's business.
    std::vector<FolderBackup> shuffled = backups;
    std::shuffle(shuffled.begin(), shuffled.end(), dice);
    std::multiset<std::string> here, there;
    for (const auto& backup : kept) here.insert(backup.path.string());
    for (const auto& backup : kept_of(shuffled, plan_cleanup(shuffled, rules, kNow)))
      there.insert(backup.path.string());
    CHECK(here == there);
  }
}
