#include "engines/postgres/wire.h"

#include <cmath>

#include "engines/postgres/cell_text.h"
#include "engines/postgres/oids.h"
#include "engines/postgres/wire_array.h"
#include "engines/postgres/wire_check.h"
#include "engines/postgres/wire_number.h"
#include "engines/postgres/wire_numeric.h"
#include "engines/postgres/wire_time.h"

namespace dbkeeper::postgres::wire {
namespace {

constexpr char kJsonbVersion = 1;

void decode_bool(std::string_view bytes, Batch& batch) {
  expect_size(bytes, 1, "boolean");
  batch.add_boolean(bytes[0] != 0);
}

void decode_text(std::string_view bytes, Batch& batch) { batch.add(CellKind::text, bytes); }
void decode_bytes(std::string_view bytes, Batch& batch) { batch.add(CellKind::bytes, bytes); }
void decode_json(std::string_view bytes, Batch& batch) { batch.add(CellKind::json, bytes); }

void decode_jsonb(std::string_view bytes, Batch& batch) {
  if (bytes.empty() || bytes[0] != kJsonbVersion) malformed("jsonb");
  batch.add(CellKind::json, bytes.substr(1));
}

// As the server writes it from version 16 on: nothing for NUL, three octal digits over ASCII.
void decode_char(std::string_view bytes, Batch& batch) {
  expect_size(bytes, 1, "\"char\"");
  const auto byte = static_cast<unsigned char>(bytes[0]);
  if (byte < 0x80) return batch.add(CellKind::text, bytes.substr(0, byte ? 1 : 0));
  const char octal[] = {'\\', static_cast<char>('0' + (byte >> 6)),
                        static_cast<char>('0' + (byte >> 3 & 7)),
                        static_cast<char>('0' + (byte & 7))};
  batch.add(CellKind::text, {octal, sizeof octal});
}

bool encode_char(const CellView& cell, std::string& out) {
  if (!is_text(cell) || cell.text.size() > 4) return false;
  const auto digit = [&](std::size_t i) { return static_cast<unsigned>(cell.text[i] - '0'); };
  if (cell.text.size() < 2)
    out += cell.text.empty() ? '\0' : cell.text[0];
  else if (cell.text.size() == 4 && cell.text[0] == '\\' && digit(1) < 4 && digit(2) < 8 &&
           digit(3) < 8)
    out += static_cast<char>(digit(1) << 6 | digit(2) << 3 | digit(3));
  else
    return false;
  return true;
}

void decode_uuid(std::string_view bytes, Batch& batch) {
  static constexpr char kDigits[] = "0123456789abcdef";
  expect_size(bytes, 16, "uuid");
  char* out = batch.add_space(CellKind::plain, 36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
    const auto byte = static_cast<unsigned char>(bytes[i]);
    *out++ = kDigits[byte >> 4];
    *out++ = kDigits[byte & 15];
  }
}

bool encode_bool(const CellView& cell, std::string& out) {
  bool value;
  if (cell.kind == CellKind::boolean)
    value = cell.integer != 0;
  else if (cell.kind == CellKind::integer && (cell.integer == 0 || cell.integer == 1))
    value = cell.integer == 1;
  else if (is_text(cell) && (cell.text == "true" || cell.text == "t"))
    value = true;
  else if (is_text(cell) && (cell.text == "false" || cell.text == "f"))
    value = false;
  else
    return false;
  out += value ? '\1' : '\0';
  return true;
}

// A value that is no text becomes what a cast makes of it.
bool encode_text(const CellView& cell, std::string& out) {
  if (cell.kind == CellKind::bytes || cell.kind == CellKind::array) return false;
  if (is_text(cell) || cell.kind == CellKind::json)
    out += cell.text;
  else
    out += cast_text(cell);
  return true;
}

// So do numbers and booleans, but for those that JSON has no numbers for.
bool encode_json(const CellView& cell, std::string& out) {
  const bool is_float = cell.kind == CellKind::real || cell.kind == CellKind::single;
  return (!is_float || std::isfinite(cell.real)) && encode_text(cell, out);
}

bool encode_bytes(const CellView& cell, std::string& out) {
  if (cell.kind != CellKind::bytes) return false;
  out += cell.text;
  return true;
}

bool encode_jsonb(const CellView& cell, std::string& out) {
  out += kJsonbVersion;
  return encode_json(cell, out);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// As the server reads them: hyphens after any group of four digits, braces around.
bool encode_uuid(const CellView& cell, std::string& out) {
  if (!is_text(cell)) return false;
  std::string_view text = cell.text;
  if (text.size() > 2 && text.front() == '{' && text.back() == '}')
    text = text.substr(1, text.size() - 2);
  int digits = 0;
  for (const char c : text) {
    if (c == '-' && digits > 0 && digits % 4 == 0) continue;
    const int digit = hex_digit(c);
    if (digit < 0 || digits == 32) return false;
    if (digits++ % 2 == 0)
      out += static_cast<char>(digit << 4);
    else
      out.back() = static_cast<char>(out.back() | digit);
  }
  return digits == 32;
}

// Of a single value, no array.
Decode value_decoder(const Type& type) {
  if (!type.labels.empty()) return decode_text;
  switch (type.engine_id) {
    case oid::kBool:
      return decode_bool;
    case oid::kChar:
      return decode_char;
    case oid::kInt2:
      return decode_int2;
    case oid::kInt4:
      return decode_int4;
    case oid::kInt8:
      return decode_int8;
    case oid::kOid:
      return decode_oid;
    case oid::kFloat4:
      return decode_float4;
    case oid::kFloat8:
      return decode_float8;
    case oid::kNumeric:
      return decode_numeric;
    case oid::kText:
    case oid::kVarchar:
    case oid::kBpchar:
    case oid::kName:
      return decode_text;
    case oid::kBytea:
      return decode_bytes;
    case oid::kJson:
      return decode_json;
    case oid::kJsonb:
      return decode_jsonb;
    case oid::kUuid:
      return decode_uuid;
    case oid::kDate:
      return decode_date;
    case oid::kTime:
      return decode_time;
    case oid::kTimestamp:
      return decode_timestamp;
    case oid::kTimestamptz:
      return decode_timestamptz;
    default:
      return nullptr;
  }
}

Encode value_encoder(const Type& type) {
  if (!type.labels.empty()) return encode_text;
  switch (type.engine_id) {
    case oid::kBool:
      return encode_bool;
    case oid::kChar:
      return encode_char;
    case oid::kInt2:
      return encode_int2;
    case oid::kInt4:
      return encode_int4;
    case oid::kInt8:
      return encode_int8;
    case oid::kOid:
      return encode_oid;
    case oid::kFloat4:
      return encode_float4;
    case oid::kFloat8:
      return encode_float8;
    case oid::kNumeric:
      return encode_numeric;
    case oid::kText:
    case oid::kVarchar:
    case oid::kBpchar:
    case oid::kName:
      return encode_text;
    case oid::kJson:
      return encode_json;
    case oid::kBytea:
      return encode_bytes;
    case oid::kJsonb:
      return encode_jsonb;
    case oid::kUuid:
      return encode_uuid;
    case oid::kDate:
      return encode_date;
    case oid::kTime:
      return encode_time;
    case oid::kTimestamp:
      return encode_timestamp;
    case oid::kTimestamptz:
      return encode_timestamptz;
    default:
      return nullptr;
  }
}

bool is_array(const Type& type) { return !type.element.empty(); }

}  // namespace

Decoder decoder(const Type& type) {
  if (!is_array(type)) return Decoder(value_decoder(type));
  const Decode element = value_decoder(type.element.front());
  return element ? Decoder(std::make_shared<ArrayCodec>(type, element, nullptr)) : Decoder();
}

Decoder text_decoder(const Type& type) {
  return is_array(type) ? Decoder(std::make_shared<ArrayCodec>(type, nullptr, nullptr))
                        : Decoder(decode_text);
}

// The server wants an element's type by its number, which of a domain isn't known here.
Encoder encoder(const Type& type) {
  if (!is_array(type)) return Encoder(value_encoder(type));
  const Type& of = type.element.front();
  const Encode element = of.domain.empty() ? value_encoder(of) : nullptr;
  return element ? Encoder(std::make_shared<ArrayCodec>(type, nullptr, element)) : Encoder();
}

void Decoder::decode_array(std::string_view bytes, Batch& batch) const {
  array_->decode(bytes, batch);
}

bool Encoder::encode_array(const CellView& cell, std::string& out) const {
  return array_->encode(cell, out);
}

namespace {

template <class Number>
void append(std::string& out, Number value) {
  const auto bytes = big_endian(value);
  out.append(bytes.data(), bytes.size());
}

}  // namespace

void append_int16(std::string& out, std::int16_t value) { append(out, value); }
void append_int32(std::string& out, std::int32_t value) { append(out, value); }
void append_int64(std::string& out, std::int64_t value) { append(out, value); }

}  // namespace dbkeeper::postgres::wire
