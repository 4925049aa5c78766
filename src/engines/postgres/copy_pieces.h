// The bytes of one COPY TO as pieces, each a whole COPY of its own.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "dbkeeper/model/row_total.h"
#include "engines/postgres/copy_out.h"

namespace dbkeeper::postgres {

enum class CopyFormat { binary, text };

// Runs COPY `what` TO STDOUT, of a table with its columns or a SELECT in parentheses, and gives
// pieces of a few MB, or one row. The rows that they hold, as model/copy_rows.h counts them. `room`
// is what a piece is put together in, kept from one call to the next.
RowTotal copy_pieces(Session& session, const std::string& what, CopyFormat format,
                     const std::string& recover, std::string& room,
                     const std::function<void(std::string_view piece)>& take);

}  // namespace dbkeeper::postgres
