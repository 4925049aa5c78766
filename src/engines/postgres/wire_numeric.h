// numeric on the wire: groups of four decimal digits. See wire.h.
#pragma once

#include <string>
#include <string_view>

#include "dbkeeper/model/batch.h"

namespace dbkeeper::postgres::wire {

// Every digit is kept, zeros at the end too: 1.50 stays 1.50.
void decode_numeric(std::string_view bytes, Batch& batch);
bool encode_numeric(const CellView& cell, std::string& out);

}  // namespace dbkeeper::postgres::wire
