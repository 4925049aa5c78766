// A database that a restore put aside takes its name back.
#include <fmt/format.h>

#include "engines/postgres/database_swap.h"
#include "engines/postgres/postgres.h"

namespace dbkeeper::postgres {
namespace {

class PutBack final : public RestoreTarget {
 public:
  PutBack(std::unique_ptr<Maintenance> maintenance, const std::string& name, std::string aside,
          const RestoreOptions& restore, const OpenOptions& options)
      : maintenance_(std::move(maintenance)),
        aside_(std::move(aside)),
        swap_(*maintenance_, name, restore, options) {}

  const RestorePlace& place() const override { return swap_.place(); }
  bool keeps_old() const override { return true; }
  void check(const std::vector<BackupFile>&) override {
    if (!maintenance_->may_rename(aside_))
      throw Error(
          ErrorKind::failed,
          fmt::format("this role doesn't own the database '{}', and may not rename it", aside_))
          .hint("do it as its owner");
    swap_.check();
  }
  void begin(const std::vector<BackupFile>&) override {}
  int most_writers() const override { return 0; }
  std::unique_ptr<RestoreWriter> writer() override { return nullptr; }
  void complete() override {}
  std::string mark() override { return swap_.mark(); }
  RestoreReport commit() override {
    RestoreReport report;
    swap_.carry_out(aside_, report);
    return report;
  }

 private:
  std::unique_ptr<Maintenance> maintenance_;
  const std::string aside_;
  DatabaseSwap swap_;
};

}  // namespace

std::unique_ptr<RestoreTarget> begin_put_back(const std::string& address, const std::string& aside,
                                              const RestoreOptions& restore,
                                              const OpenOptions& options) {
  const Conninfo conninfo = with_database(parse_conninfo(address), options);
  const std::string name = *conninfo.find("dbname");
  auto maintenance = Maintenance::connect(conninfo, options, name);
  if (!maintenance || !maintenance->exists(aside)) return nullptr;
  return std::make_unique<PutBack>(std::move(maintenance), name, aside, restore, options);
}

}  // namespace dbkeeper::postgres
