#include "engines/postgres/restore_in_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "dbkeeper/base/text.h"
#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/database_properties.h"
#include "engines/postgres/disk_space.h"
#include "engines/postgres/lock_holder.h"
#include "engines/postgres/lock_room.h"
#include "engines/postgres/other_sessions.h"
#include "engines/postgres/own_objects.h"
#include "engines/postgres/public_schema.h"
#include "engines/postgres/quoted_name.h"
#include "engines/postgres/restore_files.h"
#include "engines/postgres/restore_hindrances.h"
#include "engines/postgres/restore_loader.h"
#include "engines/postgres/run_mark.h"
#include "engines/postgres/savepoint.h"
#include "engines/postgres/script_objects.h"
#include "engines/postgres/script_runner.h"
#include "engines/postgres/sessions.h"
#include "engines/postgres/system_identifier.h"
#include "engines/postgres/users_path.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::size_t kStatementsAtOnce = 200;
constexpr std::size_t kMostNamed = 20;
constexpr int kTellsLostClients = 140000;

void run_in_batches(Session& session, const std::vector<std::string>& statements) {
  for (std::size_t at = 0; at < statements.size(); at += kStatementsAtOnce) {
    const auto begin = statements.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = statements.begin() + static_cast<std::ptrdiff_t>(
                                              std::min(at + kStatementsAtOnce, statements.size()));
    session.command(join({begin, end}, ";"));
  }
}

std::string first_of(const std::vector<std::string>& all) {
  if (all.size() <= kMostNamed) return join(all, "; ");
  return fmt::format("{}; and {} more", join({all.begin(), all.begin() + kMostNamed}, "; "),
                     all.size() - kMostNamed);
}

void check_locks(Session& session, std::int64_t needed) {
  const LockRoom room = lock_room(session);
  if (needed <= room.locks()) return;
  throw Error(ErrorKind::failed,
              fmt::format("a restore within this database takes {} locks at once, and the server "
                          "has room for {}: max_locks_per_transaction is {}",
                          human_count(needed), human_count(room.locks()), room.each))
      .hint(fmt::format("set max_locks_per_transaction to {} and restart the server, or restore "
                        "beside the old database, by a role with CREATEDB",
                        needed / room.sessions + 1));
}

// No statement of a script ends the transaction, as far as its words tell; a function that it calls
// might.
void check_transaction(Session& session, std::string_view after) {
  if (PQtransactionStatus(session.raw()) == PQTRANS_INTRANS) return;
  throw Error(ErrorKind::altered,
              fmt::format("{} ended the transaction of the restore, so that the old content may be "
                          "gone",
                          after))
      .hint("restore the safety backup that was made before");
}

class InPlace final : public RestoreTarget {
 public:
  InPlace(const Conninfo& conninfo, const BackupDescription& description,
          const RestoreOptions& restore, const OpenOptions& options)
      : description_(description),
        restore_(restore),
        options_(options),
        sessions_(std::make_shared<Sessions>(conninfo, options)),
        session_(sessions_) {
    place_.name = session_->target().database;
    place_.location = session_->target().place();
    place_.server = system_identifier(*session_);
    place_.exists = true;
    place_.bytes = std::stoll(
        session_->value("SELECT pg_catalog.pg_database_size(pg_catalog.current_database())"));
    place_.sessions = others_of(sessions_on(*session_, place_.name));
    report_.in_place = true;
  }

  ~InPlace() override { session_->command_quietly("ROLLBACK"); }

  const RestorePlace& place() const override { return place_; }
  bool keeps_old() const override { return false; }
  int most_writers() const override { return 1; }

  void put_old_aside() override {
    throw Error(ErrorKind::failed,
                "a restore within the old database can't put it aside, and it can't be backed up")
        .hint(
            "restore beside it, by a role with CREATEDB; or give up what is there now: "
            "--no-safety-backup");
  }

  void check(const std::vector<BackupFile>& files) override {
    if (!restore_.end_sessions) refuse_sessions();
    session_->command(kRestoreSettings);
    files_.emplace(files, *session_, report_.left_out);
    older_ = warn_of_older(*session_, description_, *options_.reporter);
    const OwnObjects own = own_objects(*session_);
    refuse(restore_hindrances(*session_, own, *files_, description_));
    check_disk_space(*session_, description_);  // what is dropped takes its own until the commit
    check_locks(*session_,
                own.locks + locks_to_run(files_->pre_data()) + locks_to_run(files_->post_data()));
  }

  void hold_old() override {
    begin_transaction();
    naming_blockers([&] { lock("EXCLUSIVE"); });
  }

  void begin(const std::vector<BackupFile>&) override {
    if (PQtransactionStatus(session_->raw()) == PQTRANS_IDLE)
      begin_transaction();
    else
      settle_sessions();  // those who have come since
    const auto settings = read_properties(*session_, place_.name).settings;
    drop_own();
    run("schema/pre-data.sql", files_->pre_data());
    settle_settings(settings);
  }

  std::unique_ptr<RestoreWriter> writer() override {
    class Writer final : public RestoreWriter {
     public:
      Writer(Session& session, const BackupDescription& description)
          : session_(session), description_(description), roots_(partition_roots(session)) {}
      void write(std::size_t stream, std::string_view piece) override {
        load_piece(session_, description_, roots_, stream, piece);
        check_transaction(session_, description_.streams.at(stream).folder);
      }

     private:
      Session& session_;
      const BackupDescription& description_;
      const std::map<TableName, PartitionRoot> roots_;
    };
    return std::make_unique<Writer>(*session_, description_);
  }

  void complete() override {
    options_.reporter->progress({.activity = "restore: indexes and keys"});
    run("schema/sequences.sql", files_->sequences());
    run("schema/post-data.sql", files_->post_data());
  }

  std::string mark() override { return mark_of_transaction(*session_); }

  RestoreReport commit() override {
    session_->command("SET synchronous_commit = on");
    session_->commit();
    analyze();
    return std::move(report_);
  }

 private:
  void begin_transaction() {
    settle_sessions();
    session_->command("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
    session_->command(kRestoreSettings);
    // A client that was killed holds no lock for longer than this.
    if (session_->server_version() >= kTellsLostClients)
      session_->command("SET client_connection_check_interval = '1s'");
  }

  void settle_sessions() {
    if (restore_.end_sessions)
      end_sessions();
    else
      refuse_sessions();
  }

  void refuse_sessions() {
    const auto others = others_of(sessions_on(*session_, place_.name));
    if (others.empty()) return;
    throw Error(ErrorKind::refused, fmt::format("others work with the database '{}': {}",
                                                place_.name, join(others, "; ")))
        .hint("stop them, or leave --no-terminate out");
  }

  // Those who come again wait for the locks; those who may not be ended are waited for.
  void end_sessions() {
    auto others = sessions_on(*session_, place_.name);
    std::erase_if(others, [](const OtherSession& other) { return other.own || !other.may_end; });
    for (const OtherSession& other : others) end_session(*session_, other);
    if (!others.empty())
      options_.reporter->info(
          fmt::format("sessions on the database were ended: {}", join(others_of(others), "; ")));
  }

  void refuse(const std::vector<std::string>& hindrances) {
    if (hindrances.empty()) return;
    throw Error(ErrorKind::failed,
                fmt::format("the role {} can't restore within the database '{}': {}",
                            session_->target().user, place_.name, first_of(hindrances)))
        .hint("restore as a superuser, or beside the old database: ALTER ROLE … CREATEDB");
  }

  void drop_own() {
    try {
      naming_blockers([&] {
        lock("ACCESS EXCLUSIVE");
        const OwnObjects own = own_objects(*session_);
        refuse(own.hindrances);
        run_in_batches(*session_, own.drops);
        empty_config_tables();
        settle_public(own);
        run_in_batches(*session_, rights_reset(*session_));
      });
    } catch (Error& error) {
      error.during("dropping what the database has");
      throw;
    }
  }

  void lock(std::string_view mode) {
    tables_ = own_objects(*session_).tables;
    std::vector<std::string> statements;
    for (const TableName& table : tables_)
      statements.push_back(
          fmt::format("LOCK TABLE ONLY {} IN {} MODE", QuotedName(table).sql(), mode));
    run_in_batches(*session_, statements);
  }

  // Whoever has a lock that doesn't let go in time is named.
  void naming_blockers(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::refused) throw;
      session_->command_quietly("ROLLBACK");
      throw with_lock_holder(error, tables_, *sessions_);
    }
  }

  // The backup has the rows of the user's in tables of extensions that stay.
  void empty_config_tables() {
    for (const auto& row : session_->query(sql::kConfigTables)) {
      const TableName name{row["nspname"].c_str(), row["relname"].c_str()};
      const bool comes_back =
          std::any_of(description_.tables.begin(), description_.tables.end(),
                      [&](const BackupTable& table) { return table.name == name; });
      if (comes_back && row["may"].c_str()[0] == 't')
        session_->command(fmt::format("DELETE FROM ONLY {} {}", QuotedName(name).sql(),
                                      row["condition"].c_str()));
    }
  }

  // A dump takes the schema public for granted: what it doesn't say is whether it is there.
  void settle_public(const OwnObjects& own) {
    const bool is_there = own.find_staying("schema", "public") != nullptr;
    const bool has_public = properties_of(description_.properties).has_public;
    if (!is_there && has_public) session_->command("CREATE SCHEMA public");
    if (has_public) reset_public(*session_, files_->pre_data(), report_.left_out);
    if (!is_there || has_public) return;
    session_->command(kSetSavepoint);
    if (!session_->command_quietly("DROP SCHEMA public")) {
      roll_back_to_savepoint(*session_);
      report_.left_out.push_back(
          "schema public, which the backup hasn't: others' objects are in it, or it is another's");
    }
    session_->command(kReleaseSavepoint);
  }

  // The database keeps its settings, whatever scripts of extensions set.
  void settle_settings(const std::vector<DatabaseProperties::Setting>& settings) {
    for (const PropertyStatement& property :
         setting_changes(read_properties(*session_, place_.name).settings, settings, place_.name)) {
      session_->command(kSetSavepoint);
      if (const auto failure = session_->run_all(property.sql)) {
        roll_back_to_savepoint(*session_);
        report_.left_out.push_back(
            fmt::format("{} of the database: {}", property.meaning, failure->error.message()));
      }
      session_->command(kReleaseSavepoint);
    }
    use_path(*session_, "");
  }

  // A schema in which something stays is there already.
  void run(std::string_view file, std::vector<ScriptEntry> entries) {
    if (schemas_.empty())
      for (const auto& row : session_->query("SELECT pg_catalog.quote_ident(nspname) "
                                             "FROM pg_catalog.pg_namespace"))
        schemas_.emplace_back(row[0].c_str());
    for (const ScriptObject& object : objects_in(entries)) {
      if (object.type != "SCHEMA" ||
          std::find(schemas_.begin(), schemas_.end(), object.identity) == schemas_.end())
        continue;
      auto& statements =
          entries[static_cast<std::size_t>(object.entry - entries.data())].statements;
      statements.erase(statements.begin());
    }
    try {
      ScriptRunner(*session_, Within::transaction,
                   search_path_of(properties_of(description_.properties)))
          .run(entries, report_.left_out);
    } catch (Error& error) {
      if (!older_.empty()) error.during(older_);
      throw;
    }
    check_transaction(*session_, file);
  }

  void analyze() {
    try {
      for (const BackupTable& table : description_.tables) {
        options_.reporter->progress({.activity = "restore: ANALYZE", .table = table.name.name});
        session_->command("ANALYZE " + QuotedName(table.name).sql());
      }
    } catch (const Error&) {
      // Statistics come of themselves sooner or later.
    }
  }

  const BackupDescription& description_;
  const RestoreOptions restore_;
  const OpenOptions options_;
  const std::shared_ptr<Sessions> sessions_;
  const Loan session_;
  RestorePlace place_;
  RestoreReport report_;
  std::optional<RestoreFiles> files_;
  std::string older_;                 // than the backup's is this server; empty: it isn't
  std::vector<TableName> tables_;     // that are locked, or were to be
  std::vector<std::string> schemas_;  // that stay
};

}  // namespace

std::unique_ptr<RestoreTarget> restore_in_place(const Conninfo& conninfo,
                                                const BackupDescription& description,
                                                const RestoreOptions& restore,
                                                const OpenOptions& options) {
  return std::make_unique<InPlace>(conninfo, description, restore, options);
}

}  // namespace dbkeeper::postgres
