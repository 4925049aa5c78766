// The model of an import: the rules of include/dbkeeper/engines/import.h on rows in memory, in
// nested loops and without any SQL, so plain that it can be believed. The engines are compared with
// it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/memory_engine.h"
#include "support/memory_import_writing.h"

namespace dbkeeper::testing {

class MemoryImport final : public Import {
 public:
  // Both outlive it.
  MemoryImport(MemoryStore& store, const Stop& stop);

  bool may_take_straight(const ImportPlan&) override { return false; }
  bool expect(const ImportPlan&) override { return false; }
  void empty_tables() override {}
  std::unique_ptr<RowSink> stage(const Table& table, Rows rows,
                                 const std::vector<std::string>& columns) override;
  const std::vector<RefusedValue>& refused() const override { return refused_; }
  std::int64_t refused_count() const override { return static_cast<std::int64_t>(refused_.size()); }
  void find_rows(const ImportPlan& plan) override;
  void write_rows() override;
  ImportCounts counts(std::size_t table) override;
  ImportMatches matches(std::size_t table, std::size_t most) override;
  void remapped(
      std::size_t table,
      const std::function<void(std::string_view old_key, std::string_view new_key)>& take) override;
  std::vector<std::string> triggers_off() const override { return {}; }
  std::vector<std::string> taken_off() const override { return {}; }
  void commit() override;

  // All that was wrong; find_rows() and write_rows() throw the first of it.
  const std::vector<Error>& conflicts() const { return conflicts_; }
  // See model::Written. After write_rows().
  bool depends_on_order() const { return written_.depends_on_order; }

 private:
  void throw_first_conflict() const;

  MemoryStore& store_;
  const Stop& stop_;
  std::shared_ptr<const MemoryState> before_;
  model::Staging staging_;
  std::vector<RefusedValue> refused_;
  bool unfinished_ = false;
  std::unique_ptr<model::Work> work_;  // from find_rows() on
  std::vector<Error> conflicts_;
  model::Written written_;  // from write_rows() on
};

}  // namespace dbkeeper::testing
