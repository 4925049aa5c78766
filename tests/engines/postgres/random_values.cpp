#include "engines/postgres/random_values.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "dbkeeper/model/array.h"
#include "engines/postgres/array_text.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::testing {

using postgres::literal;

namespace {

std::string one_of(Dice& dice, const std::vector<std::string>& all) {
  return all[dice() % all.size()];
}

std::string random_text(Dice& dice) {
  static const std::vector<std::string> pieces = {
      "a",    "Z", "0", " ",   "\t",    "\n",           "\r",   "\\",   "\"", "'",
      "{",    "}", ",", ";",   "NULL",  "\x01",         "\x1f", "\x7f", "ü",  "世",
      "🏋", "(", ")", "\\N", "$type", "\xef\xbb\xbf", "\v",   "\f",   "\b"};
  std::string out;
  for (std::size_t i = dice() % 8; i > 0; --i) out += one_of(dice, pieces);
  return out;
}

template <class Float, class Bits>
std::string random_float(Dice& dice) {
  if (dice() % 8 == 0) return one_of(dice, {"NaN", "Infinity", "-Infinity", "-0", "0"});
  const auto bits = static_cast<Bits>(dice());
  Float value;
  std::memcpy(&value, &bits, sizeof value);
  if (!(value - value == 0)) return "1.5";  // no number
  std::array<char, 64> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

std::string random_number(Dice& dice, std::size_t most_digits) {
  std::string out = dice() % 2 ? "-" : "";
  const auto digits = [&](std::size_t count) {
    for (; count > 0; --count) out += static_cast<char>('0' + dice() % 10);
  };
  digits(1 + dice() % most_digits);
  if (dice() % 2) {
    out += '.';
    digits(1 + dice() % most_digits);
  }
  return out;
}

std::string random_point(Dice& dice) {
  return "(" + random_float<double, std::uint64_t>(dice) + "," +
         random_float<double, std::uint64_t>(dice) + ")";
}

std::string random_date(Dice& dice) {
  if (dice() % 10 == 0) return one_of(dice, {"infinity", "-infinity"});
  const int kind = static_cast<int>(dice() % 6);
  const int year = kind == 0   ? static_cast<int>(dice() % 4713) + 1
                   : kind == 1 ? static_cast<int>(dice() % 290000) + 1
                               : static_cast<int>(dice() % 200) + 1900;
  std::string text = std::to_string(year);
  text.insert(0, text.size() < 4 ? 4 - text.size() : 0, '0');
  text += "-" + std::to_string(10 + dice() % 3) + "-" + std::to_string(10 + dice() % 19);
  return text + (kind == 0 ? " BC" : "");
}

std::string random_time(Dice& dice) {
  if (dice() % 12 == 0) return "24:00:00";
  const auto two = [&](unsigned below) {
    const std::string number = std::to_string(dice() % below);
    return number.size() < 2 ? "0" + number : number;
  };
  return two(24) + ":" + two(60) + ":" + two(60) + "." + std::to_string(dice() % 1000000);
}

std::string random_moment(Dice& dice) {
  const std::string date = random_date(dice);
  if (date.find("infinity") != std::string::npos) return date;
  const bool bc = date.ends_with(" BC");
  return (bc ? date.substr(0, date.size() - 3) : date) + " " + random_time(dice) +
         (bc ? " BC" : "");
}

std::string random_bits(Dice& dice, std::size_t count) {
  std::string out;
  for (; count > 0; --count) out += dice() % 2 ? '1' : '0';
  return out;
}

std::string random_hex(Dice& dice, std::size_t bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (bytes *= 2; bytes > 0; --bytes) out += kDigits[dice() % 16];
  return out;
}

std::string random_json(Dice& dice, int depth = 3) {
  const auto blank = [&] { return one_of(dice, {"", " ", "\n", ""}); };
  const auto text = [&] {
    return one_of(dice, {"\"\"", "\"a\\u0001\"", "\"\\\"ü\"", "\"$type\"", "\"\\ud83d\\ude00\""});
  };
  switch (dice() % (depth > 0 ? 6 : 4)) {
    case 0:
      return one_of(dice, {"null", "true", "false"});
    case 1:
    case 2:
      return one_of(dice, {"0", "-0", "1.50", "1e5", "1E-5", std::string(400, '9'),
                           "12345678901234567890.10"});
    case 3:
      return text();
    case 4:
      return "[" + blank() + random_json(dice, depth - 1) + "," + blank() +
             random_json(dice, depth - 1) + "]";
    default:
      return "{" + text() + blank() + ":" + random_json(dice, depth - 1) +
             ", \"b\": " + random_json(dice, depth - 1) + "}";
  }
}

// Two bounds around what lies between; the lower one first is the caller's to see to.
std::string random_range(Dice& dice, const std::string& lower, const std::string& upper) {
  if (dice() % 8 == 0) return "empty";
  return one_of(dice, {"[", "("}) + (dice() % 6 ? lower : "") + "," + (dice() % 6 ? upper : "") +
         one_of(dice, {"]", ")"});
}

}  // namespace

const std::vector<Drawable>& drawables() {
  static const auto number = [](auto low, auto high) {
    return [=](Dice& dice) {
      const auto die = dice() % 6;
      if (die < 2) return std::to_string(die ? low : high);
      return std::to_string(static_cast<decltype(low)>(dice()));
    };
  };
  static const std::vector<Drawable> all = {
      {"bool",
       [](Dice& d) {
         return one_of(d, {"t", "f"});
       }},
      {"int2", number(std::int16_t{-32768}, std::int16_t{32767})},
      {"int4", number(INT32_MIN, INT32_MAX)},
      {"int8", number(INT64_MIN, INT64_MAX)},
      {"oid", number(std::uint32_t{0}, UINT32_MAX)},
      {"float4", random_float<float, std::uint32_t>},
      {"float8", random_float<double, std::uint64_t>},
      {"numeric",
       [](Dice& d) {
         return d() % 8 ? random_number(d, 60)
                        : one_of(d, {"NaN", "Infinity", "-Infinity", "0.000", "1e500", "1e-500"});
       }},
      {"numeric(20,5)", [](Dice& d) { return random_number(d, 5); }},
      {"money",
       [](Dice& d) { return std::to_string(static_cast<std::int64_t>(d()) / 1000) + ".07"; }},
      {"text", random_text},
      {"varchar(40)", random_text},
      {"char(40)", random_text},
      {"name", random_text},
      {"\"char\"", [](Dice& d) { return std::string(1, static_cast<char>(1 + d() % 127)); }},
      {"bytea", [](Dice& d) { return "\\x" + random_hex(d, d() % 20); }},
      {"date", random_date},
      {"time", random_time},
      {"timetz",
       [](Dice& d) {
         return random_time(d) + one_of(d, {"+00", "-12:34:56", "+05:45"});
       }},
      {"timestamp", random_moment},
      {"timestamp(3)", random_moment},
      {"timestamptz", random_moment},
      {"interval",
       [](Dice& d) {
         return std::to_string(static_cast<int>(d() % 40000) - 20000) + " months " +
                std::to_string(static_cast<int>(d() % 100) - 50) + " days " + (d() % 2 ? "-" : "") +
                random_time(d);
       }},
      {"uuid", [](Dice& d) { return random_hex(d, 16); }},
      {"json", [](Dice& d) { return random_json(d); }},
      {"jsonb", [](Dice& d) { return random_json(d); }},
      {"jsonpath",
       [](Dice& d) {
         return one_of(d, {"$.a[*] ? (@ > 1)", "strict $.\"b \\\" c\"", "lax $[0 to last]"});
       }},
      {"xml",
       [](Dice& d) {
         return one_of(
             d, {"<a b=\"c\">&amp;</a>", "text <b/> more", "<?xml version=\"1.0\"?><ü/>", ""});
       }},
      {"inet",
       [](Dice& d) {
         return one_of(d, {"1.2.3.4", "10.0.0.1/8", "::1", "2001:db8::/32"});
       }},
      {"cidr",
       [](Dice& d) {
         return one_of(d, {"10.0.0.0/8", "1.2.3.4/32", "2001:db8::/32"});
       }},
      {"macaddr", [](Dice& d) { return random_hex(d, 6); }},
      {"macaddr8", [](Dice& d) { return random_hex(d, 8); }},
      {"bit(9)", [](Dice& d) { return random_bits(d, 9); }},
      {"varbit", [](Dice& d) { return random_bits(d, d() % 70); }},
      {"point", random_point},
      {"lseg", [](Dice& d) { return "[" + random_point(d) + "," + random_point(d) + "]"; }},
      {"box", [](Dice& d) { return random_point(d) + "," + random_point(d); }},
      {"path",
       [](Dice& d) {
         return one_of(d, {"[(0.1,2)]", "((1,2),(3,1e-300))"});
       }},
      {"polygon", [](Dice& d) { return "(" + random_point(d) + "," + random_point(d) + ")"; }},
      {"line", [](Dice& d) { return "{1," + random_number(d, 9) + ",0.1}"; }},
      {"circle", [](Dice& d) { return "<" + random_point(d) + ",0.3>"; }},
      {"tsvector",
       [](Dice& d) {
         return one_of(d, {"'a b':1A,3 'c''d':2", "", "x:16383D y"});
       }},
      {"tsquery",
       [](Dice& d) {
         return one_of(d, {"a & !b | 'c d':*AB", "x <3> y", ""});
       }},
      {"int4range",
       [](Dice& d) {
         return random_range(d, std::to_string(d() % 100), std::to_string(100 + d() % 100));
       }},
      {"numrange",
       [](Dice& d) {
         return random_range(d, "-" + std::to_string(d() % 100) + ".50",
                             std::to_string(d() % 100) + ".00");
       }},
      {"tstzrange",
       [](Dice& d) { return random_range(d, "\"2026-01-02 03:04:05.6+02\"", "\"2027-01-01\""); }},
      {"xid", [](Dice& d) { return std::to_string(static_cast<std::uint32_t>(d())); }},
      {"tid", [](Dice& d) { return "(" + std::to_string(d() % 1000) + ",7)"; }},
      {"regclass",
       [](Dice& d) {
         return one_of(d, {"pg_class", "public.\"odd \"\" name\"", "-", "4000000000"});
       }},
      {"regtype",
       [](Dice& d) {
         return one_of(d, {"integer", "public.mood", "text[]"});
       }},
      {"pg_lsn", [](Dice& d) { return "1/" + random_hex(d, 3); }},
      {"int2vector",
       [](Dice& d) {
         return one_of(d, {"", "1", "1 -2 3"});
       }},
      {"oidvector",
       [](Dice& d) {
         return one_of(d, {"", "4294967295 1"});
       }},
      {"mood",
       [](Dice& d) {
         return one_of(d, {"sad", "very \"happy\", {NULL}", "ü"});
       }},
      {"pair",
       [](Dice& d) {
         return one_of(d, {"(1,\"a \"\"b\"\" \\\\\")", "(,)", "(2,\"\")"});
       }},
      {"positive", [](Dice& d) { return std::to_string(1 + d() % 1000); }},
      {"hstore",
       [](Dice& d) {
         return one_of(d, {"\"a b\"=>NULL, c=>\"\"", ""});
       }},
      {"citext", random_text},
  };
  return all;
}

namespace {

// An array's text around elements of the type, of any bounds and depth.
std::string random_array(const Drawable& element, Dice& dice) {
  std::vector<ArrayDimension> dimensions;
  std::size_t size = 1;
  for (std::size_t depth = dice() % 4; depth > 0; --depth) {
    dimensions.push_back({dice() % 2 ? 1 : static_cast<std::int32_t>(dice() % 9) - 4,
                          static_cast<std::uint32_t>(1 + dice() % 3)});
    size *= dimensions.back().length;
  }
  ArrayBuilder array;
  array.begin(dimensions);
  for (; !dimensions.empty() && size > 0; --size) {
    const std::string text = element.value(dice);
    array.add(dice() % 5 ? CellView{CellKind::text, 0, 0, text} : CellView{});
  }
  std::string out;
  postgres::append_array_text(out, array.bytes(), element.type == "box" ? ';' : ',');
  return out;
}

}  // namespace

std::string random_table(const std::vector<DrawnColumn>& columns, int rows, Dice& dice) {
  std::string sql = "CREATE TABLE a (n int";
  for (std::size_t i = 0; i < columns.size(); ++i)
    sql +=
        ", \"c " + std::to_string(i) + "\" " + columns[i].of->type + (columns[i].array ? "[]" : "");
  sql += "); CREATE TABLE b (LIKE a);";
  for (int row = 0; row < rows; ++row) {
    sql += "INSERT INTO a VALUES (" + std::to_string(row);
    for (const DrawnColumn& column : columns)
      sql += ", " + (dice() % 7 == 0 ? "NULL"
                                     : literal(column.array ? random_array(*column.of, dice)
                                                            : column.of->value(dice)));
    sql += ");";
  }
  return sql;
}

}  // namespace dbkeeper::testing
