// Databases that an import is tried on: the same tables and rows on each engine.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbkeeper/engines/connect.h"
#include "support/import_schema.h"
#include "support/memory_engine.h"
#include "support/scratch.h"

namespace dbkeeper::testing {

class ImportTarget {
 public:
  virtual ~ImportTarget() = default;
  // Puts these tables in the place of all that was there, the kept map too.
  void fill(const Schema& schema, const RowsByTable& rows);
  // As the engine has it.
  const Schema& schema() const { return schema_; }
  // Opened for writing, the same one until the next fill().
  Database& database() { return *database_; }
  // All rows of all tables, each table's sorted.
  RowsByTable rows();
  // source, table, old key, new key
  using KeptMap = std::vector<std::array<std::string, 4>>;
  virtual KeptMap kept() = 0;

 private:
  virtual void replace(const Schema& schema, const RowsByTable& rows) = 0;
  virtual std::unique_ptr<Database> open() = 0;

  std::unique_ptr<Database> database_;
  Schema schema_;
};

class MemoryTarget final : public ImportTarget {
 public:
  KeptMap kept() override;
  MemoryStore& store() { return *store_; }

 private:
  void replace(const Schema& schema, const RowsByTable& rows) override;
  std::unique_ptr<Database> open() override;
  std::unique_ptr<MemoryStore> store_ = std::make_unique<MemoryStore>();
};

class SqliteTarget final : public ImportTarget {
 public:
  KeptMap kept() override;
  ScratchSqlite& scratch() { return *scratch_; }

 private:
  void replace(const Schema& schema, const RowsByTable& rows) override;
  std::unique_ptr<Database> open() override;
  std::optional<ScratchSqlite> scratch_;
};

class PostgresTarget final : public ImportTarget {
 public:
  KeptMap kept() override;
  ScratchPostgres& scratch() { return scratch_; }

 private:
  void replace(const Schema& schema, const RowsByTable& rows) override;
  std::unique_ptr<Database> open() override;
  ScratchPostgres scratch_;
};

}  // namespace dbkeeper::testing
