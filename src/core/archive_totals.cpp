#include "core/archive_totals.h"

#include <fmt/format.h>

#include "dbkeeper/base/error.h"
#include "dbkeeper/model/copy_rows.h"

namespace dbkeeper {
namespace {

RowTotal rows_in(StreamFormat format, std::string_view piece) {
  switch (format) {
    case StreamFormat::copy_binary:
      return binary_copy_rows(piece);
    case StreamFormat::copy_text:
      return text_copy_rows(piece);
    case StreamFormat::sql:
    case StreamFormat::database_image:
      return {};
  }
  return {};
}

void compare_table(const BackupArchive& archive, const BackupTable& table, const RowTotal& found) {
  if (found == table.total) return;
  const std::string name = archive.description().schema.display(table.name);
  throw Error(ErrorKind::input,
              fmt::format("table '{}' in '{}' has {} rows with the digest {}, the manifest says "
                          "{} with {}",
                          name, archive.path().string(), found.rows, found.sum.text(),
                          table.total.rows, table.total.sum.text()))
      .table(name)
      .hint("use another copy");
}

}  // namespace

ArchiveTotals::ArchiveTotals(const BackupArchive& archive)
    : archive_(archive), totals_(archive.description().streams.size()) {}

void ArchiveTotals::add(std::size_t stream, std::string_view piece) {
  const RowTotal total = rows_in(archive_.description().streams[stream].format, piece);
  const std::lock_guard lock(mutex_);
  totals_[stream] += total;
  bytes_ += piece.size();
}

void ArchiveTotals::compare() const {
  const BackupDescription& said = archive_.description();
  for (const BackupTable& table : said.tables)
    if (table.stream) compare_table(archive_, table, totals_[*table.stream]);
  if (bytes_ != said.data_bytes)
    throw Error(ErrorKind::input, fmt::format("'{}' holds {} bytes of data, its manifest says {}",
                                              archive_.path().string(), bytes_, said.data_bytes))
        .hint("use another copy");
}

}  // namespace dbkeeper
