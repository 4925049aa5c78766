#include "engines/postgres/restore_beside.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <thread>

#include "dbkeeper/base/text.h"
#include "dbkeeper/base/threads.h"
#include "dbkeeper/base/utc.h"
#include "engines/postgres/database_swap.h"
#include "engines/postgres/disk_space.h"
#include "engines/postgres/post_data.h"
#include "engines/postgres/quoted_name.h"
#include "engines/postgres/restore_files.h"
#include "engines/postgres/restore_hindrances.h"
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
        swap_(*maintenance_, *conninfo_.find("dbname"), restore_, options_),
        place_(swap_.place()) {}

  ~Beside() override {
    sessions_.reset();
    if (fresh_.empty()) return;
    maintenance_->drop_own(fresh_);
  }

  const RestorePlace& place() const override { return place_; }
  bool keeps_old() const override { return true; }

  void check(const std::vector<BackupFile>& files) override {
    files_.emplace(files, maintenance_->session(), report_.left_out);
    if (!maintenance_->may_create_databases())
      throw Error(ErrorKind::failed,
                  "this role may not create databases, which a restore beside "
                  "the old one takes")
          .hint("ALTER ROLE … CREATEDB, or restore as a role that may");
    older_ = warn_of_older(maintenance_->session(), description_, *options_.reporter);
    swap_.check();
    check_disk_space(maintenance_->session(), description_);
  }

  void begin(const std::vector<BackupFile>&) override {
    maintenance_->drop_left_over(maintenance_->stamped(stamped_name(place_.name, "restoring", "")));
    DatabaseProperties properties = place_.exists ? maintenance_->properties(place_.name)
                                                  : properties_of(description_.properties);
    if (place_.name != description_.database && !place_.exists)
      std::erase_if(properties.settings,
                    [](const auto& setting) { return setting.name == kSourceId; });
    if (carries_identity(properties))
      properties.settings.push_back({"", kSourceId, *description_.source_id});
    // The lock under this name, until the maintenance ends, says that it is no left-over.
    const std::string name = maintenance_->take_name(
        stamped_name(place_.name, "restoring", file_stamp(std::chrono::system_clock::now())));
    maintenance_->create(properties, name);
    fresh_ = name;
    Conninfo conninfo = conninfo_;
    conninfo.set("dbname", fresh_);
    sessions_ = std::make_shared<Sessions>(conninfo, options_);
    is_template_ = properties.is_template;
    settings_ = properties.settings;
    properties.settings = settings_to_build_under();
    give(property_statements(properties, fresh_));
    const Loan session(sessions_);
    session->command(kRestoreSettings);
    if (!properties_of(description_.properties).has_public)
      session->command("DROP SCHEMA IF EXISTS public");
    despite_age([&] { ScriptRunner(*session).run(files_->pre_data(), report_.left_out); });
    settle_settings(properties.settings);
    roots_ = partition_roots(*session);
  }

  int most_writers() const override { return restore_.jobs; }

  std::unique_ptr<RestoreWriter> writer() override {
    class Writer final : public RestoreWriter {
     public:
      Writer(std::shared_ptr<Sessions> sessions, const BackupDescription& description,
             const std::map<TableName, PartitionRoot>& roots)
          : session_(std::move(sessions)), description_(description), roots_(roots) {
        session_->command(kRestoreSettings);
      }
      void write(std::size_t stream, std::string_view piece) override {
        load_piece(*session_, description_, roots_, stream, piece);
      }

     private:
      Loan session_;
      const BackupDescription& description_;
      const std::map<TableName, PartitionRoot>& roots_;
    };
    return std::make_unique<Writer>(sessions_, description_, roots_);
  }

  void complete() override {
    {
      const Loan session(sessions_);
      session->command(kRestoreSettings);
      ScriptRunner(*session).run(files_->sequences(), report_.left_out);
    }
    despite_age([&] {
      run_post_data(sessions_, files_->post_data(), rows_by_table(), roots_, restore_.jobs,
                    search_path_of(properties_of(description_.properties)), *options_.reporter,
                    report_.left_out);
    });
    analyze();
    settle_settings(settings_);
  }

  std::string mark() override { return swap_.mark(); }

  RestoreReport commit() override {
    sessions_.reset();
    swap_.carry_out(fresh_, report_);
    fresh_.clear();
    if (is_template_) become_template();
    return std::move(report_);
  }

 private:
  // What an older server doesn't take says nothing of the backup.
  void despite_age(const std::function<void()>& work) const {
    try {
      work();
    } catch (Error& error) {
      if (!older_.empty()) error.during(older_).of_surroundings();
      throw;
    }
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

  // Only now: one that is a template can't be dropped.
  void become_template() {
    const auto failure = maintenance_->session().run_all(
        {fmt::format("ALTER DATABASE {} IS_TEMPLATE true", QuotedName(place_.name).sql())});
    if (failure)
      report_.left_out.push_back("template mark of the database: " + failure->error.message());
  }

  // Indexes and views are computed under the search_path of the backup, for which they were
  // written.
  std::vector<DatabaseProperties::Setting> settings_to_build_under() const {
    const auto is_path = [](const auto& setting) { return setting.name == "search_path"; };
    auto out = settings_;
    std::erase_if(out, is_path);
    for (const auto& setting : properties_of(description_.properties).settings)
      if (is_path(setting)) out.push_back(setting);
    return out;
  }

  // Scripts of extensions may have set others.
  void settle_settings(const std::vector<DatabaseProperties::Setting>& wished) {
    give(setting_changes(maintenance_->properties(fresh_).settings, wished, fresh_));
  }

  void leave_out(std::string what) {
    if (std::find(report_.left_out.begin(), report_.left_out.end(), what) == report_.left_out.end())
      report_.left_out.push_back(std::move(what));
  }

  void give(const std::vector<PropertyStatement>& properties) {
    Session& session = maintenance_->session();
    const Roles roles(session);
    for (const PropertyStatement& property : properties) {
      if (!property.role.empty() && !roles.has(property.role)) {
        leave_out(fmt::format("{} of the database: there is no role {}", property.meaning,
                              property.role));
        continue;
      }
      std::vector<std::string> sql = property.sql;
      sql.insert(sql.begin(), "BEGIN");
      sql.push_back("COMMIT");
      if (const auto failure = session.run_all(sql)) {
        session.command_quietly("ROLLBACK");
        // From version 15 on only some roles may; files of the database then count as another's.
        if (property.meaning == std::string("setting ") + kSourceId) continue;
        leave_out(
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
        for (std::size_t i = next++; i < tables.size(); i = next++) {
          options_.reporter->progress(
              {.activity = "restore: ANALYZE", .table = tables[i]->name.name});
          session->command("ANALYZE " + QuotedName(tables[i]->name).sql());
        }
      } catch (const Error&) {
        // Statistics come of themselves sooner or later.
      }
    };
    std::vector<std::jthread> others;
    for (int i = 1; i < restore_.jobs; ++i) add_thread(others, work);
    work();
  }

  std::unique_ptr<Maintenance> maintenance_;
  const Conninfo conninfo_;
  const BackupDescription& description_;
  const RestoreOptions restore_;
  const OpenOptions options_;
  DatabaseSwap swap_;
  const RestorePlace& place_;
  RestoreReport report_;
  std::optional<RestoreFiles> files_;
  std::vector<DatabaseProperties::Setting> settings_;  // that the new database gets in the end
  std::string fresh_;  // the new database's name, as long as it isn't the final one
  std::string older_;  // than the backup's is this server; empty: it isn't
  bool is_template_ = false;
  std::map<TableName, PartitionRoot> roots_;
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
