#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

void append_quoted(std::string& out, std::string_view text, char quote) {
  out += quote;
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  out += quote;
}

}  // namespace

QuotedName::QuotedName(std::string_view name) { append_quoted(sql_, name, '"'); }

QuotedName::QuotedName(const TableName& name) {
  append_quoted(sql_, name.schema, '"');
  sql_ += '.';
  append_quoted(sql_, name.name, '"');
}

QuotedName QuotedName::list(const std::vector<std::string>& names) {
  QuotedName out;
  for (const std::string& name : names) {
    if (!out.sql_.empty()) out.sql_ += ", ";
    append_quoted(out.sql_, name, '"');
  }
  return out;
}

QuotedName QuotedName::of(std::string_view alias, std::string_view column) {
  QuotedName out;
  out.sql_ = alias;
  out.sql_ += '.';
  append_quoted(out.sql_, column, '"');
  return out;
}

std::string literal(std::string_view text) {
  std::string out;
  if (text.find('\\') == std::string_view::npos) {
    append_quoted(out, text, '\'');
    return out;
  }
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') escaped += c;
    escaped += c;
  }
  out = "E";
  append_quoted(out, escaped, '\'');
  return out;
}

}  // namespace dbkeeper::postgres
