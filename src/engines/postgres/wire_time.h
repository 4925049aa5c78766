// Dates and times on the wire: days and microseconds since 2000-01-01. See wire.h.
//
// As text they are ISO 8601 with a T, timestamptz in UTC with Z; what ISO 8601 has no form for
// (infinity, BC, years over 9999) is as the engine writes it. Both forms are read.
#pragma once

#include <string>
#include <string_view>

#include "dbkeeper/model/batch.h"

namespace dbkeeper::postgres::wire {

void decode_date(std::string_view bytes, Batch& batch);
void decode_time(std::string_view bytes, Batch& batch);
void decode_timestamp(std::string_view bytes, Batch& batch);
void decode_timestamptz(std::string_view bytes, Batch& batch);

// A timestamp with an offset doesn't fit a column without time zone, nor do more than six digits
// of a second.
bool encode_date(const CellView& cell, std::string& out);
bool encode_time(const CellView& cell, std::string& out);
bool encode_timestamp(const CellView& cell, std::string& out);
bool encode_timestamptz(const CellView& cell, std::string& out);

}  // namespace dbkeeper::postgres::wire
