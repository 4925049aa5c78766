// The temporary tables of one import, and what each holds. For table number i of the plan:
//
//   stage    s<i>  the file's rows, as they came
//   found    m<i>  n, how, changed, a0…: which row of the database a row is, by its address;
//   whether
//                  it differs from that, 0 or 1, or NULL where nobody has looked; c0…: the values
//                  there by which rows are referred to
//   links    q<i>  n, v0… the columns of links by identity, f0… what each link leads to
//   final    r<i>  the same, as the rows are to be written
//   numbers  i<i>  n, number, was: the new number of a row whose own is taken
//   dropped  d<i>  n
//   keys     k<i>  n, old_key, new_key of rows whose key is another in the database
//
// Those that a table has no use for aren't there: see the has_… functions.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engines/staging/dialect.h"

namespace dbkeeper::staging {

// What a link of a row leads to, as the f columns say it.
enum class Leads {
  nowhere = 0,  // it is NULL, or nobody has to follow it
  found = 1,    // to a row of the database
  added = 2,    // to a row that is to be inserted
  missing = 3,  // to none, and it stays as it is
  nulled = 4    // to none, and becomes NULL
};

// By what a row was found, beyond the numbers of its table's probe keys.
enum class How {
  kept_map = 1000,     // what an earlier import kept, of a row that its keys don't find
  number = 1001,       // presumed to be the same, since nothing else can tell
  equal = 1002,        // a references row, by all that it carries
  multiset = 1003,     // one of as many of the same
  nameless_map = 1004  // what an earlier import kept, of a row to which no key applies
};

// With which values a row of the file is looked at.
enum class Values {
  file,      // as they came
  identity,  // its links lead to the rows found
  final      // as it is to be written
};

// A table of the plan with what was staged of it.
struct StagedTable {
  const ImportTable* plan = nullptr;
  Stage stage;
  std::vector<std::string> data_columns;       // that data rows carry
  std::vector<std::string> reference_columns;  // that references rows carry
  bool has_data = false;
  bool has_references = false;
  bool ascending_keys = false;  // no two data rows have the same primary key

  // What follows from the plan.
  std::vector<Key> probes;                // the keys by which rows are looked up, in order
  std::vector<bool> probes_references;    // whether each of them finds references rows too
  std::vector<std::string> link_columns;  // those of all links, each once
  std::vector<std::string> primary_key;   // empty where the rows don't carry all of it
  bool numbered_key = false;              // the database gives a part of it
  const Column* numbered = nullptr;       // that part, if it is free to become another number
  bool emptied = false;                   // whatever is there is removed first

  const Table& table() const { return *plan->table; }
  const Column& column(const std::string& name) const;
  bool links(const std::string& column) const;
  // Whether merge updates a column, a generated one by what it is computed from.
  bool is_updated(const std::string& column) const;
  // Whether a column's value may be another finally because of the links.
  bool follows_links(const std::string& column) const;
  // Whether a generated column's value can be told of references rows, which may lack what it is
  // computed from. Of a column that isn't generated it can.
  bool is_told_of_references(const std::string& column) const;
  // What merge updates.
  std::vector<std::string> updated_columns() const;
};

class Workspace {
 public:
  Workspace(Dialect& dialect, const ImportPlan& plan, std::vector<StagedTable> tables);

  Dialect& dialect() const { return dialect_; }
  const ImportPlan& plan() const { return plan_; }
  std::size_t size() const { return tables_.size(); }
  const StagedTable& at(std::size_t table) const { return tables_[table]; }

  // The temporary tables, as SQL names.
  std::string stage(std::size_t table) const;
  std::string found(std::size_t table) const { return temp('m', table); }
  std::string links(std::size_t table) const { return temp('q', table); }
  std::string final_links(std::size_t table) const {
    return temp(same_finally_[table] ? 'q' : 'r', table);
  }
  std::string numbers(std::size_t table) const { return temp('i', table); }
  std::string dropped(std::size_t table) const { return temp('d', table); }
  std::string keys(std::size_t table) const { return temp('k', table); }
  static std::string bare(char kind, std::size_t table);

  bool has_links(std::size_t table) const { return !at(table).plan->links.empty(); }
  bool has_numbers(std::size_t table) const {
    return at(table).plan->written && at(table).numbered != nullptr;
  }
  // All rows of the file are in the database under their own keys, and what they refer to is too:
  // nothing of them is to be inserted or rewritten, and links and numbers aren't filled.
  bool settled(std::size_t table) const { return settled_[table]; }
  void settle(std::size_t table) { settled_[table] = true; }

  // links() are the final ones.
  void keep_links(std::size_t table) { same_finally_[table] = true; }

  bool has_dropped(std::size_t table) const {
    return at(table).plan->written && plan_.on_missing == MissingReference::skip;
  }

  // Indexes a stage by what links lead to.
  void index_targets(std::size_t table);

  // Makes found() and dropped() of all tables, empty; …
  void create();
  // … of one that isn't settled links() and numbers(), …
  void create_links(std::size_t table);
  // … and, unless it keeps its links, final_links().
  void create_final_links(std::size_t table);

  // The columns to which links of other tables lead, each list once; and all of these columns.
  const std::vector<std::vector<std::string>>& targets(std::size_t table) const {
    return targets_[table];
  }
  const std::vector<std::string>& referenced_columns(std::size_t table) const {
    return referenced_[table];
  }

  // alias."column"
  std::string of(std::string_view alias, std::string_view column) const;
  // The names of our own columns in the views below, quoted.
  std::string n(std::size_t table) const;
  std::string kind(std::size_t table) const;
  std::string flag(std::size_t table, std::size_t link) const;

  // Rows whose primary key becomes another are those of numbers(), since it is nothing else.
  bool only_numbers(std::size_t table) const {
    return has_numbers(table) && at(table).primary_key.size() == 1;
  }

  // The file's rows as a subselect without an alias: n, kind, flags of links (but for
  // Values::file), and every column of the table by its own name, generated ones computed if
  // `generated`.
  std::string rows(std::size_t table, Values values, bool generated = false) const;
  // The rows under `s` with what decides about some of their columns: "stage AS s", the final links
  // under `r` and the new numbers under `i`; and what those columns become.
  struct Becoming {
    std::string from;
    std::vector<std::string> values;
    bool may_change = false;  // whether any of the columns may become something else
  };
  // Requires: the final links and numbers of the table are filled.
  Becoming becoming(std::size_t table, const std::vector<std::string>& columns) const;
  // A column's value in a row that is to be inserted, or updated: the stage under `s`, the final
  // links under `r`, the numbers under `i`, if there are any.
  std::string final_value(std::size_t table, const std::string& column, std::string_view s,
                          std::string_view r, std::string_view i) const;

  // The columns of an address: a0, a1 of an alias; how many there are.
  std::size_t address_size(std::size_t table) const;
  // The address and the referenced values of an alias: x.a0, x.a1, x.c0
  std::string address_list(std::size_t table, std::string_view alias) const;
  // The name of the column that found() has for a column by which rows are referred to: c0
  std::string referenced(std::size_t table, const std::string& column) const;
  // Two aliases with such columns are of one row.
  std::string same_address(std::size_t table, std::string_view a, std::string_view b) const;
  // The database's row under `target` is the one at the address under `alias`.
  std::string at_address(std::size_t table, std::string_view target, std::string_view alias) const;
  // Of a target row: its address and its referenced values, each " AS a0", " AS c0".
  std::string addressed(std::size_t table, std::string_view target) const;

 private:
  std::string temp(char kind, std::size_t table) const;
  void create_links(char kind, std::size_t table);
  void index(std::size_t table, const std::string& name, const std::vector<std::string>& columns);
  std::string generated_value(const Column& column, std::size_t table, std::string_view s,
                              std::string_view r, std::string_view i) const;
  std::string settled_flag(std::size_t table, std::size_t link) const;

  Dialect& dialect_;
  const ImportPlan& plan_;
  std::vector<StagedTable> tables_;
  std::vector<bool> small_;
  std::vector<std::vector<std::vector<std::string>>> targets_;
  std::vector<std::vector<std::string>> referenced_;  // columns by which rows of it are referred to
  std::vector<bool> settled_;
  std::vector<bool> same_finally_;
};

}  // namespace dbkeeper::staging
