// A database of its own on the server, under a name of the live one's, a purpose and a time. An
// advisory lock under that name says that it is in use.
#include <fmt/format.h>

#include <chrono>

#include "dbkeeper/base/utc.h"
#include "engines/postgres/advisory_lock.h"
#include "engines/postgres/maintenance.h"
#include "engines/postgres/postgres.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

class ServerScratch final : public ScratchDatabase {
 public:
  ServerScratch(Conninfo conninfo, std::string_view purpose, const OpenOptions& options)
      : database_(*conninfo.find("dbname")),
        maintenance_(Maintenance::connect(conninfo, options, database_)) {
    if (!maintenance_)
      throw Error(ErrorKind::connection,
                  "a scratch database takes a session of the database postgres or template1 of the "
                  "same server, and this role may connect to neither");
    if (!maintenance_->may_create_databases())
      throw Error(ErrorKind::failed, "this role may not create databases, such as a scratch one")
          .hint("ALTER ROLE … CREATEDB, or do it as a role that may");
    keep_alive(maintenance_->session());
    const std::string prefix = stamped_name(database_, std::string(purpose), "");
    maintenance_->drop_left_over(maintenance_->stamped(prefix));
    maintenance_->drop_left_over(maintenance_->half_built(prefix));
    name_ = maintenance_->take_name(prefix + file_stamp(std::chrono::system_clock::now()));
    conninfo.set("dbname", name_);
    conninfo.limited_to_schema.clear();
    address_ = address_of(conninfo);
  }

  ~ServerScratch() override { maintenance_->drop_own(name_); }

  const std::string& address() const override { return address_; }
  const std::string& name() const override { return name_; }

 private:
  const std::string database_;
  std::unique_ptr<Maintenance> maintenance_;
  std::string name_, address_;
};

}  // namespace

std::unique_ptr<ScratchDatabase> make_scratch(const std::string& address, std::string_view purpose,
                                              const OpenOptions& options) {
  return std::make_unique<ServerScratch>(with_database(parse_conninfo(address), options), purpose,
                                         options);
}

}  // namespace dbkeeper::postgres
