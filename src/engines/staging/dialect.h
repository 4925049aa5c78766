// What the set-based SQL of an import needs to know of an engine. Everything else about it is the
// same wherever tables can be joined.
//
// All of it happens within one transaction of one session, which is the dialect's; destroyed before
// commit(), it leaves no trace.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/base/error.h"
#include "dbkeeper/engines/import.h"

namespace dbkeeper::staging {

// A row of a query's result, NULL being none.
using Texts = std::vector<std::optional<std::string>>;

// A table of rows of the file, in the temporary schema: the target's columns by their names and
// types (generated ones once add_generated() was called), and two of ours whose names are free
// there.
struct Stage {
  const Table* table = nullptr;
  std::string name;    // dbkeeper_s3
  std::string prefix;  // no column of the table begins like this
  // The column that numbers the rows from 1 on, an integer: unique, no NULL.
  std::string number() const { return prefix + "n"; }
  // The one that says 0: data, 1: references.
  std::string kind() const { return prefix + "kind"; }
};

// One of several statements that are one write, since their rows refer to one another.
struct Write {
  const Table* table;
  std::string sql;  // INSERT, UPDATE or DELETE; no RETURNING
};

class Dialect {
 public:
  virtual ~Dialect() = default;

  // -- Running SQL. Each throws the engine's error, translated.

  // The number of rows that a statement wrote.
  virtual std::int64_t run(const std::string& sql) = 0;
  // A stream: `take` must not use the dialect.
  virtual void query(const std::string& sql, const std::function<void(const Texts&)>& take) = 0;
  // The rows that each of them wrote. Foreign keys are checked when all of them are through. After
  // an Error(conflict) nothing of a single one is written, and the transaction goes on.
  virtual std::vector<std::int64_t> write(const std::vector<Write>& group) = 0;
  // Whether the database refuses it, as a conflict. Writes nothing.
  virtual bool refuses(const Write& write) = 0;
  // Empties the plan's tables all at once, if the engine has a way that is faster than row by row
  // and does the same: false if not, then nothing was done.
  virtual bool empty_at_once(const ImportPlan&) { return false; }
  // Empties a temporary table.
  virtual void clear(const std::string& table) { run("DELETE FROM " + table); }
  // Tells the planner how large a temporary table is. The name without its schema.
  virtual void analyze(const std::string& name) = 0;
  // Gives a stage one of the table's generated columns as well, computed from what the rows have.
  virtual void add_generated(const Stage& stage, const Column& column) = 0;
  // An index on a temporary table's columns, where the engine is slow without.
  virtual void index(const std::string& name, const std::vector<std::string>& columns) = 0;

  // -- The transaction.

  // Locks the plan's tables against others' writes (and what is needed to switch triggers), parents
  // first, and sees that nothing of their definition has changed. Error(refused) with the holder.
  // Called again, does nothing.
  virtual void lock(const ImportPlan& plan) = 0;
  // Switches user triggers of the tables to be written or emptied off, by name: their names,
  // "table.trigger". Error(refused or failed) where the role may not; nothing if
  // plan.fire_triggers.
  virtual std::vector<std::string> switch_triggers_off(const ImportPlan& plan) = 0;
  // Puts them back into the state that they had.
  virtual void switch_triggers_on() = 0;
  // What is otherwise checked at the end: Error(conflict).
  virtual void check_deferred() = 0;
  virtual std::string mark() { return {}; }  // as Import has it
  virtual void commit() = 0;

  // -- Foreign keys and plain indexes, off while many rows come in.

  // Whether rows can be written with none of the table's foreign keys looking, to be checked all at
  // once when they are put back. Requires: lock().
  virtual bool can_take_off_keys(const Table& table) = 0;
  // Takes off what can be put back exactly as it is: their names, "table.name".
  virtual std::vector<std::string> take_off(const std::vector<const Table*>& tables) = 0;
  // Puts all of it back. An error if rows contradict a key: then only queries may follow.
  virtual std::optional<Error> put_back() = 0;

  // -- Staging.

  virtual void create_stage(const Stage& stage) = 0;
  // A sink of rows with these columns, numbered on from what the stage has. Values that don't fit
  // are told to `refuse` and left NULL.
  using Refuse = std::function<void(const Column& column, const std::string& value,
                                    const std::string& why, const Batch& batch, std::size_t row)>;
  virtual std::unique_ptr<RowSink> fill_stage(const Stage& stage, Rows rows,
                                              const std::vector<std::string>& columns,
                                              Refuse refuse) = 0;

  // The same straight into a table, whose keys then refuse what contradicts them. Once a value was
  // refused, further rows are only looked at.
  virtual std::unique_ptr<RowSink> fill_table(const Table& table,
                                              const std::vector<std::string>& columns,
                                              Refuse refuse) = 0;

  // -- Names and literals, as SQL.

  virtual std::string quoted(std::string_view name) const = 0;
  virtual std::string literal(std::string_view text) const = 0;
  // A temporary table, with its schema; also right in CREATE TABLE … AS.
  virtual std::string temp(std::string_view name) const = 0;
  // The table in a FROM, UPDATE or DELETE: rows of heirs are not its own, those of partitions are.
  virtual std::string rows_of(const Table& table) const = 0;
  // "INSERT INTO … (…)" up to the SELECT; explicit values for numbered columns are taken.
  virtual std::string insert_into(const Table& table,
                                  const std::vector<std::string>& columns) const = 0;

  // Runs an UPDATE of rows `t` FROM `p`, which has their n, and keeps in found() where they lie
  // now.
  virtual void move_rows(const Table& table, const std::string& update,
                         const std::string& found) = 0;

  // "UPDATE …" up to the alias.
  virtual std::string update(const Table& table) const { return "UPDATE " + rows_of(table); }

  // -- Expressions.

  // Where a row lies in its table: expressions over `alias`, together different for every row, the
  // same until the row is written.
  virtual std::vector<std::string> address(const Table& table, std::string_view alias) const = 0;
  // `file` = `base` as the key compares its part: operator, collation; NULLs match if it says so.
  virtual std::string key_equal(const Table& table, const Key& key, std::size_t part,
                                const std::string& file, const std::string& base) = 0;
  // Whether `parent_value`, an expression for column link.to[i], is what `child_value` refers to,
  // as foreign keys compare.
  virtual std::string link_equal(const Table& child, const Table& parent, const ImportLink& link,
                                 std::size_t i, const std::string& parent_value,
                                 const std::string& child_value) = 0;
  // Whether two values of a column are the same as stored, NULLs included. Never NULL.
  virtual std::string same(const Column& column, const std::string& a,
                           const std::string& b) const = 0;
  // Whether rows differ as stored in any of these columns; of two aliases. "false" for none.
  virtual std::string differ(const Table& table, const std::vector<std::string>& columns,
                             std::string_view a, std::string_view b) const = 0;
  // One value that rows of `alias` have in common exactly if they are the same as stored in all of
  // these columns: to PARTITION BY and to join by. Never NULL.
  virtual std::string image(const Table& table, const std::vector<std::string>& columns,
                            std::string_view alias) const = 0;
  // The value, which a foreign key of the column leads to, in the column's own type.
  virtual std::string converted(const Column& column, const std::string& value) const = 0;
  // The values as one text, a JSON array; the same for the same values of a key.
  virtual std::string json_array(const std::vector<std::string>& values) const = 0;
  // The same of one integer, not NULL.
  virtual std::string json_integer(const std::string& value) const { return json_array({value}); }
  // A part of an address as text that is its literal in SQL: "'(0,1)'", "17". Requires: of this
  // transaction.
  virtual std::string sql_literal(const std::string& value) const = 0;
  // A value for a message, cut to a readable length, as text; never NULL.
  virtual std::string shown(const std::string& value) const = 0;

  // -- Numbers that the database gives out.

  // An expression for a new number of the column in each row of a SELECT whose rows `order` orders:
  // beyond `highest`, which is that of table and file, and beyond what the database has given out.
  // Moves a sequence so far, unless it is a dry run.
  virtual std::string new_number(const Table& table, const Column& column, std::int64_t highest,
                                 const std::string& order) = 0;
  // Sees that the database gives out no number up to `highest` any more. Nothing in a dry run.
  virtual void advance(const Table& table, const Column& column, std::int64_t highest) = 0;

  // -- The kept map, a table of the database: source, table, old_key, new_key, at, run.

  // Its name as SQL; empty if it isn't there.
  virtual std::string kept_map() = 0;
  // Makes it if it isn't there. Its name.
  virtual std::string make_kept_map() = 0;
};

}  // namespace dbkeeper::staging
