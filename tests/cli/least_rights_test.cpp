// The rights that docs/security.md grants are enough for what it says, and no more than that.
#include <fstream>

#include "support/catch.h"
#include "support/run.h"
#include "support/scratch.h"

using namespace dbkeeper::testing;
namespace fs = std::filesystem;

namespace {

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
    text.replace(at, from.size(), to);
}

// The page's SQL, its database and roles called as this test's are.
std::string granted(const std::string& database) {
  std::ifstream page(DBKEEPER_DOCS "/security.md");
  std::string sql;
  bool within = false;
  for (std::string line; std::getline(page, line);) {
    if (within && line != "```") sql += line + '\n';
    within = line == "```sql" || (within && line != "```");
  }
  REQUIRE_FALSE(sql.empty());
  replace_all(sql, "DATABASE shop", "DATABASE " + database);
  for (const char* role : {"dbkeeper_reader", "dbkeeper_writer", "dbkeeper_keeper", "shop_owner"})
    replace_all(sql, role, role + ("_" + database));
  return sql;
}

// A gym tracker's database with an owner of its own, and the roles of the page.
class Shop {
 public:
  Shop() : owner_("shop_owner_" + database_.name()) {
    database_.exec(fixture("gym.postgres.sql"));
    database_.exec("CREATE ROLE " + owner_ + " LOGIN");
    database_.exec("ALTER DATABASE " + database_.name() + " OWNER TO " + owner_);
    database_.exec(
        "DO $$ DECLARE t name; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = "
        "'public' LOOP EXECUTE format('ALTER TABLE %I OWNER TO " +
        owner_ + "', t); END LOOP; END $$");
    database_.exec(granted(database_.name()));
  }
  ~Shop() {
    for (const char* role : {"dbkeeper_keeper_", "dbkeeper_writer_", "dbkeeper_reader_"})
      drop(role + database_.name());
    database_.exec("ALTER DATABASE " + database_.name() + " OWNER TO postgres");
    drop(owner_);
  }

  Run as(const std::string& role, std::vector<std::string> words) {
    std::string url = database_.url();
    url.replace(url.find("postgres@"), 8, "dbkeeper_" + role + "_" + database_.name());
    return run(std::move(words), {.env = {{"DATABASE_URL", url}}, .cwd = folder_.path()});
  }
  const std::string& name() const { return database_.name(); }

 private:
  void drop(const std::string& role) {
    database_.exec("REASSIGN OWNED BY " + role + " TO postgres; DROP OWNED BY " + role);
    database_.exec("DROP ROLE " + role);
  }

  ScratchPostgres database_;
  const std::string owner_;
  ScratchFolder folder_;
};

}  // namespace

TEST_CASE("the manual's least rights are enough for each command, and reading writes nothing") {
  Shop shop;
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"inspect", "--exact"},
                                             {"check"},
                                             {"export", "-o", "gym.json"},
                                             {"backup", "-o", "gym.dbk"}}) {
    const Run run = shop.as("reader", words);
    INFO(words.front() << ": " << run.err);
    CHECK(run.exit == 0);
  }
  const Run refused = shop.as("reader", {"import", "gym.json"});
  CHECK(refused.exit == 1);
  CHECK_THAT(refused.err, contains("permission denied"));

  for (const char* mode : {"skip", "merge", "clean"}) {
    const Run run = shop.as("writer", {"import", "gym.json", "--mode", mode, "--yes"});
    INFO(mode << ": " << run.err);
    CHECK(run.exit == 0);
  }
  CHECK(shop.as("writer", {"restore", "gym.dbk", "--yes"}).exit == 1);

  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"verify", "gym.dbk", "--drill"},
           {"restore", "gym.dbk", "--keep-old", "0", "--confirm", shop.name()},
           {"restore", "gym.dbk", "--in-place", "--confirm", shop.name()}}) {
    const Run run = shop.as("keeper", words);
    INFO(words[0] << " " << words[2] << ": " << run.err);
    CHECK(run.exit == 0);
  }
}
