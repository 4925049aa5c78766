// What a database is made of, as far as its rows are concerned: plain values, the same for every
// engine. An engine's catalog fills them in; nothing here knows SQL.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dbkeeper/model/name.h"

namespace dbkeeper {

// What kind of value a column holds, as far as files and other engines have to know.
enum class Family {
  integer,
  decimal,  // exact, any number of digits
  single,   // 4-byte float
  real,     // 8-byte float
  boolean,
  text,
  bytes,
  json,   // kept byte for byte
  jsonb,  // kept digit for digit
  date,
  time,
  timestamp,
  timestamptz,
  uuid,
  array,
  any,   // SQLite: any value in any column
  other  // in the engine's own text form
};

// What becomes of values that a column is given: it takes only those of its own type, or any, and
// leans towards some of them (https://www.sqlite.org/datatype3.html#type_affinity).
enum class Affinity {
  typed,
  none,     // any value stays what it is
  text,     // a number becomes text
  numeric,  // text that reads as a number becomes one
  integer,  // likewise
  real      // likewise, and an integer becomes a float
};

struct Type {
  std::string name;  // as the engine writes it: "character varying(80)", "INTEGER", "mood[]"
  Family family = Family::other;
  std::string domain;  // the domain's name if the column's type is one; `name` is then its base
  std::vector<std::string> labels;  // an enum's, in order
  bool composite = false;
  std::vector<Type> element;    // of an array: the one type of its elements, domains resolved
  char delimiter = ',';         // of an array: between elements in the engine's text form
  std::uint32_t engine_id = 0;  // the engine's own number for the base type; 0 where it has none
  Affinity affinity = Affinity::typed;
};

// Where a column's value comes from when an INSERT doesn't give it.
enum class Origin {
  given,  // plain column, perhaps with a default
  identity_always,
  identity_by_default,
  serial,         // default nextval() of a sequence
  autoincrement,  // SQLite AUTOINCREMENT
  rowid,          // SQLite INTEGER PRIMARY KEY
  stored,         // generated from other columns
  computed        // the same, not stored
};

struct Column {
  std::string name;
  Type type;
  bool nullable = true;
  Origin origin = Origin::given;
  std::string default_expression;     // of a generated column: its expression
  std::string collation;              // empty: the default one
  std::optional<TableName> sequence;  // that its default or identity draws from

  bool generated() const { return origin == Origin::stored || origin == Origin::computed; }
  // Whether the database itself numbers new rows by this column.
  bool numbered() const { return origin != Origin::given && !generated(); }
};

// A primary key, unique constraint or unique index.
struct Key {
  enum class Kind { primary, constraint, index };
  struct Part {
    std::string column;      // empty for an expression
    std::string expression;  // as the engine writes it; empty for a column
    std::string collation;   // empty: the column's
  };

  std::string name;
  Kind kind = Kind::constraint;
  std::vector<Part> parts;
  std::vector<std::string> include;  // columns carried along, not part of the key
  std::string predicate;             // of a partial index
  bool nulls_not_distinct = false;
  bool deferrable = false;
  bool initially_deferred = false;
  bool valid = true;

  bool has_expression() const;
  // Its columns in order. Requires: no expression.
  std::vector<std::string> columns() const;
};

struct ForeignKey {
  enum class Action { no_action, restrict, cascade, set_null, set_default };
  enum class Match { simple, full };

  std::string name;  // empty where the engine has none
  std::vector<std::string> columns;
  TableName references;
  std::vector<std::string> to;  // same number as columns; resolved where the schema implies them
  Action on_update = Action::no_action;
  Action on_delete = Action::no_action;
  Match match = Match::simple;
  bool deferrable = false;
  bool initially_deferred = false;
  bool validated = true;
  // Why the engine itself can't enforce or check it ("users(email) has no unique key"), else empty.
  std::string broken;
};

struct Trigger {
  enum class State { on, off, replica, always };
  std::string name;
  State state = State::on;
  bool feeds_virtual_table = false;
};

enum class RowSecurity { off, on, forced };

enum class TableKind {
  plain,
  partitioned,  // holds no rows itself
  partition,
  foreign,
  virtual_table,
  shadow  // of a virtual table
};

struct Table {
  TableName name;
  TableKind kind = TableKind::plain;
  std::vector<Column> columns;
  std::optional<Key> primary_key;
  std::vector<Key> unique;
  std::vector<ForeignKey> foreign_keys;
  std::vector<Trigger> triggers;
  RowSecurity row_security = RowSecurity::off;
  bool row_security_applies = false;  // it would filter what this role sees
  std::optional<TableName> partition_of;
  std::vector<TableName> inherits;
  std::string extension;  // the extension that owns the table
  bool without_rowid = false;
  bool strict = false;
  bool unlogged = false;
  bool readable = true;              // this role may SELECT from it
  std::int64_t estimated_rows = -1;  // -1: no estimate
  bool rows_exact = false;           // the estimate is a count
  std::int64_t bytes = -1;           // with indexes and what belongs to it; -1: unknown
  // Why its rows can't be exported, empty if they can.
  std::string not_exportable;

  const Column* find_column(std::string_view name) const;
  // Those whose values an INSERT gives: all but generated ones, in order.
  std::vector<std::string> given_columns() const;
};

struct Sequence {
  TableName name;
  std::int64_t increment = 1;
  std::int64_t minimum = 1;
  std::int64_t maximum = 0;
  bool cycles = false;
  // The next number it will give out; empty if the role may not see it.
  std::optional<std::int64_t> next;
  // Whose numbers it gives out (owned by, or drawn from by a default); a sequence may serve
  // several.
  struct Use {
    TableName table;
    std::string column;
    bool owned = false;
  };
  std::vector<Use> uses;
};

// A view, materialized view or the like: it holds no rows of its own to keep.
struct OtherObject {
  TableName name;
  std::string kind;  // "view", "materialized view"
};

struct Schema {
  std::string default_schema;  // "public"; "main"
  std::vector<Table> tables;   // by name
  std::vector<Sequence> sequences;
  std::vector<OtherObject> others;

  const Table* find(const TableName& name) const;
  std::string display(const TableName& name) const {
    return dbkeeper::display(name, default_schema);
  }
  std::string display(const Table& table) const { return display(table.name); }
};

}  // namespace dbkeeper
