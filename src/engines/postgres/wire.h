// PostgreSQL's binary format of single values, as COPY BINARY has them: pure functions, no server
// and no libpq. Sources: the types' send and receive functions in the server's utils/adt.
//
// Both directions are resolved once a column and then called once a cell.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "dbkeeper/base/big_endian.h"
#include "dbkeeper/model/batch.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper::postgres::wire {

// Adds the value in `bytes` to the batch. Error(failed) if the bytes are no such value.
using Decode = void (*)(std::string_view bytes, Batch& batch);

class ArrayCodec;

// The decoder of a column, or none. Copies of one share their room: one thread at a time.
class Decoder {
 public:
  Decoder() = default;
  explicit Decoder(Decode value) : value_(value) {}
  explicit Decoder(std::shared_ptr<ArrayCodec> array) : array_(std::move(array)) {}

  explicit operator bool() const { return value_ || array_; }
  // Requires: there is one.
  void operator()(std::string_view bytes, Batch& batch) const {
    if (value_)
      value_(bytes, batch);
    else
      decode_array(bytes, batch);
  }

 private:
  void decode_array(std::string_view bytes, Batch& batch) const;

  Decode value_ = nullptr;
  std::shared_ptr<ArrayCodec> array_;
};

// The decoder for a column of this type; none if there is none, and the server has to make text of
// it. Enums count as text: their binary form is their label.
Decoder decoder(const Type& type);

// The decoder of such a text: an array is read as one, its elements stay text.
Decoder text_decoder(const Type& type);

// Appends the value of a cell, without its length, to `out`; false if the type can't hold it as it
// is. A cell of another kind is converted where nothing is lost.
using Encode = bool (*)(const CellView& cell, std::string& out);

// The encoder of a column, or none; as for Decoder.
class Encoder {
 public:
  Encoder() = default;
  explicit Encoder(Encode value) : value_(value) {}
  explicit Encoder(std::shared_ptr<ArrayCodec> array) : array_(std::move(array)) {}

  explicit operator bool() const { return value_ || array_; }
  // Requires: there is one.
  bool operator()(const CellView& cell, std::string& out) const {
    return value_ ? value_(cell, out) : encode_array(cell, out);
  }

 private:
  bool encode_array(const CellView& cell, std::string& out) const;

  Encode value_ = nullptr;
  std::shared_ptr<ArrayCodec> array_;
};

// The encoder for a column of this type; none if there is none, and the table goes in as text.
Encoder encoder(const Type& type);

// Appends a number, most significant byte first.
void append_int16(std::string& out, std::int16_t value);
void append_int32(std::string& out, std::int32_t value);
void append_int64(std::string& out, std::int64_t value);

// Reads one. Requires: enough bytes. Inline: every value of a table passes here.
inline std::int16_t int16_at(const char* bytes) { return big_endian_at<std::int16_t>(bytes); }
inline std::int32_t int32_at(const char* bytes) { return big_endian_at<std::int32_t>(bytes); }
inline std::int64_t int64_at(const char* bytes) { return big_endian_at<std::int64_t>(bytes); }

}  // namespace dbkeeper::postgres::wire
