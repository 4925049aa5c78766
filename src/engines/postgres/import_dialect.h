// An import into PostgreSQL, over one session in one transaction.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engines/postgres/column_types.h"
#include "engines/postgres/foreign_key_operators.h"
#include "engines/postgres/import_extras.h"
#include "engines/postgres/import_numbers.h"
#include "engines/postgres/import_triggers.h"
#include "engines/postgres/key_operators.h"
#include "engines/postgres/partitions.h"
#include "engines/postgres/write_transaction.h"
#include "engines/staging/dialect.h"

namespace dbkeeper::postgres {

class ImportDialect final : public staging::Dialect {
 public:
  // Begins. The search_path becomes the users' own: their keys and triggers call their functions.
  explicit ImportDialect(std::shared_ptr<Sessions> sessions);

  std::int64_t run(const std::string& sql) override;
  void query(const std::string& sql,
             const std::function<void(const staging::Texts&)>& take) override;
  std::vector<std::int64_t> write(const std::vector<staging::Write>& group) override;
  bool refuses(const staging::Write& write) override;
  bool empty_at_once(const ImportPlan& plan) override;
  void clear(const std::string& table) override;
  void analyze(const std::string& name) override;
  void index(const std::string& name, const std::vector<std::string>& columns) override;

  void lock(const ImportPlan& plan) override;
  std::vector<std::string> switch_triggers_off(const ImportPlan& plan) override;
  void switch_triggers_on() override;
  void check_deferred() override;
  void move_rows(const Table& table, const std::string& update, const std::string& found) override;
  std::string mark() override;
  void commit() override;

  bool can_take_off_keys(const Table& table) override;
  std::vector<std::string> take_off(const std::vector<const Table*>& tables) override;
  std::optional<Error> put_back() override;

  void create_stage(const staging::Stage& stage) override;
  void add_generated(const staging::Stage& stage, const Column& column) override;
  std::unique_ptr<RowSink> fill_stage(const staging::Stage& stage, Rows rows,
                                      const std::vector<std::string>& columns,
                                      Refuse refuse) override;
  std::unique_ptr<RowSink> fill_table(const Table& table, const std::vector<std::string>& columns,
                                      Refuse refuse) override;

  std::string quoted(std::string_view name) const override;
  std::string literal(std::string_view text) const override;
  std::string temp(std::string_view name) const override;
  std::string rows_of(const Table& table) const override;
  std::string insert_into(const Table& table,
                          const std::vector<std::string>& columns) const override;

  std::vector<std::string> address(const Table& table, std::string_view alias) const override;
  std::string key_equal(const Table& table, const Key& key, std::size_t part,
                        const std::string& file, const std::string& base) override;
  std::string link_equal(const Table& child, const Table& parent, const ImportLink& link,
                         std::size_t i, const std::string& parent_value,
                         const std::string& child_value) override;
  std::string same(const Column& column, const std::string& a, const std::string& b) const override;
  std::string differ(const Table& table, const std::vector<std::string>& columns,
                     std::string_view a, std::string_view b) const override;
  std::string image(const Table& table, const std::vector<std::string>& columns,
                    std::string_view alias) const override;
  std::string converted(const Column& column, const std::string& value) const override;
  std::string json_array(const std::vector<std::string>& values) const override;
  std::string json_integer(const std::string& value) const override;
  std::string sql_literal(const std::string& value) const override;
  std::string shown(const std::string& value) const override;

  std::string new_number(const Table& table, const Column& column, std::int64_t highest,
                         const std::string& order) override;
  void advance(const Table& table, const Column& column, std::int64_t highest) override;

  std::string kept_map() override;
  std::string make_kept_map() override;

 private:
  struct Staged {
    std::string name;
    std::int64_t rows = 0;
  };

  std::int64_t write_alone(const std::string& sql);
  bool may_truncate(const std::vector<TableName>& tables) const;
  Equality equality_of(const Table& table, const Key& key, std::size_t part);
  std::optional<Equality> equality_of(const Table& child, const Table& parent,
                                      const ImportLink& link, std::size_t i);
  std::string stage_of(const Table& table) const;

  WriteTransaction session_;
  std::string users_path_;  // what stands in search_path but for moments
  const ColumnTypes types_;
  KeyOperators key_operators_;
  ForeignKeyOperators link_operators_;
  Partitions partitions_;
  ImportTriggers triggers_;
  ImportNumbers numbers_;
  ImportExtras extras_;
  std::map<TableName, Staged> stages_;
  bool locked_ = false;
  int savepoints_ = 0;  // before writes
};

}  // namespace dbkeeper::postgres
