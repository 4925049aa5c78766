#include "engines/postgres/stored_field.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cstdint>
#include <memory>

#include "dbkeeper/base/error.h"
#include "engines/postgres/oids.h"
#include "engines/postgres/stored_type.h"
#include "engines/postgres/wire_array.h"

namespace dbkeeper::postgres {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// bytea in the form that a backup's session asks for: \x00ff.
bool encode_hex(const CellView& cell, std::string& out) {
  const std::string_view text = cell.text;
  if (text.size() % 2 != 0 || !text.starts_with("\\x")) return false;
  for (std::size_t i = 2; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    out += static_cast<char>(high << 4 | low);
  }
  return true;
}

// The number that the server wrote, which never has a digit too many: whoever reads it gets the
// very same one back.
template <class Number, class Bits>
bool encode_float(const CellView& cell, std::string& out) {
  const char* const end = cell.text.data() + cell.text.size();
  Number value{};  // NaN, Infinity and -Infinity are read as well
  const auto read = std::from_chars(cell.text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) return false;
  const auto bits = std::bit_cast<Bits>(value);
  if constexpr (sizeof(Bits) == 4)
    wire::append_int32(out, bits);
  else
    wire::append_int64(out, bits);
  return true;
}

// For what the types' own encoders, which take values of any kind, aren't made for.
wire::Encode special_encode(Family family) {
  switch (family) {
    case Family::bytes:
      return encode_hex;
    case Family::single:
      return encode_float<float, std::int32_t>;
    case Family::real:
      return encode_float<double, std::int64_t>;
    default:
      return nullptr;
  }
}

wire::Encoder text_encoder(const Type& type) {
  const bool array = !type.element.empty();
  const wire::Encode special = special_encode((array ? type.element.front() : type).family);
  if (!special) return wire::encoder(type);
  if (!array) return wire::Encoder(special);
  return wire::Encoder(std::make_shared<wire::ArrayCodec>(type, nullptr, special));
}

// XML is its text in either form.
Type readable(const Column& column, StreamFormat format) {
  Type type = with_number(column.type);
  for (Type* part : {&type, type.element.empty() ? &type : &type.element.front()})
    if (part->engine_id == oid::kXml) part->engine_id = oid::kText;
  // In text only a name tells "char" from what a user may have called so.
  if (format == StreamFormat::copy_text && type.engine_id == oid::kChar) type.engine_id = 0;
  return type;
}

}  // namespace

StoredField::StoredField(const Column& column, StreamFormat format) {
  const Type type = readable(column, format);
  decode_ = wire::decoder(type);
  if (format == StreamFormat::copy_text) {
    encode_ = text_encoder(type);
    if (!encode_ || !decode_) {
      encode_ = {};
      decode_ = wire::text_decoder(type);
    }
  } else if (!decode_) {
    throw Error(ErrorKind::failed,
                fmt::format("column '{}' is in the backup in the binary form of the type {}, which "
                            "only a server can read",
                            column.name, column.type.name))
        .column(column.name)
        .hint(
            "restore the backup into a new database (dbkeeper restore FILE --to URL), and take "
            "the rows from there");
  }
}

void StoredField::decode(std::string_view bytes, Batch& batch) {
  if (encode_)
    decode_text(bytes, batch);
  else
    decode_(bytes, batch);
}

void StoredField::decode_text(std::string_view text, Batch& batch) {
  binary_.clear();
  if (!encode_({CellKind::text, 0, 0, text}, binary_))
    throw Error(ErrorKind::failed,
                fmt::format("'{}' is no value of its column's type", text.substr(0, 80)));
  decode_(binary_, batch);
}

}  // namespace dbkeeper::postgres
