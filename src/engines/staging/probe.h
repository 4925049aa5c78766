// A key by which rows of a file are looked up in the database, as SQL.
#pragma once

#include <string>
#include <vector>

#include "engines/staging/workspace.h"

namespace dbkeeper::staging {

class Probe {
 public:
  // Requires: the workspace outlives it.
  Probe(const Workspace& work, std::size_t table, const Key& key);

  // Rows of the file to which the key applies and whose references lead to rows of the database, or
  // nowhere: n, kind, k0…, and f… of the links that the key depends on.
  std::string file_rows() const { return file(true); }
  // The same, wherever their references lead.
  std::string applicable_rows() const { return file(false); }
  // All rows of the database that the key holds for: a0…, k0…
  std::string base_rows() const;
  // Two such rows agree.
  std::string equal(const std::string& file, const std::string& base) const;
  // The columns f… of two rows of the file agree: TRUE if there are none.
  std::string same_leads(const std::string& a, const std::string& b) const;

 private:
  std::string file(bool only_led) const;
  std::string part(std::size_t i) const;
  void find_links();
  bool depends_on(const std::string& column) const;
  std::string is_led(std::size_t link) const;

  const Workspace& work_;
  const std::size_t table_;
  const Key key_;
  std::vector<std::string> columns_;  // of which it is made
  std::string text_;                  // what else of it may name columns
  std::vector<std::size_t> links_;    // on which it depends
};

// The condition, about rows of Workspace::rows(…, identity, true) under an alias that hides no
// column, that no probe key of the table applies to a row.
std::string nameless(const Workspace& work, std::size_t table);

}  // namespace dbkeeper::staging
