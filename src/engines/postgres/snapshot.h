// A moment of the database, over one session.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "dbkeeper/engines/database.h"
#include "engines/postgres/orphans.h"
#include "engines/postgres/sessions.h"

namespace dbkeeper::postgres {

class PostgresSnapshot : public Snapshot {
 public:
  // `exported`: the name of another snapshot's moment; empty for a new one.
  explicit PostgresSnapshot(std::shared_ptr<Sessions> sessions, const std::string& exported = {});
  ~PostgresSnapshot() override;

  Schema schema() override;
  std::unique_ptr<RowSource> rows(const Table& table,
                                  const std::vector<std::string>& columns) override;
  std::int64_t count(const Table& table) override;
  void read_through(const Table& table, Depth depth) override;
  std::vector<Finding> integrity(const Schema& schema, Depth depth) override;
  Orphans orphans(const Table& table, const ForeignKey& key) override;
  std::optional<std::int64_t> furthest(const Table& table, const std::string& column,
                                       const Sequence& sequence) override;
  std::unique_ptr<Snapshot> another_reader() override;

 private:
  template <class Work>
  auto guarded(Work work);
  template <class Work>
  auto guarded(const Table& table, Work work);
  void hold(const Table& table);
  bool is_partitioned(const TableName& table);

  Loan session_;
  OrphanFinder orphans_;
  std::string exported_;  // this moment's name, once another reader asked for it
};

}  // namespace dbkeeper::postgres
