// What was read of each table, against what the summary says.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dbkeeper/formats/export_reader.h"
#include "formats/export_json/head.h"
#include "formats/export_json/scanner.h"

namespace dbkeeper::export_json {

class RowTotals {
 public:
  // The options outlive it.
  explicit RowTotals(const ReaderOptions& options) : options_(options) {}

  // Requires: the table's name is unique among those of references, or those that are not.
  void add(Section section, const std::string& table, const RowTotal& total,
           const Scanner::Place& first, const Scanner::Place& last);
  bool has(Section section, const std::string& table) const;

  // Compares what has been added and not been compared yet.
  void compare(const Summary& summary);
  // Compares the rest: what the summary has and was not added, and the number of all rows.
  void finish(const Summary& summary, const Scanner::Place& summary_place);

 private:
  struct Read {
    RowTotal total;
    Scanner::Place first, last;
  };
  using Tables = std::map<std::string, Read>;

  Tables& of(Section section) { return section == Section::references ? references_ : tables_; }

  void compare(const Summary::Totals& said, const std::string& name, const Read& read) const;
  void find_missing(const Summary::Totals& said, const Tables& tables,
                    const Scanner::Place& place) const;
  void mismatch(const std::string& table, const Scanner::Place& place,
                const std::string& what) const;

  const ReaderOptions& options_;
  Tables tables_;
  Tables references_;
  // Added and not compared yet.
  std::vector<std::pair<Section, std::string>> waiting_;
};

}  // namespace dbkeeper::export_json
