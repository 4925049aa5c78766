// PostgreSQL's side of an import, on a database of its own, without the import.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engines/postgres/import_dialect.h"
#include "engines/postgres/selection.h"
#include "support/scratch.h"

namespace dbkeeper::testing {

class DialectTrial {
 public:
  // `url`: of the scratch database, as another role, say.
  explicit DialectTrial(ScratchPostgres& scratch, const std::string& url = {})
      : address_(url.empty() ? scratch.url() : url), schema_(open(address_)->snapshot()->schema()) {
    options_.access = Access::write;
    options_.lock_timeout = std::chrono::milliseconds(300);
    options_.reporter = &reporter_;
    options_.stop = &stop_;
    sessions_ = std::make_shared<postgres::Sessions>(postgres::parse_conninfo(address_), options_);
    begin();
  }

  void begin() {
    dialect_.reset();
    dialect_ = std::make_unique<postgres::ImportDialect>(sessions_);
  }
  void end() { dialect_.reset(); }

  postgres::ImportDialect& operator*() { return *dialect_; }
  postgres::ImportDialect* operator->() { return dialect_.get(); }

  const Table& table(const std::string& name) const { return table_of(schema_, name); }
  const Schema& schema() const { return schema_; }
  const std::shared_ptr<postgres::Sessions>& sessions() const { return sessions_; }

  // Writes and looks up these tables.
  ImportPlan plan(const std::vector<std::string>& written,
                  const std::vector<std::string>& looked_up = {}) const {
    ImportPlan out;
    for (const std::string& name : written) out.tables.push_back({&table(name), name, true});
    for (const std::string& name : looked_up) out.tables.push_back({&table(name), name, false});
    return out;
  }

  staging::Stage stage(const std::string& name) const { return {&table(name), "s_" + name, "x_"}; }

  // The first row's values joined by |, NULL as <>; empty if there is none.
  std::string row(const std::string& sql) {
    std::string out;
    bool first = true;
    dialect_->query(sql, [&](const staging::Texts& texts) {
      if (!std::exchange(first, false)) return;
      for (std::size_t i = 0; i < texts.size(); ++i)
        out += (i > 0 ? "|" : "") + texts[i].value_or("<>");
    });
    return out;
  }
  // All rows, by line ends.
  std::string rows(const std::string& sql) {
    std::string out;
    dialect_->query(sql, [&](const staging::Texts& texts) {
      if (!out.empty()) out += '\n';
      for (std::size_t i = 0; i < texts.size(); ++i)
        out += (i > 0 ? "|" : "") + texts[i].value_or("<>");
    });
    return out;
  }

 private:
  const std::string address_;
  Schema schema_;
  SilentReporter reporter_;
  Stop stop_;
  OpenOptions options_;
  std::shared_ptr<postgres::Sessions> sessions_;
  std::unique_ptr<postgres::ImportDialect> dialect_;
};

// A scratch database's URL as another role, which needs no password.
inline std::string as_role(const ScratchPostgres& database, const std::string& role) {
  std::string url = database.url();
  return url.replace(url.find("postgres@"), 8, role);
}

// Makes a role for one test and removes it, and what it owns, afterwards. Declare it behind the
// database.
class ScratchRole {
 public:
  explicit ScratchRole(ScratchPostgres& database) : database_(database) {
    name_ = "r_" + database.name();
    database_.exec("CREATE ROLE " + name_ + " LOGIN");
  }
  ~ScratchRole() {
    try {
      database_.exec("DROP OWNED BY " + name_ + " CASCADE; DROP ROLE " + name_);
    } catch (const std::exception&) {
      // The test has failed already, in a way that keeps the role in use.
    }
  }
  ScratchRole(const ScratchRole&) = delete;
  ScratchRole& operator=(const ScratchRole&) = delete;
  const std::string& name() const { return name_; }
  std::string url() const { return as_role(database_, name_); }

 private:
  ScratchPostgres& database_;
  std::string name_;
};

}  // namespace dbkeeper::testing
