#include "engines/postgres/restore_beside.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <thread>

#include "dbkeeper/base/text.h"
#include "dbkeeper/base/utc.h"
#include "engines/postgres/post_data.h"
#include "engines/postgres/quoted_name.h"
#include "engines/postgres/restore_files.h"
#include "engines/postgres/restore_loader.h"
#include "engines/postgres/script_runner.h"
#include "engines/postgres/sessions.h"

namespace dbkeeper::postgres {
namespace {

// The setting by which a restored database, which has another number, is still the same.
constexpr const char* kSourceId = "dbkeeper.source_id";

class Beside final : public RestoreTarget {
 public:
  Beside(std::unique_ptr<Maintenance> maintenance, const Conninfo& conninfo,
         const BackupDescription& description, const RestoreOptions& restore,
         const OpenOptions& options)
      : maintenance_(std::move(maintenance)),
        conninfo_(conninfo),
        description_(description),
        restore_(restore),
        options_(options),
        stamp_(file_stamp(std::chrono::system_clock::now())) {
    place_.name = *conninfo_.find("dbname");
    place_.location = maintenance_->session().target().place();
    maintenance_->lock();
    look_at_place();
  }

  ~Beside() override {
    sessions_.reset();
    if (fresh_.empty()) return;
    maintenance_->session().command_quietly("DROP DATABASE IF EXISTS " + QuotedName(fresh_).sql());
  }

  const RestorePlace& place() const override { return place_; }
  bool keeps_old() const override { return true; }

  void check(const std::vector<BackupFile>& files) override {
    files_.emplace(files, Roles(maintenance_->session()), report_.left_out);
    if (!maintenance_->may_create_databases())
      throw Error(ErrorKind::failed,
                  "this role may not create databases, which a restore beside "
                  "the old one takes")
          .hint("ALTER ROLE … CREATEDB, or restore as a role that may");
    if (place_.exists && !maintenance_->may_rename(place_.name))
      throw Error(ErrorKind::failed,
                  fmt::format("this role doesn't own the database '{}', and may not rename it",
                              place_.name))
          .hint("restore as its owner");
    if (!restore_.end_sessions) refuse_sessions();
  }

  void begin(const std::vector<BackupFile>&) override {
    drop_left_over();
    DatabaseProperties properties = place_.exists ? maintenance_->properties(place_.name)
                                                  : properties_of(description_.properties);
    if (place_.name != description_.database && !place_.exists)
      std::erase_if(properties.settings,
                    [](const auto& setting) { return setting.name == kSourceId; });
    if (carries_identity(properties))
      properties.settings.push_back({"", kSourceId, *description_.source_id});
    const std::string name = stamped_name(place_.name, "restoring", stamp_);
    maintenance_->create(properties, name);
    fresh_ = name;
    Conninfo conninfo = conninfo_;
    conninfo.set("dbname", fresh_);
    sessions_ = std::make_shared<Sessions>(conninfo, options_);
    give_properties(properties);
    const Loan session(sessions_);
    session->command(kRestoreSettings);
    if (!properties_of(description_.properties).has_public)
      session->command("DROP SCHEMA IF EXISTS public");
    ScriptRunner(*session).run(files_->pre_data(), report_.left_out);
  }

  int most_writers() const override { return restore_.jobs; }

  std::unique_ptr<RestoreWriter> writer() override {
    class Writer final : public RestoreWriter {
     public:
      Writer(std::shared_ptr<Sessions> sessions, const BackupDescription& description)
          : session_(std::move(sessions)), description_(description) {
        session_->command(kRestoreSettings);
      }
      void write(std::size_t stream, std::string_view piece) override {
        load_piece(*session_, description_, stream, piece);
      }

     private:
      Loan session_;
      const BackupDescription& description_;
    };
    return std::make_unique<Writer>(sessions_, description_);
  }

  void complete() override {
    {
      const Loan session(sessions_);
      session->command(kRestoreSettings);
      ScriptRunner(*session).run(files_->sequences(), report_.left_out);
    }
    run_post_data(sessions_, files_->post_data(), rows_by_table(), restore_.jobs, report_.left_out);
    analyze();
  }

  RestoreReport commit() override {
    if (!restore_.end_sessions) refuse_sessions();
    sessions_.reset();
    if (place_.exists) report_.put_aside = stamped_name(place_.name, "before", free_stamp());
    maintenance_->session().command("SET synchronous_commit = on");
    swap();
    fresh_.clear();
    drop_old();
    return std::move(report_);
  }

 private:
  void look_at_place() {
    place_.exists = maintenance_->exists(place_.name);
    if (!place_.exists) return;
    place_.bytes = maintenance_->bytes(place_.name);
    place_.sessions = maintenance_->sessions_of(place_.name);
  }

  // Whether the new database is the one that the backup was taken of: the one that it replaces, or,
  // if that is gone, one of its name that nobody else has become. Files of it are recognised then.
  bool carries_identity(const DatabaseProperties& properties) {
    if (!description_.source_id) return false;
    for (const auto& setting : properties.settings)
      if (setting.role.empty() && setting.name == kSourceId) return false;
    if (place_.exists)
      return *description_.source_id ==
             maintenance_->source_id(maintenance_->number_of(place_.name));
    const std::string number =
        description_.source_id->substr(description_.source_id->find('-') + 1);
    return place_.name == description_.database &&
           *description_.source_id == maintenance_->source_id(number) &&
           !maintenance_->has_number(number);
  }

  void refuse_sessions() {
    const auto sessions = maintenance_->sessions_of(place_.name);
    if (sessions.empty()) return;
    throw Error(ErrorKind::refused, fmt::format("others work with the database '{}': {}",
                                                place_.name, join(sessions, "; ")))
        .hint("stop them, or leave --no-terminate out");
  }

  // Whoever works with the old database can't go on: who that is, is said, and so is who may not be
  // ended.
  void swap() {
    const auto sessions =
        place_.exists ? maintenance_->sessions_of(place_.name) : std::vector<std::string>();
    try {
      maintenance_->swap(place_.name, report_.put_aside, fresh_);
    } catch (Error& error) {
      const auto still = maintenance_->sessions_of(place_.name);
      if (error.kind() == ErrorKind::interrupted || still.empty()) throw;
      throw Error(ErrorKind::refused,
                  fmt::format("others work with the database '{}', and could not be ended: {}",
                              place_.name, join(still, "; ")))
          .hint("stop them, or restore as a role that may end their sessions");
    }
    if (!sessions.empty())
      options_.reporter->info(
          fmt::format("sessions on the old database were ended: {}", join(sessions, "; ")));
  }

  // What a killed run left: the lock says that nobody is at it.
  void drop_left_over() {
    for (const std::string& name :
         maintenance_->stamped(stamped_name(place_.name, "restoring", "")))
      maintenance_->drop(name);
  }

  // A second one within a second gets another name.
  std::string free_stamp() {
    std::string stamp = stamp_;
    for (int i = 2; maintenance_->exists(stamped_name(place_.name, "before", stamp)); ++i)
      stamp = fmt::format("{}-{}", stamp_, i);
    return stamp;
  }

  void give_properties(const DatabaseProperties& properties) {
    Session& session = maintenance_->session();
    const Roles roles(session);
    for (const PropertyStatement& property : property_statements(properties, fresh_)) {
      if (!property.role.empty() && !roles.has(property.role)) {
        report_.left_out.push_back(fmt::format("{} of the database: there is no role {}",
                                               property.meaning, property.role));
        continue;
      }
      std::vector<std::string> sql = property.sql;
      sql.insert(sql.begin(), "BEGIN");
      sql.push_back("COMMIT");
      if (const auto failure = session.run_all(sql)) {
        session.command_quietly("ROLLBACK");
        // From version 15 on only some roles may; files of the database then count as another's.
        if (property.meaning == std::string("setting ") + kSourceId) continue;
        report_.left_out.push_back(
            fmt::format("{} of the database: {}", property.meaning, failure->error.message()));
      }
    }
  }

  std::map<std::string, std::uint64_t> rows_by_table() const {
    std::map<std::string, std::uint64_t> out;
    for (const BackupTable& table : description_.tables)
      out[table.name.schema + "." + table.name.name] = table.total.rows;
    return out;
  }

  // Tables one by one, over as many sessions as there are jobs.
  void analyze() {
    std::vector<const BackupTable*> tables;
    for (const BackupTable& table : description_.tables) tables.push_back(&table);
    std::sort(tables.begin(), tables.end(), [](const BackupTable* a, const BackupTable* b) {
      return a->total.rows > b->total.rows;
    });
    std::atomic<std::size_t> next = 0;
    const auto work = [&]() noexcept {
      try {
        const Loan session(sessions_);
        for (std::size_t i = next++; i < tables.size(); i = next++)
          session->command("ANALYZE " + QuotedName(tables[i]->name).sql());
      } catch (const Error&) {
        // Statistics come of themselves sooner or later.
      }
    };
    std::vector<std::jthread> others;
    for (int i = 1; i < restore_.jobs; ++i) others.emplace_back(work);
    work();
  }

  void drop_old() {
    const auto names = maintenance_->stamped(stamped_name(place_.name, "before", ""));
    for (std::size_t i = static_cast<std::size_t>(std::max(restore_.keep_old, 0)); i < names.size();
         ++i) {
      try {
        maintenance_->drop(names[i]);
        report_.dropped.push_back(names[i]);
        if (names[i] == report_.put_aside) report_.put_aside.clear();
      } catch (const Error& error) {
        options_.reporter->warn(
            fmt::format("the earlier database {} is still there: {}", names[i], error.message()));
      }
    }
  }

  std::unique_ptr<Maintenance> maintenance_;
  const Conninfo conninfo_;
  const BackupDescription& description_;
  const RestoreOptions restore_;
  const OpenOptions options_;
  const std::string stamp_;
  RestorePlace place_;
  RestoreReport report_;
  std::optional<RestoreFiles> files_;
  std::string fresh_;  // the new database's name, as long as it isn't the final one
  std::shared_ptr<Sessions> sessions_;
};

}  // namespace

std::unique_ptr<RestoreTarget> restore_beside(std::unique_ptr<Maintenance> maintenance,
                                              const Conninfo& conninfo,
                                              const BackupDescription& description,
                                              const RestoreOptions& restore,
                                              const OpenOptions& options) {
  return std::make_unique<Beside>(std::move(maintenance), conninfo, description, restore, options);
}

}  // namespace dbkeeper::postgres
