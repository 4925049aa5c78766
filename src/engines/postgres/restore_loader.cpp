#include "engines/postgres/restore_loader.h"

#include <fmt/format.h>

#include <algorithm>

#include "engines/postgres/catalog.h"
#include "engines/postgres/dump_script.h"
#include "engines/postgres/quoted_name.h"
#include "engines/postgres/savepoint.h"
#include "engines/postgres/users_path.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::size_t kMostInMessage = std::size_t{1} << 20;

const BackupTable& table_of(const BackupDescription& description, std::size_t stream) {
  // Nearly always in the same order.
  if (stream < description.tables.size() && description.tables[stream].stream == stream)
    return description.tables[stream];
  const auto found = std::find_if(description.tables.begin(), description.tables.end(),
                                  [&](const BackupTable& table) { return table.stream == stream; });
  if (found != description.tables.end()) return *found;
  throw Error(ErrorKind::input, fmt::format("the manifest has no table for the stream {}",
                                            description.streams[stream].folder));
}

std::string copy_sql(const BackupTable& table, const TableName& into, bool binary) {
  std::string columns;
  if (!table.columns.empty()) columns = " (" + QuotedName::list(table.columns).sql() + ")";
  return fmt::format("COPY {}{} FROM STDIN (FORMAT {})", QuotedName(into).sql(), columns,
                     binary ? "binary" : "text");
}

// What the server says at the end decides, whatever happened before.
void send(Session& session, const std::string& sql, std::string_view bytes) {
  const Blocking blocking(session.canceller());
  const RawResult begun(PQexec(session.raw(), sql.c_str()));
  if (PQresultStatus(begun.get()) != PGRES_COPY_IN) throw session.error(begun.get());
  bool sent = true;
  for (; sent && !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kMostInMessage))) {
    const std::string_view part = bytes.substr(0, kMostInMessage);
    sent = PQputCopyData(session.raw(), part.data(), static_cast<int>(part.size())) == 1;
  }
  PQputCopyEnd(session.raw(), sent ? nullptr : "the connection failed");
  const RawResult result(PQgetResult(session.raw()));
  const bool done = PQresultStatus(result.get()) == PGRES_COMMAND_OK;
  const Error error = done ? Error(ErrorKind::failed, "") : session.error(result.get());
  while (RawResult(PQgetResult(session.raw()))) {
  }
  if (!done) throw error;
}

// Checks and generated columns may call functions that name things without their schemas, as the
// application's search_path lets them. What doesn't go in without it is tried with it.
void load(Session& session, const std::string& sql, std::string_view bytes) {
  const bool within = PQtransactionStatus(session.raw()) != PQTRANS_IDLE;
  if (within) session.command(kSetSavepoint);
  try {
    send(session, sql, bytes);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted || !session.alive()) throw;
    if (within) session.command(kRollBackToSavepoint);
    use_path(session, users_path(session));
    try {
      send(session, sql, bytes);
    } catch (const Error& again) {
      if (again.kind() == ErrorKind::interrupted || !session.alive()) throw;
      throw error;
    }
  }
  if (within) session.command(kReleaseSavepoint);
}

void run_statements(Session& session, const BackupDescription& description, std::size_t stream,
                    std::string_view piece) {
  try {
    parse_script(piece);  // nothing that a dump wouldn't have, the end of the transaction say
  } catch (Error& error) {
    throw error.during("reading " + description.streams[stream].folder);
  }
  session.command(std::string(piece));
}

}  // namespace

void load_piece(Session& session, const BackupDescription& description,
                const std::map<TableName, PartitionRoot>& roots, std::size_t stream,
                std::string_view piece) {
  const StreamFormat format = description.streams.at(stream).format;
  if (format == StreamFormat::sql) return run_statements(session, description, stream, piece);
  const BackupTable& table = table_of(description, stream);
  const auto root = roots.find(table.name);
  const TableName& into =
      root != roots.end() && root->second.by_number ? root->second.table : table.name;
  try {
    load(session, copy_sql(table, into, format == StreamFormat::copy_binary), piece);
  } catch (Error& error) {
    if (error.table().empty()) error.table(display(table.name, kDefaultSchema));
    throw;
  }
}

}  // namespace dbkeeper::postgres
