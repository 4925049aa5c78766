#include "engines/postgres/backup_source.h"

#include <fmt/format.h>

#include <chrono>
#include <future>
#include <optional>
#include <system_error>

#include "dbkeeper/base/text.h"
#include "dbkeeper/base/utc.h"
#include "dbkeeper/engines/backup_in_the_way.h"
#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/backup_tables.h"
#include "engines/postgres/catalog.h"
#include "engines/postgres/copy_pieces.h"
#include "engines/postgres/database_properties.h"
#include "engines/postgres/dump_script.h"
#include "engines/postgres/known_settings.h"
#include "engines/postgres/large_objects.h"
#include "engines/postgres/lock_holder.h"
#include "engines/postgres/lock_room.h"
#include "engines/postgres/partition_roots.h"
#include "engines/postgres/parts.h"
#include "engines/postgres/pg_dump.h"
#include "engines/postgres/quoted_name.h"
#include "engines/postgres/savepoint.h"
#include "engines/postgres/script_syntax.h"
#include "engines/postgres/snapshot.h"
#include "engines/postgres/table_holds.h"

namespace dbkeeper::postgres {
namespace {

// About as much of a heap as makes a piece.
constexpr std::int64_t kUnitBytes = kBackupPiece;
constexpr int kMajor = 10000;
constexpr std::size_t kSequencesAtOnce = 200;
// How many locks the server must have room for, by table, so that two pg_dumps and the readers can
// work side by side and leave most of it to others.
constexpr std::int64_t kLeastRoomPerTable = 16;
constexpr std::chrono::milliseconds kLeastBehindItself{3000};
constexpr std::chrono::milliseconds kEndless{60000};  // a part of it

// How long a session waits for what another one of the same backup has: whoever is between the two,
// a migration, waits for the backup itself. A fifth of what it may, since it may be tried again.
std::int64_t behind_itself(const Sessions& sessions) {
  const auto most = sessions.options().lock_timeout;
  if (most.count() <= 0) return kEndless.count();
  return std::min(most, std::max(most / 5, kLeastBehindItself)).count();
}

template <class Work>
auto starting_over(Work work) {
  try {
    return work();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::refused) throw BackupInTheWay(error);
    throw;
  }
}

std::string sequences_script(Session& session) {
  std::vector<std::string> selects;
  for (const auto& row : session.query(sql::kBackupSequences)) {
    const std::string name = QuotedName(TableName{row[0].c_str(), row[1].c_str()}).sql();
    selects.push_back(
        fmt::format("SELECT {} AS name, last_value, is_called FROM {}", literal(name), name));
  }
  std::string out;
  for (std::size_t at = 0; at < selects.size(); at += kSequencesAtOnce) {
    const auto begin = selects.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = selects.begin() +
                     static_cast<std::ptrdiff_t>(std::min(at + kSequencesAtOnce, selects.size()));
    for (const auto& row : session.query(join({begin, end}, " UNION ALL ")))
      out += fmt::format("SELECT pg_catalog.setval({}, {}, {});\n", literal(row[0].c_str()),
                         row[1].c_str(), row[2].c_str()[0] == 't' ? "true" : "false");
  }
  return out;
}

// The tables stay as they are and readable until its end: what waits for a lock on them waits for
// this session too.
class Reading {
 public:
  Reading(std::shared_ptr<Sessions> sessions, const std::string& moment,
          const std::vector<TableName>& tables)
      : session_(std::move(sessions)), holds_(session_) {
    session_->command(begin_moment(moment));
    if (tables.empty()) return;
    session_->command(
        fmt::format("SET LOCAL lock_timeout = {}", behind_itself(*session_.sessions())));
    starting_over([&] { hold(tables); });
  }
  ~Reading() { session_->command_quietly("ROLLBACK"); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  void hold(const std::vector<TableName>& tables) {
    if (tables.empty()) return;
    try {
      holds_.keep(tables);
    } catch (const Error& error) {
      throw with_lock_holder(error, tables, *session_.sessions());
    }
    session_->command(fmt::format("{}; {}", kReleaseSavepoint, kSetSavepoint));
  }
  // No lock on them stays.
  std::string sequences() {
    std::string out = sequences_script(*session_);
    roll_back_to_savepoint(*session_);
    return out;
  }
  // Whether another session may hold as many tables.
  bool has_room_for_another() { return has_room_for(*session_, holds_.kept()); }
  Session& session() { return *session_; }
  TableHolds::Storage storage(const TableName& table) { return holds_.storage(table); }

 private:
  Loan session_;
  TableHolds holds_;
};

class Source final : public BackupSource {
 public:
  Source(std::shared_ptr<Sessions> sessions, const DatabaseInfo& info, const BackupOptions& options)
      : sessions_(std::move(sessions)), moment_(sessions_) {
    const auto now = std::chrono::system_clock::now();
    const Stop& stop = *sessions_->options().stop;
    const std::string& moment = moment_.exported();
    reading_ = std::make_unique<Reading>(sessions_, moment, std::vector<TableName>());
    pg_dump_.emplace(reading_->session(), stop);
    known_.emplace(reading_->session());
    server_major_ = reading_->session().server_version() / kMajor;
    describe(info, now);
    find_tables(options);
    find_large_objects();
    files_ = {{"schema/sequences.sql", reading_->sequences()}, {"data/INDEX.txt", index()}};
    dump_schema();
  }

  const BackupDescription& description() const override { return description_; }
  const std::vector<BackupFile>& files() override {
    if (pre_data_.valid()) {
      BackupFile file{"schema/pre-data.sql", pre_data_.get()};
      file.bytes += large_objects_.script;
      add_schema(std::move(file));
    }
    if (post_data_.valid()) add_schema({"schema/post-data.sql", post_data_.get()});
    return files_;
  }
  const std::vector<BackupUnit>& units() const override { return units_; }
  std::unique_ptr<BackupReader> reader() override;
  void finish() override {}

 private:
  friend class Reader;

  // Each pg_dump locks every table, as each reader does: where the server has little room for that,
  // they come one after another, before the readers.
  void dump_schema() {
    const bool room = static_cast<std::int64_t>(tables_.size()) <=
                      lock_room(reading_->session()).locks() / kLeastRoomPerTable;
    const auto when = room ? std::launch::async : std::launch::deferred;
    pre_data_ = script(when, "pre-data");
    post_data_ = script(when, "post-data");
    if (!room) files();
  }

  std::future<std::string> script(std::launch when, const std::string& section) {
    const std::string encoding = reading_->session().any_bytes() ? "SQL_ASCII" : "UTF8";
    const auto run = [section, encoding, this] {
      return starting_over([&] {
        return without_restrictions(
            dump({"--section=" + section, "--snapshot=" + moment_.exported(), "--no-password",
                  "--no-blobs", "--encoding=" + encoding,
                  fmt::format("--lock-wait-timeout={}", behind_itself(*sessions_))}));
      });
    };
    try {
      return std::async(when, run);
    } catch (const std::system_error&) {  // no thread to be had: it is done when it is asked for
      return std::async(std::launch::deferred, run);
    }
  }

  std::string dump(std::vector<std::string> arguments) {
    try {
      return pg_dump_->run(std::move(arguments));
    } catch (const Error& error) {
      if (error.hint() != kNoLockLeft) throw;
      const Loan session(sessions_);
      throw with_lock_room(error, *session);
    }
  }

  void add_schema(BackupFile file) {
    try {
      file.bytes = known_->fit(file.bytes);
      check_syntax(file);
    } catch (Error& error) {
      if (error.kind() != ErrorKind::input) throw;
      throw Error(ErrorKind::failed,
                  fmt::format("pg_dump writes what can't be restored: {}", error.message()))
          .line(error.line())
          .during("reading " + file.name);
    }
    files_.push_back(std::move(file));
  }

  // A newer pg_dump may write what the server that it dumps doesn't take.
  void check_syntax(const BackupFile& file) {
    const int writer = writer_of(file.bytes);
    if (writer <= server_major_) return;
    const Loan session(sessions_);
    if (const auto what = syntax_error_in(file.bytes, *session))
      throw Error(ErrorKind::failed,
                  fmt::format("pg_dump of version {} writes what PostgreSQL {} doesn't take, so "
                              "that the backup could not be restored here: {}",
                              writer, server_major_, *what))
          .hint(fmt::format("install pg_dump of the server's version: apt install "
                            "postgresql-client-{}",
                            server_major_));
  }

  void describe(const DatabaseInfo& info, std::chrono::system_clock::time_point now) {
    description_.engine = info.engine;
    description_.server_version = info.server_version;
    description_.database = info.name;
    description_.source_id = info.source_id;
    description_.time = rfc3339(now);
    description_.schema = moment_.schema();
    description_.properties = value_of(read_properties(reading_->session(), description_.database));
  }

  void find_tables(const BackupOptions& options) {
    tables_ = copied_tables(reading_->session());
    if (tables_.empty() && !options.allow_empty)
      throw Error(ErrorKind::failed,
                  fmt::format("the database '{}' has no table", description_.database))
          .hint("check that this is the database you mean; --allow-empty backs it up all the same");
    reading_->hold(names());
    const bool ranges = reading_->session().server_version() >= kRangeScans;
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      CopiedTable& table = tables_[i];
      table.binary = table.binary && !options.portable;
      description_.streams.push_back(
          {fmt::format("data/{:06}", i + 1),
           table.binary ? StreamFormat::copy_binary : StreamFormat::copy_text, Packing::pieces});
      description_.tables.push_back({table.name, table.columns, i, {}});
      for (const Part& part : parts_of(table.name, reading_->storage(table.name), kUnitBytes,
                                       ranges && table.condition.empty())) {
        units_.push_back({i, part.bytes});
        parts_.push_back(part);
      }
    }
  }

  std::vector<TableName> names() const {
    std::vector<TableName> out;
    for (const CopiedTable& table : tables_) out.push_back(table.name);
    return out;
  }

  void find_large_objects() {
    large_objects_ = large_objects(reading_->session());
    if (large_objects_.numbers.empty()) return;
    units_.push_back({description_.streams.size(), -1});
    description_.streams.push_back({"large-objects", StreamFormat::sql, Packing::pieces});
  }

  // Rows that belong into other partitions elsewhere go in through the table at the top.
  std::string index() {
    std::string out;
    const auto roots = partition_roots(reading_->session());
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      const auto root = roots.find(tables_[i].name);
      const bool through = root != roots.end() && root->second.by_number;
      const std::string what =
          copied_columns(through ? root->second.table : tables_[i].name, tables_[i].columns);
      const std::string& folder = description_.streams[i].folder;
      out += what.find_first_of("\r\n") == std::string::npos
                 ? fmt::format("{}\t{}\n", folder, what)
                 : fmt::format(
                       "# {}: not for \\copy, which takes no line break in a name; see "
                       "manifest.json\n",
                       folder);
    }
    return out;
  }

  // COPY of the table itself is never planned: a SELECT would have functions in the expressions of
  // its indexes looked into, which may need the application's search_path.
  std::string what(std::size_t unit) const {
    const Part& part = parts_[unit];
    const CopiedTable& table = tables_[units_[unit].stream];
    std::string where = table.condition;
    if (const std::string range = range_condition(part); !range.empty()) where = "WHERE " + range;
    if (where.empty()) return copied_columns(table.name, table.columns);
    return fmt::format("(SELECT {} FROM ONLY {} {})",
                       table.columns.empty() ? "" : QuotedName::list(table.columns).sql(),
                       QuotedName(table.name).sql(), where);
  }

  const std::shared_ptr<Sessions> sessions_;
  PostgresSnapshot moment_;
  std::unique_ptr<Reading> reading_;  // until the first reader takes it over
  bool more_readers_ = true;          // the server has locks for another
  std::optional<PgDump> pg_dump_;
  std::optional<KnownSettings> known_;
  int server_major_ = 0;
  BackupDescription description_;
  std::vector<CopiedTable> tables_;
  LargeObjects large_objects_;
  std::vector<BackupFile> files_;
  std::vector<BackupUnit> units_;
  std::vector<Part> parts_;  // of the units that are tables'
  // Of pg_dump, which works beside the readers; end before what it works with.
  std::future<std::string> pre_data_, post_data_;
};

class Reader final : public BackupReader {
 public:
  Reader(const Source& source, std::unique_ptr<Reading> reading)
      : source_(source), reading_(std::move(reading)) {}

  std::vector<UnitRows> read(std::size_t unit,
                             const std::function<void(std::string_view)>& take) override {
    if (unit >= source_.parts_.size()) {
      read_large_objects(reading_->session(), source_.large_objects_.numbers, take);
      return {};
    }
    const std::size_t table = source_.units_[unit].stream;
    try {
      return {
          {table, copy_pieces(reading_->session(), source_.what(unit),
                              source_.tables_[table].binary ? CopyFormat::binary : CopyFormat::text,
                              kRollBackToSavepoint, room_, take)}};
    } catch (Error& error) {
      if (error.table().empty()) error.table(display(source_.tables_[table].name, kDefaultSchema));
      throw;
    }
  }

 private:
  const Source& source_;
  std::unique_ptr<Reading> reading_;
  std::string room_;  // for a piece
};

std::unique_ptr<BackupReader> Source::reader() {
  if (reading_) {
    more_readers_ = reading_->has_room_for_another();
    return std::make_unique<Reader>(*this, std::move(reading_));
  }
  if (!more_readers_) return nullptr;
  auto reading = std::make_unique<Reading>(sessions_, moment_.exported(), names());
  more_readers_ = reading->has_room_for_another();
  return std::make_unique<Reader>(*this, std::move(reading));
}

}  // namespace

std::unique_ptr<BackupSource> begin_backup(std::shared_ptr<Sessions> sessions,
                                           const DatabaseInfo& info, const BackupOptions& options) {
  return std::make_unique<Source>(std::move(sessions), info, options);
}

}  // namespace dbkeeper::postgres
