// The rows in the bytes of a COPY, without knowing what they mean: how many, and a sum of digests
// over the bytes of each. Source of the layout: PostgreSQL's manual, COPY, "File Formats".
#pragma once

#include <string_view>

#include "dbkeeper/model/row_total.h"

namespace dbkeeper {

// Of one whole COPY BINARY: signature, header, rows (each from its number of fields to its last
// byte), trailer. Error(input) if the bytes are anything else.
RowTotal binary_copy_rows(std::string_view stream);

// Of lines of COPY's text format, each with its line feed, which doesn't count. Error(input) if the
// last one has none.
RowTotal text_copy_rows(std::string_view lines);

}  // namespace dbkeeper
