// Integers and floats on the wire. See wire.h.
#pragma once

#include <string>
#include <string_view>

#include "dbkeeper/model/batch.h"

namespace dbkeeper::postgres::wire {

void decode_int2(std::string_view bytes, Batch& batch);
void decode_int4(std::string_view bytes, Batch& batch);
void decode_int8(std::string_view bytes, Batch& batch);
void decode_oid(std::string_view bytes, Batch& batch);
void decode_float4(std::string_view bytes, Batch& batch);
void decode_float8(std::string_view bytes, Batch& batch);

bool encode_int2(const CellView& cell, std::string& out);
bool encode_int4(const CellView& cell, std::string& out);
bool encode_int8(const CellView& cell, std::string& out);
bool encode_oid(const CellView& cell, std::string& out);
bool encode_float4(const CellView& cell, std::string& out);
bool encode_float8(const CellView& cell, std::string& out);

}  // namespace dbkeeper::postgres::wire
