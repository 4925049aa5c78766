// A moment of the database, over one session.
#pragma once

#include <memory>
#include <string>

#include "dbkeeper/engines/database.h"
#include "engines/postgres/conditions.h"
#include "engines/postgres/fetch.h"
#include "engines/postgres/foreign_key_operators.h"
#include "engines/postgres/orphans.h"
#include "engines/postgres/partitions.h"
#include "engines/postgres/sessions.h"
#include "engines/postgres/table_holds.h"

namespace dbkeeper::postgres {

// Begins a transaction that sees the moment of that name, or a new one, and sets the savepoint.
std::string begin_moment(const std::string& exported);

class PostgresSnapshot : public Snapshot {
 public:
  // `exported`: the name of another snapshot's moment; empty for a new one.
  explicit PostgresSnapshot(std::shared_ptr<Sessions> sessions, const std::string& exported = {});
  ~PostgresSnapshot() override;

  Schema schema() override;
  std::unique_ptr<RowSource> rows(const Table& table,
                                  const std::vector<std::string>& columns) override;
  void hold(const std::vector<const Table*>& tables) override;
  void check_condition(const Table& table, const std::string& condition) override;
  std::vector<Part> parts(const Selection& selection, std::size_t set, std::int64_t bytes) override;
  std::unique_ptr<RowSource> rows(const Selection& selection, std::size_t set, const Part& part,
                                  const std::vector<std::string>& columns) override;
  std::int64_t count(const Table& table) override;
  std::vector<std::int64_t> counts(const Table& table,
                                   const std::vector<std::string>& columns) override;
  void read_through(const Table& table, Depth depth) override;
  std::vector<Finding> integrity(const Schema& schema, Depth depth) override;
  Orphans orphans(const Table& table, const ForeignKey& key) override;
  std::optional<std::int64_t> furthest(const Table& table, const std::string& column,
                                       const Sequence& sequence) override;
  std::unique_ptr<Snapshot> another_reader() override;

  // The moment's name, by which others see the same.
  const std::string& exported();

 private:
  template <class Work>
  auto guarded(Work work);
  template <class Work>
  auto guarded(const Table& table, Work work);
  std::vector<TableName> tables_under(const Table& table);
  void lock(const Table& table);
  bool check_conditions(const Selection& selection);
  void lock_for(const Selection& selection, std::size_t set, const Part& part);
  std::vector<Part> heap_parts(const Table& table, std::int64_t bytes);
  Fetch fetch(const Selection& selection, std::size_t set, const Part& part,
              const std::vector<std::string>& columns);
  bool is_partitioned(const TableName& table);

  Loan session_;
  TableHolds holds_;
  Partitions partitions_;
  Conditions conditions_;
  ForeignKeyOperators operators_;
  OrphanFinder orphans_;
  std::string exported_;  // this moment's name, once another reader asked for it
};

}  // namespace dbkeeper::postgres
