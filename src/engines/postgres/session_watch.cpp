#include "engines/postgres/session_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "dbkeeper/base/threads.h"
#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/connector.h"
#include "engines/postgres/session.h"
#include "engines/postgres/sightings.h"

namespace dbkeeper::postgres {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenLooks = 50ms;
constexpr std::string_view kDefaultSchema = "public";

std::string shown(const pqxx::row& row) {
  const std::string name = row["relname"].c_str();
  return name.empty() ? name : display({row["nspname"].c_str(), name}, kDefaultSchema);
}

// Who gives up soon has waited for too long sooner.
double worth_telling(std::chrono::milliseconds lock_timeout) {
  constexpr double kSecond = 1;
  if (lock_timeout.count() <= 0) return kSecond;  // for ever
  return std::min(kSecond, std::chrono::duration<double>(lock_timeout).count() / 2);
}

int number(const pqxx::field& field) { return std::atoi(field.c_str()); }

std::set<int> pids_of_now(Session& session) {
  std::set<int> out;
  for (const auto& row : session.query("SELECT pid FROM pg_catalog.pg_stat_activity"))
    out.insert(number(row[0]));
  return out;
}

Look look_at(Session& session) {
  Look look;
  for (const auto& row : session.query(sql::kLocksOfOthers))
    look.locks.push_back({number(row["pid"]), shown(row), row["mode"].c_str()});
  for (const auto& row : session.query(sql::kLockWaits))
    look.waits.push_back({number(row["waiting"]), number(row["blocking"]), shown(row),
                          shown_session(number(row["blocking"]), row["usename"].c_str(),
                                        row["application_name"].c_str(), row["state"].c_str(),
                                        std::atoll(row["age"].c_str()), row["query"].c_str())});
  look.time = std::chrono::steady_clock::now();
  return look;
}

class ServerWatch final : public SessionWatch {
 public:
  ServerWatch(const Conninfo& conninfo, const OpenOptions& options) : options_(options) {
    options_.access = Access::read;
    options_.stop = &ended_;
    begin(conninfo);
    if (session_ && !start_thread(thread_, [this] { run(); })) session_.reset();
  }
  ~ServerWatch() override { end(); }

  SessionReport so_far() const override {
    const std::lock_guard lock(mutex_);
    return sightings_ ? sightings_->report() : SessionReport();
  }

  SessionReport finish() override {
    end();
    {
      const std::lock_guard lock(mutex_);
      if (sightings_) sightings_->end();
    }
    return so_far();
  }

 private:
  // In the calling thread: who is there by now is known before the program starts.
  void begin(const Conninfo& conninfo) try {
    session_ = std::make_unique<Session>(conninfo, options_);
    session_->apply_settings(conninfo);
    sightings_.emplace(pids_of_now(*session_), worth_telling(options_.lock_timeout));
  } catch (const Error& error) {
    session_.reset();
    give_up(error);
  }

  void run() noexcept {
    try {
      while (!ending_) {
        look();
        std::unique_lock lock(waiting_);
        wake_.wait_for(lock, kBetweenLooks, [this] { return ending_.load(); });
      }
    } catch (const Error& error) {
      if (!ended_.requested()) give_up(error);
    } catch (const std::exception&) {
      return;  // no memory, say: there is nothing more to see
    }
  }

  void look() {
    const Look seen = look_at(*session_);
    const std::lock_guard lock(mutex_);
    sightings_->add(seen);
  }

  void give_up(const Error& error) {
    options_.reporter->debug("locks are not watched: " + error.message());
  }

  void end() {
    {
      const std::lock_guard lock(waiting_);
      ending_ = true;
    }
    wake_.notify_all();
    ended_.request(0);
    if (thread_.joinable()) thread_.join();
  }

  Stop ended_;  // not the user's: the program is watched as long as it runs
  OpenOptions options_;
  std::unique_ptr<Session> session_;
  mutable std::mutex mutex_;
  std::optional<Sightings> sightings_;
  std::mutex waiting_;
  std::condition_variable wake_;
  std::atomic<bool> ending_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace

std::unique_ptr<SessionWatch> watch_sessions(const std::string& address,
                                             const OpenOptions& options) {
  return std::make_unique<ServerWatch>(parse_conninfo(address), options);
}

Variables lock_timeout_variables(const std::string& address, std::chrono::milliseconds timeout,
                                 const Variables& environment, const OpenOptions& options) {
  std::string words;
  for (const auto& [name, value] : environment)
    if (name == "PGOPTIONS") words = value;
  if (words.find("lock_timeout") != words.npos) return {};
  words += fmt::format("{}-c lock_timeout={}", words.empty() ? "" : " ", timeout.count());
  Conninfo conninfo = parse_conninfo(address);
  conninfo.set("options", words);
  try {
    connect(conninfo, options);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted) throw;
    options.reporter->debug("the server takes no lock timeout at start-up: " + error.message());
    return {};
  }
  return {{"PGOPTIONS", words}};
}

}  // namespace dbkeeper::postgres
