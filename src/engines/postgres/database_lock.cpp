// A lock on a database: in it, and under its name in the maintenance database, for there may be
// none of that name yet, and it may be renamed meanwhile. A role that may connect to only one of
// the two has it there.
#include "dbkeeper/base/secret.h"
#include "engines/postgres/advisory_lock.h"
#include "engines/postgres/maintenance.h"
#include "engines/postgres/pooler.h"
#include "engines/postgres/postgres.h"

namespace dbkeeper::postgres {
namespace {

class ServerLock final : public DatabaseLock {
 public:
  ServerLock(const Conninfo& conninfo, const OpenOptions& options,
             const std::vector<std::string>& tokens)
      : token_(new_secret()) {
    const std::string name = *conninfo.find("dbname");
    maintenance_ = Maintenance::connect(conninfo, options, name);
    if (maintenance_) {
      keep_alive(maintenance_->session());
      if (!take(maintenance_->session(), name, options, tokens)) {
        maintenance_.reset();
        return;
      }
      if (!maintenance_->exists(name)) return;
    }
    target_ = std::make_unique<Session>(conninfo, options);
    refuse_transaction_pooler(*target_, conninfo, options);
    target_->apply_settings(conninfo);
    keep_alive(*target_);
    if (!take(*target_, name, options, tokens)) target_.reset();
  }

  const std::string& token() const override { return token_; }

 private:
  // Whether it is ours; false: the work is done under another's, which has a session for it.
  bool take(Session& session, const std::string& name, const OpenOptions& options,
            const std::vector<std::string>& tokens) {
    if (const auto lent = lock(session, name, options, tokens)) {
      token_ = *lent;
      return false;
    }
    show_token(session, token_);
    return true;
  }

  std::string token_;
  std::unique_ptr<Maintenance> maintenance_;
  std::unique_ptr<Session> target_;
};

}  // namespace

std::unique_ptr<DatabaseLock> lock_database(const std::string& address, const OpenOptions& options,
                                            const std::vector<std::string>& tokens) {
  return std::make_unique<ServerLock>(with_database(parse_conninfo(address), options), options,
                                      tokens);
}

}  // namespace dbkeeper::postgres
