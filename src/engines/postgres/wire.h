// PostgreSQL's binary format of single values, as COPY BINARY has them: pure functions, no server
// and no libpq. Sources: the types' send and receive functions in the server's utils/adt.
//
// Both directions are resolved once a column and then called once a cell.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dbkeeper/model/batch.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper::postgres::wire {

// Adds the value in `bytes` to the batch. Error(failed) if the bytes are no such value.
using Decode = void (*)(std::string_view bytes, Batch& batch);

// The decoder for a column of this type; null if there is none, and the server has to make text of
// it. Enums count as text: their binary form is their label.
// `any_bytes`: the database has no encoding; texts that aren't UTF-8 become bytes.
Decode decoder(const Type& type, bool any_bytes = false);

// The decoder of such a text.
Decode text_decoder(bool any_bytes = false);

// Appends the value of a cell, without its length, to `out`; false if the type can't hold it as it
// is. A cell of another kind is converted where nothing is lost.
using Encode = bool (*)(const CellView& cell, std::string& out);

// The encoder for a column of this type; null if there is none, and the table goes in as text.
// `any_bytes`: as for the decoder.
Encode encoder(const Type& type, bool any_bytes = false);

// Appends a number, most significant byte first.
void append_int16(std::string& out, std::int16_t value);
void append_int32(std::string& out, std::int32_t value);
void append_int64(std::string& out, std::int64_t value);

// Reads one. Requires: enough bytes.
std::int16_t int16_at(const char* bytes);
std::int32_t int32_at(const char* bytes);
std::int64_t int64_at(const char* bytes);

}  // namespace dbkeeper::postgres::wire
