#include "engines/postgres/transaction.h"

#include "engines/postgres/copy_sink.h"
#include "engines/postgres/lock_holder.h"
#include "engines/postgres/numbering.h"

namespace dbkeeper::postgres {

std::unique_ptr<RowSink> PostgresTransaction::insert(const Table& table,
                                                     const std::vector<std::string>& columns) {
  try {
    return std::make_unique<CopySink>(*session_, table, columns);
  } catch (const Error& error) {
    throw with_lock_holder(error, table.name, *session_.sessions());
  }
}

void PostgresTransaction::advance(const Sequence& sequence, std::int64_t value) {
  move_sequence(*session_, sequence.name, value);
}

}  // namespace dbkeeper::postgres
