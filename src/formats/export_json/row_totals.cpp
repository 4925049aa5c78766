#include "formats/export_json/row_totals.h"

#include <fmt/format.h>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper::export_json {
namespace {

std::string rows_of(std::uint64_t rows) { return plural(static_cast<std::int64_t>(rows), "row"); }

}  // namespace

void RowTotals::add(Section section, const std::string& table, const RowTotal& total,
                    const Scanner::Place& first, const Scanner::Place& last) {
  of(section)[table] = {total, first, last};
  waiting_.emplace_back(section, table);
}

bool RowTotals::has(Section section, const std::string& table) const {
  return (section == Section::references ? references_ : tables_).contains(table);
}

void RowTotals::compare(const Summary& summary) {
  for (const auto& [section, name] : std::exchange(waiting_, {}))
    compare(section == Section::references ? summary.references : summary.tables, name,
            of(section).at(name));
}

void RowTotals::compare(const Summary::Totals& said, const std::string& name,
                        const Read& read) const {
  const auto entry = said.find(name);
  if (entry == said.end()) {
    mismatch(name, read.first, "the summary doesn't have it");
  } else if (entry->second.rows != read.total.rows) {
    mismatch(name, read.first,
             fmt::format("{} in lines {} to {}, the summary says {}", rows_of(read.total.rows),
                         read.first.line, read.last.line, entry->second.rows));
  } else if (entry->second.sum != read.total.sum) {
    mismatch(name, read.first,
             fmt::format("the rows in lines {} to {} have the digest {}, the summary says {}: "
                         "a value was changed after the file was written",
                         read.first.line, read.last.line, read.total.sum.text(),
                         entry->second.sum.text()));
  }
}

void RowTotals::find_missing(const Summary::Totals& said, const Tables& tables,
                             const Scanner::Place& place) const {
  for (const auto& [name, total] : said)
    if (!tables.contains(name))
      mismatch(name, place,
               fmt::format("the summary says {}, the file has no such table", rows_of(total.rows)));
}

void RowTotals::finish(const Summary& summary, const Scanner::Place& summary_place) {
  compare(summary);
  find_missing(summary.tables, tables_, summary_place);
  find_missing(summary.references, references_, summary_place);
  std::uint64_t rows = 0;
  for (const auto& [name, read] : tables_) rows += read.total.rows;
  if (rows != summary.rows)
    mismatch("", summary_place,
             fmt::format("the file has {}, the summary says {}", rows_of(rows), summary.rows));
}

void RowTotals::mismatch(const std::string& table, const Scanner::Place& place,
                         const std::string& what) const {
  const std::string where = table.empty() ? "" : fmt::format("table '{}': ", table);
  if (options_.edited) {
    if (options_.warn) options_.warn(where + what);
    return;
  }
  throw Error(ErrorKind::input, fmt::format("line {}: {}{}", place.line, where, what))
      .line(place.line)
      .table(table)
      .hint(
          "the file was changed or damaged since it was written: use another copy, or, if it was "
          "edited on purpose, dbkeeper import --edited");
}

}  // namespace dbkeeper::export_json
